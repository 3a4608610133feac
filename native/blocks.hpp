// Ratings cut into blocks that workers can take side by side without meeting in a row of factors.
#pragma once
#include "kernels.hpp"

#include <functional>

namespace matinee {

// A block's entries go through so many users at a time, one entry of each in turn: their rows stay in the nearest cache,
// and an entry seldom waits for the step of the one before it.
inline constexpr std::int64_t users_in_turn = 16;

// A permutation of rows into groups: group g holds rows order[starts[g]] … order[starts[g + 1] - 1], at most 65,536.
struct Groups {
    const std::int32_t* order;
    const std::int64_t* starts;  // (groups + 1)
};

// Writes `offsets` (groups² + 1) and `entries` (one a rating; see Blocks), the values as (value - shift) · scale. Throws
// where `users` does not name each row once.
void cut_blocks(const Compressed& by_user, std::int64_t groups, const Groups& users, const Groups& items, double shift,
                double scale, std::int64_t* offsets, std::uint64_t* entries, int threads);

// Calls work(user group, item group, last) for each of groups² blocks on `threads` threads, `last` telling that it is the last
// one of either group. Diagonal after diagonal: a block waits for those of its groups on the diagonals before, and for no others,
// so that blocks that share a group go one after another in an order that does not depend on the threads.
void along_diagonals(std::int64_t groups, int threads, const std::function<void(std::int64_t, std::int64_t, bool)>& work);

// Fills the first `rank` numbers of each row of `out` (rows × stride): for the row that was `order[row]` these are the numbers
// order[row] · rank and on of the stream `key`, spread evenly from -limit to limit; or zeros, where it has no ratings.
void scatter_rows(std::uint64_t key, const std::int32_t* order, const std::int64_t* counts, std::int64_t rows, std::int64_t rank,
                  std::int64_t stride, float limit, float* out, int threads);

}  // namespace matinee
