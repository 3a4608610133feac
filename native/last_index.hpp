// The check that keeps a kernel inside the array that a matrix's columns point into.
#pragma once
#include "kernels.hpp"

#include <stdexcept>

namespace matinee::MATINEE_ISA {

// Indices ascend in a row, so its last one tells for all. Looked at here, where it is about to be read anyway: a pass of its
// own over all rows would cost as much as a tenth of the product.
inline void check_last_index(const Compressed& a, std::int64_t row, const char* what) {
    const std::int64_t end = a.offsets[row + 1];
    if (end > a.offsets[row] && static_cast<std::uint32_t>(a.indices[end - 1]) >= a.columns) throw std::invalid_argument(what);
}

}  // namespace matinee::MATINEE_ISA
