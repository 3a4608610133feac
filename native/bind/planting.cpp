// Planted ratings.
#include "../plant.hpp"
#include "arrays.hpp"

namespace matinee::bind {

void planting(nb::module_& m) {
    m.def(
        "plant",
        [](std::uint64_t seed, Vector<const std::int64_t> offsets, Vector<const double> weights,
           Vector<const std::uint32_t> threshold, Vector<const std::int32_t> other, std::int64_t limit, double pull, double mean,
           double noise, double low, double high, Vector<const double> step, Vector<const float> user_bias,
           Vector<const float> item_bias, Matrix<const float> user_factors, Matrix<const float> item_factors,
           Vector<std::int32_t> item, Vector<float> value, int threads) {
            require(offsets.shape(0) >= 1, "offsets must hold at least one number");
            const std::size_t users = offsets.shape(0) - 1, entries = static_cast<std::size_t>(offsets(users));
            same_length("one step, bias and row of factors for each user", users, step, user_bias, user_factors);
            same_length("one weight, bias and row of factors for each item", weights.shape(0), threshold, other, item_bias,
                        item_factors);
            require(user_factors.shape(1) == item_factors.shape(1), "users and items must have as many factors");
            same_length("item and value must have offsets[-1] entries", entries, item, value);
            require(offsets(0) == 0, "offsets must ascend from 0");
            in_range("each other must be one of the items", other, weights.shape(0));
            for (std::size_t u = 0; u < users; ++u)
                require(offsets(u) <= offsets(u + 1) && offsets(u + 1) - offsets(u) <= length(weights),
                        "offsets must ascend, by at most one rating for each item");
            const Planting chosen{seed,
                                  static_cast<std::int64_t>(users),
                                  length(weights),
                                  length(item_factors, 1),
                                  offsets.data(),
                                  limit,
                                  weights.data(),
                                  threshold.data(),
                                  other.data(),
                                  pull,
                                  mean,
                                  noise,
                                  low,
                                  high,
                                  step.data(),
                                  user_bias.data(),
                                  item_bias.data(),
                                  user_factors.data(),
                                  item_factors.data()};
            const nb::gil_scoped_release release;
            matinee::plant(chosen, item.data(), value.data(), threads);
        },
        "seed"_a, "offsets"_a, "weights"_a, "threshold"_a, "other"_a, "limit"_a, "pull"_a, "mean"_a, "noise"_a, "low"_a, "high"_a,
        "step"_a, "user_bias"_a, "item_bias"_a, "user_factors"_a, "item_factors"_a, "item"_a.noconvert(), "value"_a.noconvert(),
        "threads"_a);
}

}  // namespace matinee::bind
