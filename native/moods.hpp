// How people's ratings drift: a level for every rating, drawn from an Ornstein–Uhlenbeck process over each row's time.
#pragma once
#include <cstdint>

namespace matinee {

// Row r holds entries offsets[r] … offsets[r + 1] - 1, by ascending time. Its level x starts as N(0, variance), and from one
// entry to the next, d seconds on, x' = f x + √(variance (1 - f²)) n with f = exp(-d / scale) and n = N(0, 1); what is seen of it
// is left_e = x_e + n / √precision_e. Draws x given all that is seen, with row r's numbers from stream (key, r).
struct Moods {
    std::int64_t rows;
    const std::int64_t* offsets;
    const std::int64_t* time;  // (entries) seconds
    const float* left;         // (entries)
    const float* precision;    // (entries), > 0
    double scale, variance;    // > 0
    std::uint64_t key;
    float* level;         // (entries) written
    double* squares;      // (rows) written: Σ n² variance over the steps
    std::int64_t* steps;  // (rows) written: how many they are; entries at one time share their level
};

void draw_moods(const Moods&, int threads);

}  // namespace matinee
