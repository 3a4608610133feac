// Normal numbers known to lie between two limits: how likely that is, how dense they are at the limits, and one drawn.
#pragma once
#include "elementary.hpp"

namespace matinee::MATINEE_ISA {

// Where infinity is taken to be, so that it can be multiplied by nothing.
inline constexpr double farthest = 1e30;

// Numbers that are worked on at once.
inline constexpr int cut_block = 256;

// An interval from low to high, high > low, in standard deviations from the mean, turned over where it lies below: then
// a + b ≥ 0. Its probability is exp(log_scale) mass / √(2π), where nothing underflows: for a > 0 φ(a) is in the scale.
struct Turned {
    double a, b, log_scale, at_a, at_b;  // what φ is at a and b, in units of exp(log_scale) / √(2π)
    double from, to;                     // the probability of lying beyond a and beyond b, in the same units
    double mass;                         // from - to
};

inline double within(double x, double limit) { return smaller(larger(x, -limit), limit); }

// No branch and no flag: whatever the compiler could make a jump of would keep a loop out of the registers.
inline Turned turned(double low, double high) {
    Turned t;
    low = within(low, farthest);
    high = within(high, farthest);
    t.a = larger(low, -high);
    t.b = larger(high, -low);
    const double outside = larger(t.a, 0.0), inside = smaller(t.a, 0.0);
    t.log_scale = -0.5 * outside * outside;
    t.at_a = exp_of_negative(-0.5 * inside * inside);
    t.at_b = exp_of_negative(-0.5 * (t.b - outside) * (t.b + outside));
    const double beyond = t.at_a * mills_ratio(outside - inside);
    const double side = t.a > 0.0 ? 1.0 : -1.0;
    t.from = side * beyond + (0.5 - 0.5 * side) * root_two_pi;
    t.to = t.at_b * mills_ratio(t.b);
    t.mass = larger(larger(t.from - t.to, t.at_b * (t.b - t.a)), 1e-140);  // no density within is under that at b
    return t;
}

// 1, or -1 where the interval was turned over.
inline double side_of(double low, double high) { return low + high < 0.0 ? -1.0 : 1.0; }

inline double log_probability(const Turned& t) { return t.log_scale + log_of(t.mass) - log_root_two_pi; }

// A few Newton steps in the logarithm for what no approximation was made for: far out, on φ's steep slope.
inline double far_quantile(double x, double log_share) {
    for (int step = 0; step < 3; ++step) {
        const double mills = mills_ratio(x);
        x = larger(x + (log_of(mills) - 0.5 * x * x - log_root_two_pi - log_share) * mills, 1.0);
    }
    return x;
}

// A number of the interval at the share u, in (0, 1], of its probability from the end that is nearer to the mean.
inline double drawn_between(const Turned& t, double u) {
    const double share = larger(t.from - u * (t.from - t.to), 1e-300);
    const double upper = share <= 0.5 * root_two_pi ? 1.0 : 0.0;  // always where a > 0
    const double smaller_share = larger(upper * share + (1.0 - upper) * (root_two_pi - share), 1e-300);
    const double log_share = t.log_scale + log_of(smaller_share) - log_root_two_pi;
    const double q = 0.5 - exp_of_negative(t.log_scale) * (share / root_two_pi);
    const double tail = tail_quantile(larger(__builtin_sqrt(larger(-log_share, 0.0)), 1.6));
    const double centre = central_quantile(within(q, 0.425));
    const double x = q * q < 0.425 * 0.425 ? centre : (2.0 * upper - 1.0) * tail;
    return smaller(larger(x, t.a), t.b);
}

}  // namespace matinee::MATINEE_ISA
