#include "row_products.hpp"

#include "threads.hpp"

#include <algorithm>

namespace matinee {
namespace {

constexpr std::int64_t pairs_per_block = 1024;
constexpr int abreast = 4;  // one sum alone would wait for each addition to end before the next

typedef double Two __attribute__((vector_size(16)));

void add(Two& sum, const float* left, const float* right) {
    sum += Two{static_cast<double>(left[0]), static_cast<double>(left[1])} *
           Two{static_cast<double>(right[0]), static_cast<double>(right[1])};
}

// Two sums, of even and of odd places: eights of places from their end to their start, then what is over in order.
void products(const float* const* left, const float* const* right, std::int64_t width, double* out) {
    Two sum[abreast] = {};
    std::int64_t k = 0;
    for (; k + 8 <= width; k += 8)
        for (int place = 6; place >= 0; place -= 2)
            for (int p = 0; p < abreast; ++p) add(sum[p], left[p] + k + place, right[p] + k + place);
    for (; k + 2 <= width; k += 2)
        for (int p = 0; p < abreast; ++p) add(sum[p], left[p] + k, right[p] + k);
    for (int p = 0; p < abreast; ++p) {
        if (k < width) sum[p][0] += static_cast<double>(left[p][k]) * static_cast<double>(right[p][k]);
        out[p] = sum[p][0] + sum[p][1];
    }
}

}  // namespace

void row_products(const TwoTables& t, const std::int64_t* row, const std::int64_t* column, std::int64_t count, double* out,
                  int threads) {
    parallel_for(count, pairs_per_block, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t from = begin; from < end; from += abreast) {
            const float *left[abreast], *right[abreast];
            double sums[abreast];
            for (int p = 0; p < abreast; ++p) {
                const std::int64_t pair = std::min(from + p, end - 1);
                left[p] = t.left + row[pair] * t.width;
                right[p] = t.right + column[pair] * t.width;
            }
            products(left, right, t.width, sums);
            std::copy_n(sums, std::min<std::int64_t>(abreast, end - from), out + from);
        }
    });
}

}  // namespace matinee
