// Planted ratings: made from a known truth, whatever the number of threads.
#pragma once
#include <cstdint>

namespace matinee {

struct Planting {
    std::uint64_t seed;
    std::int64_t users, items, rank;
    const std::int64_t* offsets;     // (users + 1) user u has ratings offsets[u] … offsets[u + 1] - 1
    std::int64_t limit;              // users with more ratings choose by exponential keys, the others by alias table
    const double* weights;           // (items) how readily each is chosen, over 0
    const std::uint32_t* threshold;  // (items) alias table of the weights
    const std::int32_t* other;       // (items)
    double pull;                     // a weight is multiplied by exp(pull · p · q)
    double mean, noise, low, high;
    const double* step;         // (users) between two ratings the user gives
    const float* user_bias;     // (users)
    const float* item_bias;     // (items)
    const float* user_factors;  // (users × rank)
    const float* item_factors;  // (items × rank)
};

// item and value (offsets[users]) are written; the items of a user ascend.
void plant(const Planting&, std::int32_t* item, float* value, int threads);

}  // namespace matinee
