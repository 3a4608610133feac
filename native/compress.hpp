// Ratings as triplets brought into compressed rows, and the pass that turns rows into columns.
#pragma once
#include <cstdint>

namespace matinee {

// Stable counting sort of `count` triplets by row, then by column within each row.
// offsets (rows + 1), indices and values (count) are written. Duplicates stay, in their order.
void compress(const std::int32_t* row, const std::int32_t* column, const float* value, std::int64_t count, std::int64_t rows,
              std::int64_t* offsets, std::int32_t* indices, float* values, int threads);

// Compressed rows to compressed columns; within a column the rows ascend.
void transpose(const std::int64_t* offsets, const std::int32_t* indices, const float* values, std::int64_t rows,
               std::int64_t columns, std::int64_t* out_offsets, std::int32_t* out_indices, float* out_values, int threads);

// Number of triplets whose (row, column) an earlier one has.
std::int64_t duplicate_count(const std::int32_t* row, const std::int32_t* column, std::int64_t count, std::int64_t rows,
                             std::int64_t columns);

}  // namespace matinee
