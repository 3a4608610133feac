#include "gram.hpp"

#include "last_index.hpp"
#include "threads.hpp"

#include <algorithm>

namespace matinee {
namespace {

void count_row(const Compressed& columns, std::int64_t column, const Compressed& rows, float* out) {
    check_last_index(columns, column, "each column must point to rows of the matrix");
    for (std::int64_t e = columns.offsets[column]; e < columns.offsets[column + 1]; ++e) {
        const std::int64_t row = columns.indices[e];
        check_last_index(rows, row, "out must have a number for each column of the matrix");
        for (std::int64_t k = rows.offsets[row]; k < rows.offsets[row + 1]; ++k) out[rows.indices[k]] += 1.0f;
    }
}

}  // namespace

void gram(const Compressed& columns, const Compressed& rows, std::int64_t size, float* out, int threads) {
    parallel_for(columns.rows, 1, threads, [&](std::int64_t begin, std::int64_t end) {
        std::fill(out + begin * size, out + end * size, 0.0f);
        for (std::int64_t c = begin; c < end; ++c) count_row(columns, c, rows, out + c * size);
    });
}

}  // namespace matinee
