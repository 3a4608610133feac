// Blocks of ratings, and stochastic gradient descent on them.
#include "../blocks.hpp"
#include "arrays.hpp"

#include <vector>

namespace matinee::bind {
namespace {

// Groups of at most 65,536 rows, as many as there are starts but one.
std::int64_t grouped(const Vector<const std::int64_t>& starts, std::size_t rows) {
    require(starts.shape(0) >= 2, "there must be a group");
    const std::size_t groups = starts.shape(0) - 1;
    require(starts(0) == 0 && starts(groups) == static_cast<std::int64_t>(rows), "starts must go from 0 to the number of rows");
    for (std::size_t g = 0; g < groups; ++g)
        require(starts(g) <= starts(g + 1) && starts(g + 1) - starts(g) <= 65536, "starts must ascend, by at most 65,536 rows");
    return static_cast<std::int64_t>(groups);
}

void block_offsets(const Vector<const std::int64_t>& offsets, std::int64_t groups, std::size_t entries) {
    same_length("one offset more than blocks", static_cast<std::size_t>(groups * groups + 1), offsets);
    runs(offsets);
    require(offsets(offsets.shape(0) - 1) == static_cast<std::int64_t>(entries), "offsets must end at the number of entries");
}

void half(const Vector<const std::int64_t>& starts, const Vector<const std::int64_t>& counts, const Matrix<float>& factors,
          const Matrix<float>& sides) {
    stride_of(factors);
    require(sides.shape(1) == 2, "a bias and a step size for each row");
    same_length("one row of factors, bias with step size, and count for each row",
                static_cast<std::size_t>(starts(starts.shape(0) - 1)), factors, sides, counts);
}

}  // namespace

void blocks(nb::module_& m) {
    m.def(
        "cut_blocks",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
           Vector<const std::int32_t> user_order, Vector<const std::int64_t> user_starts, Vector<const std::int32_t> item_order,
           Vector<const std::int64_t> item_starts, double shift, double scale, Vector<std::int64_t> block_offsets,
           Vector<std::uint64_t> entries, int threads) {
            Compressed by_user = compressed(offsets, indices, values);
            by_user.columns = length(item_order);
            same_length("the order of users must name each once", static_cast<std::size_t>(by_user.rows), user_order);
            in_range("the order of users must name each once", user_order, user_order.shape(0));
            in_range("the order of items must name each once", item_order, item_order.shape(0));
            in_range("each index must be one of the items", indices, item_order.shape(0));
            const std::int64_t groups = grouped(user_starts, user_order.shape(0));
            require(grouped(item_starts, item_order.shape(0)) == groups, "as many groups of items as of users");
            same_length("one offset more than blocks", static_cast<std::size_t>(groups * groups + 1), block_offsets);
            same_length("one entry for each rating", indices.shape(0), entries);
            const Groups users{user_order.data(), user_starts.data()}, items{item_order.data(), item_starts.data()};
            const nb::gil_scoped_release release;
            matinee::cut_blocks(by_user, groups, users, items, shift, scale, block_offsets.data(), entries.data(), threads);
        },
        "offsets"_a, "indices"_a, "values"_a, "user_order"_a, "user_starts"_a, "item_order"_a, "item_starts"_a, "shift"_a,
        "scale"_a, "block_offsets"_a.noconvert(), "entries"_a.noconvert(), "threads"_a);

    m.def(
        "scatter_rows",
        [](std::uint64_t key, Vector<const std::int32_t> order, Vector<const std::int64_t> counts, std::int64_t rank, float limit,
           Matrix<float> out, int threads) {
            same_length("one place in the order and count for each row", out.shape(0), order, counts);
            require(rank >= 0 && rank <= length(out, 1), "rank must be 0 or more and fit into a row");
            const nb::gil_scoped_release release;
            matinee::scatter_rows(key, order.data(), counts.data(), length(out), rank, length(out, 1), limit, out.data(), threads);
        },
        "key"_a, "order"_a, "counts"_a, "rank"_a, "limit"_a, "out"_a.noconvert(), "threads"_a);

    m.def(
        "sgd_epoch",
        [](Vector<const std::int64_t> offsets, Vector<const std::uint64_t> entries, Vector<const std::int64_t> user_starts,
           Vector<const std::int64_t> item_starts, Vector<const std::int64_t> user_counts, Vector<const std::int64_t> item_counts,
           Matrix<float> users, Matrix<float> items, Matrix<float> user_sides, Matrix<float> item_sides, float rate,
           float bias_rate, float ridge, float bias_ridge, int threads) {
            half(user_starts, user_counts, users, user_sides);
            half(item_starts, item_counts, items, item_sides);
            require(users.shape(1) == items.shape(1), "users and items must have as many factors");
            const std::int64_t groups = grouped(user_starts, users.shape(0));
            require(grouped(item_starts, items.shape(0)) == groups, "as many groups of items as of users");
            block_offsets(offsets, groups, entries.shape(0));
            const Blocks cut{groups, offsets.data(), entries.data(), user_starts.data(), item_starts.data()};
            const Descent descent{users.data(),       items.data(),
                                  user_sides.data(),  item_sides.data(),
                                  user_counts.data(), item_counts.data(),
                                  length(users, 1),   rate,
                                  bias_rate,          ridge,
                                  bias_ridge};
            std::vector<double> parts(static_cast<std::size_t>(groups * (groups + 2)));
            const nb::gil_scoped_release release;
            return kernels().sgd_epoch(cut, descent, parts.data(), threads);
        },
        "offsets"_a, "entries"_a, "user_starts"_a, "item_starts"_a, "user_counts"_a, "item_counts"_a, "users"_a.noconvert(),
        "items"_a.noconvert(), "user_sides"_a.noconvert(), "item_sides"_a.noconvert(), "rate"_a, "bias_rate"_a, "ridge"_a,
        "bias_ridge"_a, "threads"_a);
}

}  // namespace matinee::bind
