// Functions of one number without branches, so that loops over them become wide registers. All float64.
#pragma once
#include <cstdint>

#ifndef MATINEE_ISA
#error "kernels are compiled once per instruction set: define MATINEE_ISA"
#endif

namespace matinee::MATINEE_ISA {

inline constexpr double root_two_pi = 2.5066282746310002;
inline constexpr double log_root_two_pi = 0.91893853320467267;

inline double larger(double a, double b) { return a > b ? a : b; }
inline double smaller(double a, double b) { return a < b ? a : b; }

// exp(x) for x ≤ 0, to 2 units in the last place; below -700 it stays at 1e-304. A power of two is taken off, and Taylor's
// series gives the rest.
inline double exp_of_negative(double x) {
    constexpr double whole = 0x1.8p52;  // to add it rounds to a whole number, which is then in the lowest bits
    x = larger(x, -700.0);
    const double shifted = x * 1.4426950408889634 + whole, n = shifted - whole;
    const double r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
    double p = 1.6059043836821613e-10;
    p = p * r + 2.08767569878681e-9;
    p = p * r + 2.505210838544172e-8;
    p = p * r + 2.755731922398589e-7;
    p = p * r + 2.7557319223985893e-6;
    p = p * r + 2.48015873015873e-5;
    p = p * r + 1.984126984126984e-4;
    p = p * r + 1.388888888888889e-3;
    p = p * r + 8.333333333333333e-3;
    p = p * r + 4.1666666666666664e-2;
    p = p * r + 0.16666666666666666;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return __builtin_bit_cast(double, __builtin_bit_cast(std::uint64_t, p) + (__builtin_bit_cast(std::uint64_t, shifted) << 52));
}

// log(x) for normal x > 0, to 3 units in the last place: exponent and mantissa m in [√½, √2), then the series of
// 2 artanh((m - 1) / (m + 1)).
inline double log_of(double x) {
    const std::uint64_t bits = __builtin_bit_cast(std::uint64_t, x);
    const std::uint64_t exponent = (bits + 0x0009'5f61'9980'c433u) >> 52;  // 1.0 as bits less √½ as bits
    const double m = __builtin_bit_cast(double, bits - ((exponent - 1023u) << 52));
    const double n = __builtin_bit_cast(double, exponent | 0x4330'0000'0000'0000u) - (0x1p52 + 1023.0);
    const double s = (m - 1.0) / (m + 1.0), t = s * s;
    double p = 1.0 / 23.0;
    p = p * t + 1.0 / 21.0;
    p = p * t + 1.0 / 19.0;
    p = p * t + 1.0 / 17.0;
    p = p * t + 1.0 / 15.0;
    p = p * t + 1.0 / 13.0;
    p = p * t + 1.0 / 11.0;
    p = p * t + 1.0 / 9.0;
    p = p * t + 1.0 / 7.0;
    p = p * t + 1.0 / 5.0;
    p = p * t + 1.0 / 3.0;
    return n * 0x1.62e42feep-1 + (n * 0x1.a39ef35793c76p-33 + 2.0 * s * (1.0 + t * p));
}

// Mills' ratio (1 - Φ(x)) / φ(x) for x ≥ 0, to 1e-14 of itself: a polynomial in (x - 4) / (x + 4) over 1 + x, the way of
// Shepherd and Laframboise (1981); its coefficients interpolate in Chebyshev's points.
inline double mills_ratio(double x) {
    const double t = (x - 4.0) / (x + 4.0);
    double p = 2.247013983342086e-08;
    p = p * t + 4.253138278228432e-10;
    p = p * t - 2.2605308164886262e-07;
    p = p * t - 8.543228762165564e-08;
    p = p * t + 1.313665764903073e-06;
    p = p * t + 1.1109988536628065e-06;
    p = p * t - 6.49178122174831e-06;
    p = p * t - 8.671410758453983e-06;
    p = p * t + 3.4127067715684534e-05;
    p = p * t + 5.329710816041033e-05;
    p = p * t - 0.00022020507716260233;
    p = p * t - 0.00023671064081471824;
    p = p * t + 0.0017418466235382408;
    p = p * t - 0.000715949311094995;
    p = p * t - 0.012539103366775156;
    p = p * t + 0.04495912891797037;
    p = p * t - 0.08070800969404655;
    p = p * t + 0.07169048120881558;
    p = p * t + 0.03509188023507642;
    p = p * t - 0.24239967052191114;
    p = p * t + 1.1832619145678025;
    return p / (1.0 + x);
}

// Φ⁻¹(½ + q) for |q| ≤ 0.425, to 1e-7 of itself (Wichura 1988, PPND7).
inline double central_quantile(double q) {
    const double r = 0.180625 - q * q;
    const double over = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return q * over / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1.0);
}

// The x > 0 beyond which a share of exp(-r²) lies, r ≥ 1.6, to 1e-7 of itself (likewise).
inline double tail_quantile(double r) {
    const double near = r - 1.6, far = r - 5.0;
    const double over = ((0.17023821103 * near + 1.3067284816) * near + 2.756815390) * near + 1.4234372777;
    const double beyond = ((0.017337203997 * far + 0.42868294337) * far + 3.0812263860) * far + 6.6579051150;
    const double at_near = over / ((0.12021132975 * near + 0.7370016425) * near + 1.0);
    const double at_far = beyond / ((0.012258202635 * far + 0.24197894225) * far + 1.0);
    return r <= 5.0 ? at_near : at_far;
}

}  // namespace matinee::MATINEE_ISA
