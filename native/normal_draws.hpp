// Standard normal numbers by counter.
#pragma once
#include <cstdint>

namespace matinee {

// The numbers 0 … count - 1 of stream `key` (Box and Muller 1958): kernels/streams.py draws the same.
void standard_normals(std::uint64_t key, std::int64_t count, float* out);

}  // namespace matinee
