// One vector type over the compiler's vector extensions; its width follows the instruction set of the translation unit.
#pragma once
#include <cstdint>
#include <cstring>

#ifndef MATINEE_ISA
#error "kernels are compiled once per instruction set: define MATINEE_ISA"
#endif

namespace matinee::MATINEE_ISA {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

template <class T>
struct Simd {
    static constexpr int width = register_bytes / static_cast<int>(sizeof(T));
    typedef T Register __attribute__((vector_size(register_bytes)));

    static Register load(const T* from) {
        Register r;
        std::memcpy(&r, from, sizeof r);
        return r;
    }
    static void store(T* to, Register r) { std::memcpy(to, &r, sizeof r); }
    static Register all(T x) { return x - Register{}; }
    static T sum(Register r) {
        T total = 0;
        for (int i = 0; i < width; ++i) total += r[i];
        return total;
    }
};

}  // namespace matinee::MATINEE_ISA
