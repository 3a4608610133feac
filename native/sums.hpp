// Sums across the lanes of registers.
#pragma once
#include "simd.hpp"

#include <utility>

namespace matinee::MATINEE_ISA {

using Lane = Simd<float>;

#if defined(__clang__)
#define MATINEE_PICKED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define MATINEE_PICKED(a, b, ...) __builtin_shuffle(a, b, decltype(a < b){__VA_ARGS__})
#endif

// Lane l is the sum of lanes l and l ^ half: of `b` where l has the bit `half`, of `a` elsewhere.
template <int half, int... l>
Lane::Register folded(Lane::Register a, Lane::Register b, std::integer_sequence<int, l...>) {
    return MATINEE_PICKED(a, b, (l & half ? Lane::width + l : l)...) +
           MATINEE_PICKED(a, b, (l & half ? Lane::width + (l ^ half) : l ^ half)...);
}

template <int half>
Lane::Register folded(Lane::Register a, Lane::Register b) {
    return folded<half>(a, b, std::make_integer_sequence<int, Lane::width>{});
}

// Lane l is the sum of r[l]: as many registers as there are lanes, which are used up.
inline Lane::Register sums_of(Lane::Register* r) {
#pragma GCC unroll 16
    for (int i = 0; i < Lane::width; i += 2) r[i] = folded<1>(r[i], r[i + 1]);
#pragma GCC unroll 16
    for (int i = 0; i < Lane::width; i += 4) r[i] = folded<2>(r[i], r[i + 2]);
    if constexpr (Lane::width > 4)
#pragma GCC unroll 16
        for (int i = 0; i < Lane::width; i += 8) r[i] = folded<4>(r[i], r[i + 4]);
    if constexpr (Lane::width > 8) r[0] = folded<8>(r[0], r[8]);
    return r[0];
}

inline float sum_of(Lane::Register r) {
    if constexpr (Lane::width > 8) r = folded<8>(r, r);
    if constexpr (Lane::width > 4) r = folded<4>(r, r);
    r = folded<2>(r, r);
    return folded<1>(r, r)[0];
}

}  // namespace matinee::MATINEE_ISA
