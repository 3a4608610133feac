// The drift of a user's ratings with time: a level for every rating, drawn from an Ornstein–Uhlenbeck process over the
// times of each row.
#pragma once
#include <cstdint>

namespace matinee {

// Row r holds entries offsets[r] … offsets[r + 1] - 1, by ascending time. Its level x starts as N(0, variance), and from one
// entry to the next, d seconds on, x' = f x + √(variance (1 - f²)) n with f = exp(-d / scale) and n = N(0, 1). Observed is
// residual_e = x_e + n / √precision_e. Draws x given all observations of its row, with numbers from stream (key, r).
struct SessionDrift {
    std::int64_t rows;
    const std::int64_t* offsets;
    const std::int64_t* time;  // (entries) seconds
    const float* residual;     // (entries)
    const float* precision;    // (entries), > 0
    double scale, variance;    // > 0
    std::uint64_t key;
    float* level;         // (entries) written
    double* squares;      // (rows) written: Σ n² variance over the steps
    std::int64_t* steps;  // (rows) written: how many they are; entries of one time share their level
};

void draw_session_drift(const SessionDrift&, int threads);

}  // namespace matinee
