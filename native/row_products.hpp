// Products of rows of two tables, pair by pair.
#pragma once
#include <cstdint>

namespace matinee {

// Two tables of `width` floats a row.
struct TwoTables {
    const float *left, *right;
    std::int64_t width;
};

// out[p] = left[row[p]] · right[column[p]] for `count` pairs, summed in float64 in the order in which NumPy's einsum sums.
void row_products(const TwoTables&, const std::int64_t* row, const std::int64_t* column, std::int64_t count, double* out,
                  int threads);

}  // namespace matinee
