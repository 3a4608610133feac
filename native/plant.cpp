#include "plant.hpp"

#include "streams.hpp"
#include "threads.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace matinee {
namespace {

constexpr std::int64_t users_per_block = 64;

// The standard deviation of a sum of four 16-bit numbers, and their mean: near enough to normal, and exact everywhere.
constexpr double lanes_mean = 4 * 65535 / 2.0;
const double lanes_deviation = std::sqrt(4 * (65536.0 * 65536.0 - 1) / 12);

double near_normal(std::uint64_t word) {
    std::int64_t sum = 0;
    for (int lane = 0; lane < 4; ++lane) sum += static_cast<std::int64_t>((word >> (16 * lane)) & 0xFFFF);
    return (static_cast<double>(sum) - lanes_mean) / lanes_deviation;
}

struct Key {
    double time;
    std::int32_t item;
    bool operator<(const Key& b) const { return time < b.time || (time == b.time && item < b.item); }
};

// One user at a time, with room for what choosing needs.
class Planter {
public:
    explicit Planter(const Planting& p) : p_(p), chosen_(static_cast<std::size_t>((p.items + 63) / 64)) {}

    void plant(std::int64_t user, std::int32_t* item, float* value) {
        const std::int64_t count = p_.offsets[user + 1] - p_.offsets[user];
        if (count > p_.limit)
            choose_by_keys(user, count);
        else
            choose_by_alias(user, count);
        gather(item);
        for (std::int64_t i = 0; i < count; ++i) value[i] = rate(user, item[i]);
    }

private:
    std::uint64_t key(Stream stream, std::int64_t user) const {
        return random_word(random_word(p_.seed, stream), static_cast<std::uint64_t>(user));
    }

    bool mark(std::int32_t item) {
        std::uint64_t& word = chosen_[static_cast<std::size_t>(item) / 64];
        const std::uint64_t bit = std::uint64_t{1} << (item % 64);
        const bool is_new = !(word & bit);
        word |= bit;
        return is_new;
    }

    void choose_by_alias(std::int64_t user, std::int64_t count) {
        const std::uint64_t draws = key(plant_item, user);
        for (std::uint64_t draw = 0; count > 0; ++draw) {
            const std::uint64_t word = random_word(draws, draw);
            const std::uint64_t column = ((word >> 32) * static_cast<std::uint64_t>(p_.items)) >> 32;
            const bool stays = (word & 0xFFFFFFFF) <= p_.threshold[column];
            count -= mark(stays ? static_cast<std::int32_t>(column) : p_.other[column]);
        }
    }

    // Drawing without replacement is taking the smallest of independent exponential times (Efraimidis and Spirakis 2006).
    void choose_by_keys(std::int64_t user, std::int64_t count) {
        const std::uint64_t waits = key(plant_item_order, user);
        keys_.resize(static_cast<std::size_t>(p_.items));
        for (std::int64_t i = 0; i < p_.items; ++i) {
            const double weight = p_.pull == 0 ? p_.weights[i] : p_.weights[i] * std::exp(p_.pull * taste(0.0, user, i));
            const double wait = -std::log(random_uniform(random_word(waits, static_cast<std::uint64_t>(i))));
            keys_[static_cast<std::size_t>(i)] = {wait / weight, static_cast<std::int32_t>(i)};
        }
        if (count < p_.items) std::nth_element(keys_.begin(), keys_.begin() + count, keys_.end());
        for (std::int64_t i = 0; i < count; ++i) mark(keys_[static_cast<std::size_t>(i)].item);
    }

    void gather(std::int32_t* item) {
        for (std::size_t word = 0; word < chosen_.size(); ++word) {
            for (; chosen_[word]; chosen_[word] &= chosen_[word] - 1)
                *item++ = static_cast<std::int32_t>(word * 64) + std::countr_zero(chosen_[word]);
        }
    }

    // Products of two floats are exact in double and the order is fixed: the same on every machine.
    double taste(double sum, std::int64_t user, std::int64_t item) const {
        const float* a = p_.user_factors + user * p_.rank;
        const float* b = p_.item_factors + item * p_.rank;
        for (std::int64_t f = 0; f < p_.rank; ++f) sum += static_cast<double>(a[f]) * static_cast<double>(b[f]);
        return sum;
    }

    float rate(std::int64_t user, std::int32_t item) const {
        const double start = p_.mean + static_cast<double>(p_.user_bias[user]) + static_cast<double>(p_.item_bias[item]);
        const double disturbance = near_normal(random_word(key(plant_noise, user), static_cast<std::uint64_t>(item)));
        const double stars = taste(start, user, item) + p_.noise * disturbance;
        const double step = p_.step[user];
        const double steps =
            std::clamp(std::floor(stars / step + 0.5), std::ceil(p_.low / step - 1e-9), std::floor(p_.high / step + 1e-9));
        return static_cast<float>(steps * step);
    }

    const Planting& p_;
    std::vector<std::uint64_t> chosen_;  // one bit an item; all zero between two users
    std::vector<Key> keys_;
};

}  // namespace

void plant(const Planting& p, std::int32_t* item, float* value, int threads) {
    parallel_for(p.users, users_per_block, threads, [&](std::int64_t begin, std::int64_t end) {
        Planter planter(p);
        for (std::int64_t user = begin; user < end; ++user) planter.plant(user, item + p.offsets[user], value + p.offsets[user]);
    });
}

}  // namespace matinee
