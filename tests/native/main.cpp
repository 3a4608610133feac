// Every kernel on small and awkward shapes, for the sanitizers to watch: each is compared with a plain loop. What accuracy
// the kernels reach is the Python tests' question. Exit status 1, naming each check that failed.
#include "building.hpp"
#include "gram.hpp"
#include "plant.hpp"
#include "row_products.hpp"
#include "spmm_at.hpp"
#include "threads.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void check_compress() {
    const int64_t shapes[][3] = {{1, 1, 0}, {1, 1, 1}, {5, 3, 0}, {1, 40, 30}, {40, 1, 30}, {7, 5, 200}, {900, 3, 4000}};
    for (const auto& [rows, columns, count] : shapes)
        for (const int threads : {1, 2, 5}) {
            const std::string name = shape("compress", rows, columns, count, threads);
            const Triplets t = triplets(rows, columns, count, 10);
            const Matrix a = compressed(t, threads);
            std::vector<size_t> order(t.value.size());
            std::iota(order.begin(), order.end(), size_t{0});
            std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) {
                return std::pair(t.row[x], t.column[x]) < std::pair(t.row[y], t.column[y]);
            });
            bool same = a.offsets.front() == 0 && a.offsets.back() == count;
            for (size_t i = 0; i < order.size(); ++i)
                same = same && a.indices[i] == t.column[order[i]] && a.values[i] == t.value[order[i]];
            check(same, name);

            const Matrix back = transposed(transposed(a, columns, threads), rows, threads);
            check(back.offsets == a.offsets && back.indices == a.indices && back.values == a.values, name + ", transposed twice");

            int64_t repeated = 0;
            for (size_t i = 1; i < order.size(); ++i)
                repeated += t.row[order[i]] == t.row[order[i - 1]] && t.column[order[i]] == t.column[order[i - 1]];
            check(matinee::duplicate_count(t.row.data(), t.column.data(), count, rows, columns) == repeated, name + ", repeated");
        }
}

template <class T, class Kernel>
void check_spmm(Kernel kernel, double precision) {
    const int64_t shapes[][3] = {{1, 1, 1}, {4, 6, 0}, {1, 200, 300}, {9, 30, 100}, {600, 20, 40000}};
    for (const auto& [rows, columns, count] : shapes) {
        const Matrix a = compressed(triplets(rows, columns, count, 20), 2);
        for (const int64_t width : {1, 2, 3, 7, 8, 15, 16, 17, 31, 64, 100, 127, 128, 130})
            for (const int threads : {1, 2, 5}) {
                const std::vector<T> panel = numbers<T>(columns * width, 30);
                std::vector<T> out(static_cast<size_t>(rows * width));
                kernel(a.view(), panel.data(), out.data(), width, threads);
                double worst = 0;
                for (int64_t r = 0; r < rows; ++r)
                    for (int64_t c = 0; c < width; ++c) {
                        double exact = 0;
                        for (int64_t p = a.offsets[static_cast<size_t>(r)]; p < a.offsets[static_cast<size_t>(r) + 1]; ++p)
                            exact += static_cast<double>(a.values[static_cast<size_t>(p)]) *
                                     static_cast<double>(panel[static_cast<size_t>(a.indices[static_cast<size_t>(p)] * width + c)]);
                        worst = std::max(worst, std::abs(exact - static_cast<double>(out[static_cast<size_t>(r * width + c)])));
                    }
                check(worst <= precision, shape("spmm", rows, columns, count, threads) + ", width " + std::to_string(width));
            }
    }
}

void check_gram() {
    const int64_t shapes[][3] = {{1, 1, 1}, {4, 6, 0}, {1, 200, 300}, {9, 30, 100}, {600, 20, 4000}};
    for (const auto& [rows, columns, count] : shapes) {
        const Matrix by_row = compressed(triplets(rows, columns, count, 26), 2), by_column = transposed(by_row, columns, 2);
        std::vector<double> dense(static_cast<size_t>(rows * columns));
        for (int64_t r = 0; r < rows; ++r)
            for (int64_t p = by_row.offsets[static_cast<size_t>(r)]; p < by_row.offsets[static_cast<size_t>(r) + 1]; ++p)
                ++dense[static_cast<size_t>(r * columns + by_row.indices[static_cast<size_t>(p)])];
        for (const int threads : {1, 2, 5}) {
            std::vector<float> out(static_cast<size_t>(columns * columns), -1);
            matinee::gram(by_column.view(), by_row.view(), columns, out.data(), threads);
            bool same = true;
            for (int64_t c = 0; c < columns; ++c)
                for (int64_t d = 0; d < columns; ++d) {
                    double exact = 0;
                    for (int64_t r = 0; r < rows; ++r)
                        exact += dense[static_cast<size_t>(r * columns + c)] * dense[static_cast<size_t>(r * columns + d)];
                    same = same && exact == static_cast<double>(out[static_cast<size_t>(c * columns + d)]);
                }
            check(same, shape("gram", rows, columns, count, threads));
        }
    }
}

void check_row_products() {
    for (const int64_t width : {0, 1, 2, 7, 8, 16, 27}) {
        const std::vector<float> left = numbers<float>(5 * width, 41), right = numbers<float>(9 * width, 42);
        for (const int64_t count : {0, 1, 6, 3001}) {
            std::vector<int64_t> row, column;
            for (int64_t p = 0; p < count; ++p) {
                row.push_back(p * 3 % 5);
                column.push_back(p * 5 % 9);
            }
            std::vector<double> out(row.size());
            matinee::row_products({left.data(), right.data(), width}, row.data(), column.data(), count, out.data(), 3);
            bool same = true;
            for (size_t p = 0; p < row.size(); ++p) {
                double exact = 0;
                for (int64_t k = 0; k < width; ++k)
                    exact += static_cast<double>(left[static_cast<size_t>(row[p] * width + k)]) *
                             static_cast<double>(right[static_cast<size_t>(column[p] * width + k)]);
                same = same && std::abs(exact - out[p]) < 1e-12;
            }
            check(same, shape("row products", 5, 9, count, 3) + ", width " + std::to_string(width));
        }
    }
}

void check_spmm_at() {
    const int64_t shapes[][3] = {{1, 1, 1}, {4, 6, 0}, {1, 200, 300}, {9, 30, 100}, {600, 20, 4000}};
    const int64_t width = 7;
    for (const auto& [rows, columns, count] : shapes) {
        const Matrix a = compressed(triplets(rows, columns, count, 27), 2);
        const std::vector<float> panel = numbers<float>(columns * width, 37);
        std::vector<int64_t> row, column;
        for (int64_t p = 0; p < 150; ++p) {
            row.push_back(p % rows);
            column.push_back(p % width);
        }
        for (const int threads : {1, 2, 5}) {
            std::vector<double> out(row.size());
            matinee::spmm_at(a.view(), panel.data(), width, row.data(), column.data(), static_cast<int64_t>(row.size()), out.data(),
                             threads);
            bool same = true;
            for (size_t p = 0; p < row.size(); ++p) {
                double exact = 0;
                for (int64_t e = a.offsets[static_cast<size_t>(row[p])]; e < a.offsets[static_cast<size_t>(row[p]) + 1]; ++e)
                    exact += static_cast<double>(a.values[static_cast<size_t>(e)]) *
                             static_cast<double>(panel[static_cast<size_t>(a.indices[static_cast<size_t>(e)] * width + column[p])]);
                same = same && std::abs(exact - out[p]) < 1e-12;
            }
            check(same, shape("spmm_at", rows, columns, count, threads));
        }
    }
}

void check_sddmm() {
    const int64_t shapes[][3] = {{1, 1, 1}, {4, 6, 0}, {1, 200, 300}, {9, 30, 100}, {600, 20, 40000}};
    for (const auto& [rows, columns, count] : shapes) {
        const Matrix a = compressed(triplets(rows, columns, count, 25), 2);
        for (const int64_t width : {1, 3, 8, 16, 17, 48})
            for (const int threads : {1, 2, 5}) {
                const std::vector<float> left = numbers<float>(rows * width, 35), right = numbers<float>(columns * width, 36);
                std::vector<float> out(static_cast<size_t>(count));
                std::vector<double> squares(static_cast<size_t>(rows)), again(static_cast<size_t>(rows));
                matinee::Compressed matrix = a.view();
                matinee::kernels().sddmm({matrix, 0.5f, left.data(), right.data(), width, out.data(), squares.data()}, threads);
                double worst = 0;
                for (int64_t r = 0; r < rows; ++r) {
                    double total = 0;
                    for (int64_t p = a.offsets[static_cast<size_t>(r)]; p < a.offsets[static_cast<size_t>(r) + 1]; ++p) {
                        const size_t at = static_cast<size_t>(p);
                        double exact = static_cast<double>(a.values[at]) - 0.5;
                        for (int64_t k = 0; k < width; ++k)
                            exact -= static_cast<double>(left[static_cast<size_t>(r * width + k)]) *
                                     static_cast<double>(right[static_cast<size_t>(a.indices[at] * width + k)]);
                        worst = std::max(worst, std::abs(exact - static_cast<double>(out[at])));
                        total += static_cast<double>(out[at]) * static_cast<double>(out[at]);
                    }
                    worst = std::max(worst, std::abs(total - squares[static_cast<size_t>(r)]) / (1 + total));
                }
                matrix.values = nullptr;
                matinee::kernels().sddmm({matrix, 0.5f, left.data(), right.data(), width, nullptr, again.data()}, threads);
                check(worst <= 1e-5, shape("sddmm", rows, columns, count, threads) + ", width " + std::to_string(width));
            }
    }
}

template <class T, class Kernel>
void check_project_out(Kernel kernel, double precision) {
    constexpr int64_t width = matinee::block_width;
    for (const int64_t rows : {1, 2, 511, 512, 513, 1100})
        for (const int64_t blocks : {0, 1, 3})
            for (const int threads : {1, 2, 5}) {
                const std::vector<T> basis = numbers<T>(blocks * rows * width, 40), before = numbers<T>(rows * width, 50);
                std::vector<T> panel = before;
                std::vector<double> parts(static_cast<size_t>(blocks * width * width));
                kernel(basis.data(), blocks, rows, panel.data(), parts.data(), threads);
                const auto at = [&](int64_t row, int64_t vector) {
                    return static_cast<double>(
                        basis[static_cast<size_t>(((vector / width) * rows + row) * width + vector % width)]);
                };
                double worst = 0;
                for (int64_t c = 0; c < width; ++c) {
                    for (int64_t v = 0; v < blocks * width; ++v) {
                        double exact = 0;
                        for (int64_t r = 0; r < rows; ++r)
                            exact += at(r, v) * static_cast<double>(before[static_cast<size_t>(r * width + c)]);
                        worst = std::max(worst, std::abs(exact - parts[static_cast<size_t>(v * width + c)]));
                    }
                    for (int64_t r = 0; r < rows; ++r) {
                        double exact = static_cast<double>(before[static_cast<size_t>(r * width + c)]);
                        for (int64_t v = 0; v < blocks * width; ++v) exact -= at(r, v) * parts[static_cast<size_t>(v * width + c)];
                        worst = std::max(worst, std::abs(exact - static_cast<double>(panel[static_cast<size_t>(r * width + c)])));
                    }
                }
                check(worst <= precision, shape("project_out", rows, blocks * width, 0, threads));
            }
}

// One pole is the rational approximation 2x / (x² + 1) of the sign, exact at |x| = 1. Two eigenvalues, one on each side of γ and
// as far as the reach, are there: the projector comes out exactly.
void check_one_hidden() {
    const std::vector<double> smallest{1e-3}, nodes{1.0}, weights{2.0};
    const std::vector<int64_t> starts{0, 1};
    const matinee::SignTable signs{1, smallest.data(), starts.data(), nodes.data(), weights.data()};
    for (const int64_t m : {2, 3, 7, 8, 9, 33}) {
        std::vector<double> squares(static_cast<size_t>(m)), scratch(static_cast<size_t>(matinee::one_hidden_scratch(m)));
        std::iota(squares.rbegin(), squares.rend(), 1.0);
        const std::vector<double> w0 = numbers<double>(m, 60), w1 = numbers<double>(m, 70);
        const matinee::Change change{w0.data(), w1.data(), 0.5, w0.data(), w1.data()};
        for (int64_t rank = 1; rank < m; ++rank) {
            double out = std::nan("");
            const bool defined = matinee::kernels().one_hidden(squares.data(), m, rank, signs, change, scratch.data(), &out);
            check(defined == std::isfinite(out), "one_hidden of side " + std::to_string(m) + ", rank " + std::to_string(rank));
        }
        const std::vector<double> tied(static_cast<size_t>(m), 2.0), nothing(static_cast<size_t>(m), 0.0);
        const matinee::Change none{nothing.data(), nothing.data(), 0.0, w0.data(), w1.data()};
        double out = 7.0;
        check(!matinee::kernels().one_hidden(tied.data(), m, 1, signs, none, scratch.data(), &out) && out == 7.0,
              "one_hidden with ties, side " + std::to_string(m));
    }
    const std::vector<double> squares{2.0, 0.0}, nothing{0.0, 0.0}, left{0.6, 0.8}, right{0.5, 0.3};
    std::vector<double> scratch(static_cast<size_t>(matinee::one_hidden_scratch(2)));
    const matinee::Change none{nothing.data(), nothing.data(), 0.0, left.data(), right.data()};
    double out = 0;
    check(matinee::kernels().one_hidden(squares.data(), 2, 1, signs, none, scratch.data(), &out) && std::abs(out - 0.3) < 0.05,
          "one_hidden projects on the first vector");
}

void check_plant() {
    const int64_t users = 70, items = 130, rank = 2;
    std::vector<int64_t> offsets{0};
    for (int64_t u = 0; u < users; ++u) offsets.push_back(offsets.back() + (u == 3 ? 0 : u == 5 ? items : 1 + u % 9));
    const std::vector<double> weights(static_cast<size_t>(items), 1.0), step(static_cast<size_t>(users), 0.5);
    const std::vector<std::uint32_t> threshold(static_cast<size_t>(items), 0xFFFFFFFFu);
    std::vector<int32_t> other(static_cast<size_t>(items));
    std::iota(other.begin(), other.end(), 0);
    const std::vector<float> user_bias = numbers<float>(users, 80), item_bias = numbers<float>(items, 81);
    const std::vector<float> p = numbers<float>(users * rank, 82), q = numbers<float>(items * rank, 83);
    const auto grown = [&](double pull, int threads) {
        const matinee::Planting planting{
            7,   users, items, rank, offsets.data(), pull > 0 ? 0 : 50, weights.data(),   threshold.data(), other.data(), pull,
            3.0, 0.7,   0.5,   5.0,  step.data(),    user_bias.data(),  item_bias.data(), p.data(),         q.data()};
        std::vector<int32_t> item(static_cast<size_t>(offsets.back()));
        std::vector<float> value(item.size());
        matinee::plant(planting, item.data(), value.data(), threads);
        return std::pair(item, value);
    };
    for (const double pull : {0.0, 1.0}) {
        const auto one = grown(pull, 1);
        check(one == grown(pull, 2) && one == grown(pull, 5), "plant on several threads");
        bool ascend = true;
        for (size_t u = 0; u < static_cast<size_t>(users); ++u)
            for (int64_t i = offsets[u] + 1; i < offsets[u + 1]; ++i)
                ascend = ascend && one.first[static_cast<size_t>(i - 1)] < one.first[static_cast<size_t>(i)];
        check(ascend, "plant: the items of a user ascend");
        check(std::all_of(one.second.begin(), one.second.end(), [](float v) { return v >= 0.5f && v <= 5.0f; }),
              "plant: on the scale");
    }
}

void check_parallel_for() {
    for (const int64_t count : {0, 1, 2, 1000})
        for (const int64_t grain : {1, 7, 5000})
            for (const int threads : {-1, 0, 1, 2, 9}) {
                std::vector<int> visits(static_cast<size_t>(count), 0);
                matinee::parallel_for(count, grain, threads, [&](int64_t begin, int64_t end) {
                    for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
                });
                check(std::all_of(visits.begin(), visits.end(), [](int times) { return times == 1; }),
                      "parallel_for meets each item once");
            }
    for (const int threads : {1, 4}) {
        bool caught = false;
        try {
            matinee::parallel_for(100, 1, threads, [](int64_t begin, int64_t) {
                if (begin == 50) throw std::runtime_error("on purpose");
            });
        } catch (const std::runtime_error&) {
            caught = true;
        }
        check(caught, "parallel_for passes an exception on");
    }
}

}  // namespace

int main() {
    check_parallel_for();
    check_compress();
    check_plant();
    for (const std::string& name : matinee::supported_instruction_sets()) {
        check(matinee::use_instruction_set(name) && matinee::kernels().name == name, "choose " + name);
        check_spmm<float>(matinee::kernels().spmm_float, 3e-4);
        check_spmm<double>(matinee::kernels().spmm_double, 1e-12);
        check_gram();
        check_row_products();
        check_spmm_at();
        check_sddmm();
        check_project_out<float>(matinee::kernels().project_out_float, 1e-2);
        check_project_out<double>(matinee::kernels().project_out_double, 1e-10);
        check_one_hidden();
        check_rows();
        check_blocks();
        check_improve_implicit();
        check_draws();
        check_ordered();
    }
    check(!matinee::use_instruction_set("nonsense"), "an unknown instruction set is refused");
    std::printf("%d checks, %d failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
