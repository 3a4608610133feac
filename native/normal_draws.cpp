#include "normal_draws.hpp"

#include "streams.hpp"

#include <cmath>
#include <numbers>

namespace matinee {

void standard_normals(std::uint64_t key, std::int64_t count, float* out) {
    const std::int64_t half = (count + 1) / 2;
    for (std::int64_t k = 0; k < half; ++k) {
        const double radius = std::sqrt(-2.0 * std::log(random_uniform(random_word(key, static_cast<std::uint64_t>(k)))));
        const double angle = 2.0 * std::numbers::pi * random_uniform(random_word(key, static_cast<std::uint64_t>(half + k)));
        out[k] = static_cast<float>(radius * std::cos(angle));
        if (half + k < count) out[half + k] = static_cast<float>(radius * std::sin(angle));
    }
}

}  // namespace matinee
