// The check that keeps a kernel inside the array that a matrix's columns point into.
#pragma once
#include "kernels.hpp"

#include <stdexcept>

namespace matinee {

// Indices ascend in a row, so the last one is the largest. A kernel checks it where it is about to be read anyway: a pass over
// all rows would cost as much as a tenth of a product. Static: each instruction set has its own copy.
[[maybe_unused]] static inline void check_last_index(const Compressed& a, std::int64_t row, const char* what) {
    const std::int64_t end = a.offsets[row + 1];
    if (end > a.offsets[row] && static_cast<std::uint32_t>(a.indices[end - 1]) >= a.columns) throw std::invalid_argument(what);
}

}  // namespace matinee
