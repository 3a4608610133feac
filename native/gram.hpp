// Rows of the Gram matrix of a sparse binary matrix.
#pragma once
#include "kernels.hpp"

namespace matinee {

// out (columns.rows, size) = rows of XᵀX, as counts: out[c, d] is the number of rows of X that have entries in both columns.
// `columns` are columns of X, all or some, `rows` its rows, whose indices are under `size`; values are not read.
// Counts are exact up to 2²⁴.
void gram(const Compressed& columns, const Compressed& rows, std::int64_t size, float* out, int threads);

}  // namespace matinee
