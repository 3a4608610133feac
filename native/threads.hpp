// One parallel loop for every kernel.
#pragma once
#include <cstdint>
#include <functional>

namespace matinee {

// Calls body(begin, end) for consecutive blocks of [0, count), each of at most `grain` items, on `threads` threads
// of one persistent pool. Blocks go to whoever is free, so a kernel's result must not depend on who ran a block.
void parallel_for(std::int64_t count, std::int64_t grain, int threads, const std::function<void(std::int64_t, std::int64_t)>& body);

}  // namespace matinee
