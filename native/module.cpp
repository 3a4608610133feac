// The binding: the only file that knows Python. Arrays come validated from matinee.kernels; shapes are checked once more here,
// since a wrong one would read past the end.
#include "compress.hpp"
#include "kernels.hpp"
#include "plant.hpp"
#include "threads.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace nb = nanobind;
using namespace nb::literals;

namespace {

template <class T>
using Vector = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Matrix = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

template <class... Arrays>
void same_length(const char* what, std::size_t length, const Arrays&... arrays) {
    require(((arrays.shape(0) == length) && ...), what);
}

matinee::Compressed compressed(const Vector<const std::int64_t>& offsets, const Vector<const std::int32_t>& indices,
                               const Vector<const float>& values) {
    require(offsets.shape(0) >= 1, "offsets must hold at least one number");
    same_length("indices and values must have offsets[-1] entries",
                static_cast<std::size_t>(offsets(offsets.shape(0) - 1)), indices, values);
    require(offsets(0) == 0 && std::is_sorted(offsets.data(), offsets.data() + offsets.shape(0)), "offsets must ascend from 0");
    matinee::Compressed matrix;
    matrix.rows = static_cast<std::int64_t>(offsets.shape(0)) - 1;
    matrix.offsets = offsets.data();
    matrix.indices = indices.data();
    matrix.values = values.data();
    return matrix;
}

// Every index is 0 or more and under `limit`. A negative one is a large one without its sign.
void in_range(const char* what, const Vector<const std::int32_t>& indices, std::size_t limit) {
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < indices.shape(0); ++i) largest = std::max(largest, static_cast<std::uint32_t>(indices.data()[i]));
    require(indices.shape(0) == 0 || largest < limit, what);
}

template <class T, class Kernel>
void spmm(matinee::Compressed a, const Matrix<const T>& panel, const Matrix<T>& out, int threads, Kernel kernel) {
    require(panel.shape(1) == out.shape(1), "panel and out must have as many columns");
    require(static_cast<std::int64_t>(out.shape(0)) == a.rows, "out must have a row for each row of the matrix");
    a.columns = static_cast<std::int64_t>(panel.shape(0));
    const nb::gil_scoped_release release;
    kernel(a, panel.data(), out.data(), static_cast<std::int64_t>(panel.shape(1)), threads);
}

template <class T, class Kernel>
void project_out(const nb::ndarray<const T, nb::ndim<3>, nb::c_contig, nb::device::cpu>& basis, const Matrix<T>& panel,
                 const Matrix<double>& parts, int threads, Kernel kernel) {
    constexpr std::size_t width = matinee::block_width;
    require(basis.shape(2) == width && panel.shape(1) == width && parts.shape(1) == width, "panels must be 16 columns wide");
    require(basis.shape(1) == panel.shape(0), "basis and panel must have as many rows");
    require(parts.shape(0) == basis.shape(0) * width, "parts must have a row for each basis vector");
    const nb::gil_scoped_release release;
    kernel(basis.data(), static_cast<std::int64_t>(basis.shape(0)), static_cast<std::int64_t>(basis.shape(1)), panel.data(),
           parts.data(), threads);
}

}  // namespace

NB_MODULE(_native, m) {
    m.def("instruction_sets", &matinee::supported_instruction_sets, "Instruction sets this processor can run, slowest first.");
    m.def("instruction_set", [] { return std::string(matinee::kernels().name); });
    m.def("use_instruction_set", &matinee::use_instruction_set, "name"_a, "Choose one of instruction_sets(); false if absent.");

    m.def("spmm_float", [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
                           Matrix<const float> panel, Matrix<float> out, int threads) {
        spmm(compressed(offsets, indices, values), panel, out, threads, matinee::kernels().spmm_float);
    }, "offsets"_a, "indices"_a, "values"_a, "panel"_a, "out"_a.noconvert(), "threads"_a);
    m.def("spmm_double", [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
                            Matrix<const double> panel, Matrix<double> out, int threads) {
        spmm(compressed(offsets, indices, values), panel, out, threads, matinee::kernels().spmm_double);
    }, "offsets"_a, "indices"_a, "values"_a, "panel"_a, "out"_a.noconvert(), "threads"_a);

    m.def("project_out_float", [](nb::ndarray<const float, nb::ndim<3>, nb::c_contig, nb::device::cpu> basis,
                                  Matrix<float> panel, Matrix<double> parts, int threads) {
        project_out<float>(basis, panel, parts, threads, matinee::kernels().project_out_float);
    }, "basis"_a, "panel"_a.noconvert(), "parts"_a.noconvert(), "threads"_a);
    m.def("project_out_double", [](nb::ndarray<const double, nb::ndim<3>, nb::c_contig, nb::device::cpu> basis,
                                   Matrix<double> panel, Matrix<double> parts, int threads) {
        project_out<double>(basis, panel, parts, threads, matinee::kernels().project_out_double);
    }, "basis"_a, "panel"_a.noconvert(), "parts"_a.noconvert(), "threads"_a);

    m.def("compress", [](Vector<const std::int32_t> row, Vector<const std::int32_t> column, Vector<const float> value,
                         Vector<std::int64_t> offsets, Vector<std::int32_t> indices, Vector<float> values, int threads) {
        same_length("the triplets must be of one length", row.shape(0), column, value, indices, values);
        require(offsets.shape(0) >= 1, "offsets must hold at least one number");
        in_range("each row must be 0 or more and under the number of rows", row, offsets.shape(0) - 1);
        const nb::gil_scoped_release release;
        matinee::compress(row.data(), column.data(), value.data(), static_cast<std::int64_t>(row.shape(0)),
                          static_cast<std::int64_t>(offsets.shape(0)) - 1, offsets.data(), indices.data(), values.data(), threads);
    }, "row"_a, "column"_a, "value"_a, "offsets"_a.noconvert(), "indices"_a.noconvert(), "values"_a.noconvert(), "threads"_a);
    m.def("transpose", [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
                          Vector<std::int64_t> out_offsets, Vector<std::int32_t> out_indices, Vector<float> out_values, int threads) {
        const matinee::Compressed a = compressed(offsets, indices, values);
        same_length("out must be as long as in", indices.shape(0), out_indices, out_values);
        require(out_offsets.shape(0) >= 1, "offsets must hold at least one number");
        in_range("each column must be 0 or more and under the number of columns", indices, out_offsets.shape(0) - 1);
        const nb::gil_scoped_release release;
        matinee::transpose(a.offsets, a.indices, a.values, a.rows, static_cast<std::int64_t>(out_offsets.shape(0)) - 1,
                           out_offsets.data(), out_indices.data(), out_values.data(), threads);
    }, "offsets"_a, "indices"_a, "values"_a, "out_offsets"_a.noconvert(), "out_indices"_a.noconvert(),
       "out_values"_a.noconvert(), "threads"_a);
    m.def("duplicate_count", [](Vector<const std::int32_t> row, Vector<const std::int32_t> column, std::int64_t rows,
                                std::int64_t columns) {
        same_length("row and column must be of one length", row.shape(0), column);
        require(rows >= 0 && columns >= 0, "the numbers of rows and columns must not be negative");
        in_range("each row must be 0 or more and under the number of rows", row, static_cast<std::size_t>(rows));
        in_range("each column must be 0 or more and under the number of columns", column, static_cast<std::size_t>(columns));
        const nb::gil_scoped_release release;
        return matinee::duplicate_count(row.data(), column.data(), static_cast<std::int64_t>(row.shape(0)), rows, columns);
    }, "row"_a, "column"_a, "rows"_a, "columns"_a);

    m.def("plant", [](std::uint64_t seed, Vector<const std::int64_t> offsets, Vector<const double> weights,
                      Vector<const std::uint32_t> threshold, Vector<const std::int32_t> other, std::int64_t limit, double pull,
                      double mean, double noise, double low, double high, Vector<const double> step,
                      Vector<const float> user_bias, Vector<const float> item_bias, Matrix<const float> user_factors,
                      Matrix<const float> item_factors, Vector<std::int32_t> item, Vector<float> value, int threads) {
        require(offsets.shape(0) >= 1, "offsets must hold at least one number");
        const std::size_t users = offsets.shape(0) - 1, entries = static_cast<std::size_t>(offsets(users));
        same_length("one step, bias and row of factors for each user", users, step, user_bias, user_factors);
        same_length("one weight, bias and row of factors for each item", weights.shape(0), threshold, other, item_bias,
                    item_factors);
        require(user_factors.shape(1) == item_factors.shape(1), "users and items must have as many factors");
        same_length("item and value must have offsets[-1] entries", entries, item, value);
        require(offsets(0) == 0, "offsets must ascend from 0");
        in_range("each other must be one of the items", other, weights.shape(0));
        for (std::size_t u = 0; u < users; ++u)
            require(offsets(u) <= offsets(u + 1) && offsets(u + 1) - offsets(u) <= static_cast<std::int64_t>(weights.shape(0)),
                    "offsets must ascend, by at most one rating for each item");
        const matinee::Planting planting{seed, static_cast<std::int64_t>(users), static_cast<std::int64_t>(weights.shape(0)),
                                         static_cast<std::int64_t>(item_factors.shape(1)), offsets.data(), limit, weights.data(),
                                         threshold.data(), other.data(), pull, mean, noise, low, high, step.data(),
                                         user_bias.data(), item_bias.data(), user_factors.data(), item_factors.data()};
        const nb::gil_scoped_release release;
        matinee::plant(planting, item.data(), value.data(), threads);
    }, "seed"_a, "offsets"_a, "weights"_a, "threshold"_a, "other"_a, "limit"_a, "pull"_a, "mean"_a, "noise"_a, "low"_a, "high"_a,
       "step"_a, "user_bias"_a, "item_bias"_a, "user_factors"_a, "item_factors"_a, "item"_a.noconvert(), "value"_a.noconvert(),
       "threads"_a);

    m.def("one_hidden", [](Vector<const double> squares, std::int64_t rank, Vector<const double> smallest,
                           Vector<const std::int64_t> starts, Vector<const double> nodes, Vector<const double> weights, Matrix<const double> basis,
                           Matrix<const double> columns, Matrix<const double> extras, Vector<const std::int32_t> row,
                           Vector<const std::int32_t> column, Vector<const std::int32_t> extra, Vector<const double> alpha,
                           Vector<const double> beta, Vector<const double> gamma, Vector<const double> q, bool whole_column,
                           Vector<double> out, Vector<bool> defined, int threads) {
        const std::int64_t m_rows = static_cast<std::int64_t>(squares.shape(0));
        const std::int64_t count = static_cast<std::int64_t>(row.shape(0));
        require(basis.shape(1) == squares.shape(0) && columns.shape(1) == squares.shape(0) && extras.shape(1) == squares.shape(0),
                "basis, columns and extras must have as many columns as there are squares");
        require(rank >= 1 && rank < m_rows, "rank must be 1 or more and under the number of squares");
        same_length("one number for each entry", row.shape(0), column, extra, alpha, beta, gamma, q, out, defined);
        in_range("each row must be one of basis", row, basis.shape(0));
        in_range("each column must be one of columns", column, columns.shape(0));
        in_range("each extra must be one of extras", extra, extras.shape(0));
        require(smallest.shape(0) >= 1, "there must be a sign table");
        same_length("one more start than tables", smallest.shape(0) + 1, starts);
        require(starts(0) == 0 && std::is_sorted(starts.data(), starts.data() + starts.shape(0)), "starts must ascend from 0");
        same_length("as many nodes as the last start says", static_cast<std::size_t>(starts(smallest.shape(0))), nodes, weights);
        const matinee::SignTable signs{static_cast<std::int64_t>(smallest.shape(0)), smallest.data(), starts.data(), nodes.data(),
                                       weights.data()};
        const nb::gil_scoped_release release;
        matinee::parallel_for(count, 16, threads, [&](std::int64_t begin, std::int64_t end) {
            std::vector<double> scratch(static_cast<std::size_t>(matinee::one_hidden_scratch(m_rows)));
            std::vector<double> mixed(static_cast<std::size_t>(m_rows)), right(static_cast<std::size_t>(m_rows));
            for (std::int64_t e = begin; e < end; ++e) {
                const double* left = basis.data() + row.data()[e] * m_rows;
                const double* c = columns.data() + column.data()[e] * m_rows;
                const double* x = extras.data() + extra.data()[e] * m_rows;
                const double* other = whole_column ? left : c;  // see matinee.kernels.one_hidden.Changes
                for (std::size_t i = 0; i < mixed.size(); ++i) {
                    mixed[i] = alpha.data()[e] * x[i] + beta.data()[e] * other[i];
                    right[i] = c[i] + (whole_column ? mixed[i] : gamma.data()[e] * left[i]);
                }
                const matinee::Change change{whole_column ? mixed.data() : left, whole_column ? c : mixed.data(), q.data()[e], left,
                                             right.data()};
                defined.data()[e] = matinee::kernels().one_hidden(squares.data(), m_rows, rank, signs, change, scratch.data(),
                                                                  out.data() + e);
            }
        });
    }, "squares"_a, "rank"_a, "smallest"_a, "starts"_a, "nodes"_a, "weights"_a, "basis"_a, "columns"_a, "extras"_a, "row"_a,
       "column"_a, "extra"_a, "alpha"_a, "beta"_a, "gamma"_a, "q"_a, "whole_column"_a, "out"_a.noconvert(),
       "defined"_a.noconvert(), "threads"_a);
}
