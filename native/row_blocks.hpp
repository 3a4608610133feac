// Compressed rows in blocks of about equal work.
#pragma once
#include "kernels.hpp"
#include "threads.hpp"

#include <algorithm>

namespace matinee::MATINEE_ISA {

inline constexpr std::int64_t entries_per_block = 1 << 14;

// Calls body(begin, end) for blocks of rows of about `entries_per_block` entries each.
template <class Body>
void parallel_rows(const Compressed& a, int threads, const Body& body) {
    const std::int64_t entries = a.offsets[a.rows];
    const std::int64_t blocks = std::clamp<std::int64_t>(entries / entries_per_block, 1, std::max<std::int64_t>(1, a.rows));
    const auto first_row = [&](std::int64_t block) {
        if (block == 0) return std::int64_t{0};
        if (block == blocks) return a.rows;
        return static_cast<std::int64_t>(std::lower_bound(a.offsets, a.offsets + a.rows, entries / blocks * block) - a.offsets);
    };
    parallel_for(blocks, 1, threads, [&](std::int64_t begin, std::int64_t end) { body(first_row(begin), first_row(end)); });
}

}  // namespace matinee::MATINEE_ISA
