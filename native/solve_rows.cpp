// Ridge regressions of all rows, exactly: normal equations, Cholesky, two triangular solves.
#include "row_solver.hpp"

namespace matinee::MATINEE_ISA {

std::int64_t solve_rows(const RowRegressions& r, int threads) {
    return for_each_row(r, threads, [&r] { return ExactRows(r, scratch(ExactRows::floats(r))); });
}

}  // namespace matinee::MATINEE_ISA
