#include "spmm_at.hpp"

#include "last_index.hpp"
#include "threads.hpp"

namespace matinee {
namespace {

constexpr std::int64_t pairs_per_block = 64;

double entry(const Compressed& a, std::int64_t row, const float* panel, std::int64_t width) {
    check_last_index(a, row, "panel must have a row for each column of the matrix");
    double sum = 0;
    for (std::int64_t e = a.offsets[row]; e < a.offsets[row + 1]; ++e)
        sum += static_cast<double>(a.values[e]) * panel[a.indices[e] * width];
    return sum;
}

}  // namespace

void spmm_at(const Compressed& a, const float* panel, std::int64_t width, const std::int64_t* row, const std::int64_t* column,
             std::int64_t count, double* out, int threads) {
    parallel_for(count, pairs_per_block, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) out[p] = entry(a, row[p], panel + column[p], width);
    });
}

}  // namespace matinee
