// Ordered levels as latent normal numbers that fall between edges (Albert and Chib 1993).
#pragma once
#include <cstdint>

namespace matinee {

// Entry e has level k = level[e], from 0: edges[k] < predicted_e + n / (scale steady_e) ≤ edges[k + 1], n = N(0, 1).
struct Ordered {
    std::int64_t entries, levels;
    const std::uint8_t* level;  // (entries), < levels
    const float* predicted;     // (entries)
    const float* steady;        // (entries), > 0
    const double* edges;        // (levels + 1), ascending, the first and the last infinite
    double scale;               // > 0
};

// Entries whose sums are put together before they are added to the others'.
inline constexpr std::int64_t ordered_piece = 1 << 13;

constexpr std::int64_t ordered_pieces(std::int64_t entries) { return (entries + ordered_piece - 1) / ordered_piece; }

// What is summed over the entries of a level: log probability; its slopes in the lower edge l, in the upper edge u, and in the
// logarithm s of the scale; its curvature, turned positive: ll, uu, lu, ss, sl, su.
inline constexpr int ordered_sums = 10;

// The probability of each level where latent numbers are latent_r + deviation_r N(0, 1).
struct Shares {
    std::int64_t rows, levels;
    const double *latent, *deviation;  // (rows), deviation > 0
    const double* edges;               // (levels + 1), as above
    double* out;                       // (rows × levels) written
};

}  // namespace matinee
