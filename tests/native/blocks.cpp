// Ratings cut into blocks, and an epoch of gradient descent on them: every entry once, and the same on any number of threads.
#include "blocks.hpp"

#include "building.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace {

struct Half {
    std::vector<int32_t> order;
    std::vector<int64_t> starts, counts;
    std::vector<float> factors, sides;
    matinee::Groups groups() const { return {order.data(), starts.data()}; }
};

Half half(int64_t rows, int64_t groups, int64_t stride) {
    Half h;
    h.order.resize(static_cast<size_t>(rows));
    std::iota(h.order.rbegin(), h.order.rend(), 0);
    for (int64_t g = 0; g <= groups; ++g) h.starts.push_back(rows * g / groups);
    h.counts.assign(static_cast<size_t>(rows), 2);
    h.factors.assign(static_cast<size_t>(rows * stride), 0.0f);
    h.sides.assign(static_cast<size_t>(rows * 2), 0.5f);
    return h;
}

struct Ended {
    std::vector<std::uint64_t> entries;
    std::vector<float> users, items;
    double objective;
    bool operator==(const Ended&) const = default;
};

Ended epoch(const Matrix& a, int64_t columns, int64_t groups, int64_t rank, int threads) {
    const int64_t stride = (rank + 15) / 16 * 16;
    Half users = half(a.view().rows, groups, stride), items = half(columns, groups, stride);
    std::vector<int64_t> offsets(static_cast<size_t>(groups * groups + 1));
    std::vector<std::uint64_t> entries(a.values.size());
    matinee::Compressed by_user = a.view();
    by_user.columns = columns;
    matinee::cut_blocks(by_user, groups, users.groups(), items.groups(), 0.1, 2.0, offsets.data(), entries.data(), threads);
    for (Half* h : {&users, &items})
        matinee::scatter_rows(7, h->order.data(), h->counts.data(), static_cast<int64_t>(h->order.size()), rank, stride, 0.2f,
                              h->factors.data(), threads);
    const matinee::Blocks blocks{groups, offsets.data(), entries.data(), users.starts.data(), items.starts.data()};
    const matinee::Descent descent{users.factors.data(),
                                   items.factors.data(),
                                   users.sides.data(),
                                   items.sides.data(),
                                   users.counts.data(),
                                   items.counts.data(),
                                   stride,
                                   0.05f,
                                   0.3f,
                                   0.04f,
                                   0.01f};
    std::vector<double> parts(static_cast<size_t>(groups * (groups + 2)));
    const double objective = matinee::kernels().sgd_epoch(blocks, descent, parts.data(), threads);
    return {entries, users.factors, items.factors, objective};
}

}  // namespace

void check_blocks() {
    const int64_t shapes[][4] = {{1, 1, 0, 1}, {1, 1, 1, 16}, {40, 30, 600, 3}, {7, 5, 20, 16}, {300, 20, 4000, 2}};
    for (const auto& [rows, columns, count, groups] : shapes) {
        const Matrix a = compressed(triplets(rows, columns, count, 90), 2);
        for (const int64_t rank : {1, 16, 40, 64, 130}) {
            const Ended one = epoch(a, columns, groups, rank, 1);
            for (const int threads : {2, 5})
                check(one == epoch(a, columns, groups, rank, threads),
                      shape("sgd", rows, columns, count, threads) + ", rank " + std::to_string(rank));
            check(std::isfinite(one.objective), "sgd: the objective is finite");
        }
    }
    bool caught = false;
    const Matrix a{{0, 2, 3}, {0, 1, 2}, {1.0f, 2.0f, 3.0f}};
    Half users = half(2, 2, 16), items = half(3, 2, 16);
    users.order = {0, 0};
    std::vector<int64_t> offsets(5);
    std::vector<std::uint64_t> entries(3);
    matinee::Compressed by_user = a.view();
    by_user.columns = 3;
    try {
        matinee::cut_blocks(by_user, 2, users.groups(), items.groups(), 0.0, 1.0, offsets.data(), entries.data(), 1);
    } catch (const std::invalid_argument&) {
        caught = true;
    }
    check(caught, "an order that names a user twice is refused");
}
