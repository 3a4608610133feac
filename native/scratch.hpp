// Memory that a kernel works in.
#pragma once
#include <cstdint>

namespace matinee {

// `count` floats of the calling thread's own, aligned to 64 bytes, not cleared: kept for the next call, which gives the same
// memory again. Throws std::bad_alloc.
float* scratch(std::int64_t count);

}  // namespace matinee
