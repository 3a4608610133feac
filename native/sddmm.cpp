// Dense × dense at the known cells alone, or what it leaves of the values there, and the squares of that row by row.
#include "kernels.hpp"
#include "last_index.hpp"
#include "row_blocks.hpp"
#include "simd.hpp"

#include <algorithm>

namespace matinee::MATINEE_ISA {

namespace {

using Lane = Simd<float>;

// Entries whose products are summed side by side: one sum alone would wait for each addition to end before the next.
constexpr int chains = 8;

// The sum of each register, pairwise, all at once.
void sum_each(const Lane::Register* part, float* out) {
    float lanes[chains][Lane::width];
    for (int c = 0; c < chains; ++c) Lane::store(lanes[c], part[c]);
    for (int half = Lane::width / 2; half; half /= 2)
        for (int c = 0; c < chains; ++c)
            for (int i = 0; i < half; ++i) lanes[c][i] += lanes[c][i + half];
    for (int c = 0; c < chains; ++c) out[c] = lanes[c][0];
}

void products(const float* left, const float* const* right, std::int64_t width, float* out) {
    Lane::Register part[chains] = {};
    std::int64_t k = 0;
    for (; k + Lane::width <= width; k += Lane::width) {
        const Lane::Register numbers = Lane::load(left + k);
        for (int c = 0; c < chains; ++c) part[c] += numbers * Lane::load(right[c] + k);
    }
    sum_each(part, out);
    for (; k < width; ++k)
        for (int c = 0; c < chains; ++c) out[c] += left[k] * right[c][k];
}

double sample_row(const SampledProduct& s, std::int64_t row) {
    const std::int64_t end = s.a.offsets[row + 1];
    double squares = 0;
    for (std::int64_t e = s.a.offsets[row]; e < end; e += chains) {
        const float* right[chains];
        float sums[chains];
        for (int c = 0; c < chains; ++c)
            right[c] = s.right + static_cast<std::int64_t>(s.a.indices[std::min(e + c, end - 1)]) * s.width;
        products(s.left + row * s.width, right, s.width, sums);
        for (int c = 0; c < chains && e + c < end; ++c) {
            const float left = s.a.values ? s.a.values[e + c] - s.shift - sums[c] : sums[c];
            squares += static_cast<double>(left) * left;
            if (s.out) s.out[e + c] = left;
        }
    }
    return squares;
}

}  // namespace

void sddmm(const SampledProduct& s, int threads) {
    parallel_rows(s.a, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            check_last_index(s.a, row, "right must have a row for each column of the matrix");
            s.squares[row] = sample_row(s, row);
        }
    });
}

}  // namespace matinee::MATINEE_ISA
