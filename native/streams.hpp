// Random numbers by counter (splitmix64): matinee/kernels/streams.py is the same in NumPy.
#pragma once
#include <cstdint>

namespace matinee {

// Streams of a seed that C++ draws by number: those of the same names in kernels/streams.py, which lists every stream.
enum Stream : std::uint64_t { plant_item = 1, plant_item_order = 2, plant_noise = 3 };

inline std::uint64_t random_word(std::uint64_t key, std::uint64_t counter) {
    std::uint64_t x = key + (counter + 1) * 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// In (0, 1].
inline double random_uniform(std::uint64_t word) { return static_cast<double>((word >> 11) + 1) * 0x1p-53; }

}  // namespace matinee
