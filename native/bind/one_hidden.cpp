// Single entries read back from a changed matrix.
#include "../threads.hpp"
#include "arrays.hpp"

#include <vector>

namespace matinee::bind {

void one_hidden(nb::module_& m) {
    m.def(
        "one_hidden",
        [](Vector<const double> squares, std::int64_t rank, Vector<const double> smallest, Vector<const std::int64_t> starts,
           Vector<const double> nodes, Vector<const double> weights, Matrix<const double> basis, Matrix<const double> columns,
           Matrix<const double> extras, Vector<const std::int32_t> row, Vector<const std::int32_t> column,
           Vector<const std::int32_t> extra, Vector<const double> alpha, Vector<const double> beta, Vector<const double> gamma,
           Vector<const double> q, bool whole_column, Vector<double> out, Vector<bool> defined, int threads) {
            const std::int64_t m_rows = length(squares);
            const std::int64_t count = length(row);
            require(
                basis.shape(1) == squares.shape(0) && columns.shape(1) == squares.shape(0) && extras.shape(1) == squares.shape(0),
                "basis, columns and extras must have as many columns as there are squares");
            require(rank >= 1 && rank < m_rows, "rank must be 1 or more and under the number of squares");
            same_length("one number for each entry", row.shape(0), column, extra, alpha, beta, gamma, q, out, defined);
            in_range("each row must be one of basis", row, basis.shape(0));
            in_range("each column must be one of columns", column, columns.shape(0));
            in_range("each extra must be one of extras", extra, extras.shape(0));
            require(smallest.shape(0) >= 1, "there must be a sign table");
            same_length("one more start than tables", smallest.shape(0) + 1, starts);
            runs(starts, "starts must ascend from 0");
            same_length("as many nodes as the last start says", static_cast<std::size_t>(starts(smallest.shape(0))), nodes,
                        weights);
            const matinee::SignTable signs{length(smallest), smallest.data(), starts.data(), nodes.data(), weights.data()};
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
                    const matinee::Change change{whole_column ? mixed.data() : left, whole_column ? c : mixed.data(), q.data()[e],
                                                 left, right.data()};
                    defined.data()[e] =
                        matinee::kernels().one_hidden(squares.data(), m_rows, rank, signs, change, scratch.data(), out.data() + e);
                }
            });
        },
        "squares"_a, "rank"_a, "smallest"_a, "starts"_a, "nodes"_a, "weights"_a, "basis"_a, "columns"_a, "extras"_a, "row"_a,
        "column"_a, "extra"_a, "alpha"_a, "beta"_a, "gamma"_a, "q"_a, "whole_column"_a, "out"_a.noconvert(),
        "defined"_a.noconvert(), "threads"_a);
}

}  // namespace matinee::bind
