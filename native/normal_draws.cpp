// Standard normal numbers by counter: pairs side by side in wide registers, and to the bit the floats that the C library's
// functions would give.
#include "elementary.hpp"
#include "kernels.hpp"
#include "streams.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace matinee::MATINEE_ISA {
namespace {

constexpr std::int64_t lanes = 16;
constexpr double whole = 0x1.8p52;  // to add it rounds to a whole number, which is then in the lowest bits

// A pair k of a stream with `half` pairs: words k and half + k.
struct Pair {
    float first, second;
};

Pair plain_pair(std::uint64_t key, std::uint64_t half, std::uint64_t k) {
    const double radius = std::sqrt(-2.0 * std::log(random_uniform(random_word(key, k))));
    const double angle = 2.0 * std::numbers::pi * random_uniform(random_word(key, half + k));
    return {static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle))};
}

// 1 where so small an error of `number` as 32 units in the last place might change the float nearest to it.
std::int64_t near_a_boundary(double number) {
    constexpr std::int64_t dropped = (std::int64_t{1} << 29) - 1, middle = std::int64_t{1} << 28;
    const std::int64_t off = (static_cast<std::int64_t>(__builtin_bit_cast(std::uint64_t, number)) & dropped) - middle;
    return (off < 32) & (off > -32);
}

// Sine and cosine of r, |r| ≤ π / 4, to a unit in the last place (the series of fdlibm).
double sine_of(double r) {
    const double z = r * r;
    double p = 1.58969099521155010221e-10;
    p = p * z - 2.50507602534068634195e-08;
    p = p * z + 2.75573137070700676789e-06;
    p = p * z - 1.98412698298579493134e-04;
    p = p * z + 8.33333333332248946124e-03;
    p = p * z - 1.66666666666666324348e-01;
    return r + r * z * p;
}

double cosine_of(double r) {
    const double z = r * r;
    double p = -1.13596475577881948265e-11;
    p = p * z + 2.08757232129817482790e-09;
    p = p * z - 2.75573143513906633035e-07;
    p = p * z + 2.48015872894767294178e-05;
    p = p * z - 1.38888888888741095749e-03;
    p = p * z + 4.16666666666666019037e-02;
    return 1.0 - (0.5 * z - z * z * p);
}

// Pairs `from` to `from + lanes - 1`, to 10 units in the last place of a double; 1 where that might not do.
std::int64_t wide_pairs(std::uint64_t key, std::uint64_t half, std::uint64_t from, float* first, float* second) {
    double size[lanes], turn[lanes];
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
        const std::uint64_t k = from + static_cast<std::uint64_t>(lane);
        size[lane] = random_uniform(random_word(key, k));
        turn[lane] = random_uniform(random_word(key, half + k));
    }
    std::int64_t unsure = 0;
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
        const double radius = std::sqrt(-2.0 * log_of(size[lane])), angle = 2.0 * std::numbers::pi * turn[lane];
        const double shifted = angle * (2.0 / std::numbers::pi) + whole, quarters = shifted - whole;
        const double r = (angle - quarters * 1.57079632673412561417) - quarters * 6.07710050650619224932e-11;
        const std::uint64_t quarter = __builtin_bit_cast(std::uint64_t, shifted);
        const double sine = sine_of(r), cosine = cosine_of(r);
        const double along = quarter & 1 ? sine : cosine, across = quarter & 1 ? cosine : sine;
        const double x = radius * ((quarter + 1) & 2 ? -along : along), y = radius * (quarter & 2 ? -across : across);
        first[lane] = static_cast<float>(x);
        second[lane] = static_cast<float>(y);
        unsure |= near_a_boundary(x) | near_a_boundary(y) | (std::abs(r) < 0x1p-20);
    }
    return unsure;
}

}  // namespace

void standard_normals(std::uint64_t key, std::int64_t count, float* out) {
    const std::int64_t half = (count + 1) / 2;
    const auto pairs = static_cast<std::uint64_t>(half);
    float first[lanes], second[lanes];
    for (std::int64_t from = 0; from < half; from += lanes) {
        const auto start = static_cast<std::uint64_t>(from);
        const std::int64_t here = std::min(lanes, half - from);
        if (wide_pairs(key, pairs, start, first, second)) {
            for (std::int64_t lane = 0; lane < here; ++lane) {
                const Pair pair = plain_pair(key, pairs, start + static_cast<std::uint64_t>(lane));
                first[lane] = pair.first;
                second[lane] = pair.second;
            }
        }
        std::copy_n(first, here, out + from);
        std::copy_n(second, std::min(here, count - half - from), out + half + from);
    }
}

}  // namespace matinee::MATINEE_ISA
