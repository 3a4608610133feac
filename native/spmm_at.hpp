// Single entries of a product of a sparse and a dense matrix.
#pragma once
#include "kernels.hpp"

namespace matinee {

// out[p] = Σ value · panel[index, column[p]] over the entries of row row[p] of `a`, for `count` pairs; panel: (a.columns, width).
// Float64 sums in the order of the entries.
void spmm_at(const Compressed& a, const float* panel, std::int64_t width, const std::int64_t* row, const std::int64_t* column,
             std::int64_t count, double* out, int threads);

}  // namespace matinee
