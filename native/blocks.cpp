#include "blocks.hpp"

#include "streams.hpp"
#include "threads.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace matinee {
namespace {

// Where an item went: its group, and its place there in the lower 16 bits.
std::vector<std::uint32_t> places(const Groups& items, std::int64_t groups, std::int64_t count) {
    std::vector<std::uint32_t> place(static_cast<std::size_t>(count), 0);
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t row = items.starts[g]; row < items.starts[g + 1]; ++row)
            place[static_cast<std::size_t>(items.order[row])] = static_cast<std::uint32_t>(g << 16 | (row - items.starts[g]));
    return place;
}

// One group of users: counts its entries in each block, then writes them, a turn of users at a time.
class Cutter {
public:
    Cutter(const Compressed& by_user, std::int64_t groups, const Groups& users, const std::uint32_t* place, double shift,
           double scale)
        : by_user_(by_user),
          groups_(groups),
          users_(users),
          place_(place),
          shift_(shift),
          scale_(scale),
          heads_(static_cast<std::size_t>(groups * users_in_turn + 1)) {}

    void count(std::int64_t group, std::int64_t* counts) const {
        std::fill(counts, counts + groups_, std::int64_t{0});
        for (std::int64_t row = users_.starts[group]; row < users_.starts[group + 1]; ++row)
            for_entries(row, [&](std::int64_t e) { ++counts[place_[by_user_.indices[e]] >> 16]; });
    }

    void write(std::int64_t group, const std::int64_t* offsets, std::uint64_t* entries) {
        std::vector<std::int64_t> ends(offsets, offsets + groups_);
        const std::int64_t first = users_.starts[group], last = users_.starts[group + 1];
        for (std::int64_t row = first; row < last; row += users_in_turn) {
            sort_turn(row, std::min(row + users_in_turn, last), first);
            for (std::int64_t block = 0; block < groups_; ++block) deal(block, entries, ends[static_cast<std::size_t>(block)]);
        }
    }

private:
    template <class Visit>
    void for_entries(std::int64_t row, Visit visit) const {
        const std::int32_t user = users_.order[row];
        for (std::int64_t e = by_user_.offsets[user]; e < by_user_.offsets[user + 1]; ++e) visit(e);
    }

    std::int64_t& head(std::int64_t block, std::int64_t turn) {
        return heads_[static_cast<std::size_t>(block * users_in_turn + turn)];
    }

    // The entries of the turn's users by block, then user; heads_ has where each run starts.
    void sort_turn(std::int64_t begin, std::int64_t end, std::int64_t first) {
        std::fill(heads_.begin(), heads_.end(), 0);
        for (std::int64_t row = begin; row < end; ++row)
            for_entries(row, [&](std::int64_t e) { ++head(place_[by_user_.indices[e]] >> 16, row - begin); });
        std::int64_t total = 0;
        for (std::int64_t& h : heads_) total += std::exchange(h, total);
        sorted_.resize(static_cast<std::size_t>(total));
        next_.assign(heads_.begin(), heads_.end());
        for (std::int64_t row = begin; row < end; ++row)
            for_entries(row, [&](std::int64_t e) {
                const std::uint32_t place = place_[by_user_.indices[e]];
                std::int64_t& at = next_[static_cast<std::size_t>((place >> 16) * users_in_turn + (row - begin))];
                sorted_[static_cast<std::size_t>(at++)] = packed(row - first, place & 0xFFFFu, by_user_.values[e]);
            });
    }

    std::uint64_t packed(std::int64_t user, std::uint32_t item, float value) const {
        const float scaled = static_cast<float>((static_cast<double>(value) - shift_) * scale_);
        return static_cast<std::uint64_t>(user) | std::uint64_t{item} << 16 |
               std::uint64_t{std::bit_cast<std::uint32_t>(scaled)} << 32;
    }

    // One entry of each user with any left in the block, again and again.
    void deal(std::int64_t block, std::uint64_t* entries, std::int64_t& end) {
        std::int64_t run[users_in_turn], stop[users_in_turn], left = 0;
        for (std::int64_t turn = 0; turn < users_in_turn; ++turn) {
            run[left] = head(block, turn);
            stop[left] = heads_[static_cast<std::size_t>(block * users_in_turn + turn + 1)];
            if (run[left] < stop[left]) ++left;
        }
        while (left) {
            std::int64_t kept = 0;
            for (std::int64_t i = 0; i < left; ++i) {
                entries[end++] = sorted_[static_cast<std::size_t>(run[i])];
                run[kept] = run[i] + 1;
                stop[kept] = stop[i];
                if (run[kept] < stop[kept]) ++kept;
            }
            left = kept;
        }
    }

    const Compressed& by_user_;
    std::int64_t groups_;
    const Groups& users_;
    const std::uint32_t* place_;
    double shift_, scale_;
    std::vector<std::int64_t> heads_, next_;
    std::vector<std::uint64_t> sorted_;
};

// Blocks done of each group.
class Progress {
public:
    explicit Progress(std::int64_t groups) : done_(static_cast<std::size_t>(groups)) {}

    void wait(std::int64_t group, std::int64_t blocks) const {
        for (int look = 0; at(group).load(std::memory_order_acquire) < blocks; ++look)
            if (look >= 200) std::this_thread::yield();
    }
    void advance(std::int64_t group) { done_[static_cast<std::size_t>(group)].fetch_add(1, std::memory_order_release); }

private:
    const std::atomic<std::int64_t>& at(std::int64_t group) const { return done_[static_cast<std::size_t>(group)]; }

    std::vector<std::atomic<std::int64_t>> done_;
};

// A group's turn at a block: waited for, and given on however it ends, lest others wait for a block that failed.
class Turn {
public:
    Turn(Progress& progress, std::int64_t group, std::int64_t diagonal) : progress_(progress), group_(group) {
        progress_.wait(group, diagonal);
    }
    ~Turn() { progress_.advance(group_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Progress& progress_;
    std::int64_t group_;
};

}  // namespace

void cut_blocks(const Compressed& by_user, std::int64_t groups, const Groups& users, const Groups& items, double shift,
                double scale, std::int64_t* offsets, std::uint64_t* entries, int threads) {
    const std::vector<std::uint32_t> place = places(items, groups, by_user.columns);
    const auto each_group = [&](auto work) {
        parallel_for(groups, 1, threads, [&](std::int64_t begin, std::int64_t) {
            Cutter cutter(by_user, groups, users, place.data(), shift, scale);
            work(cutter, begin);
        });
    };
    each_group([&](Cutter& cutter, std::int64_t group) { cutter.count(group, offsets + group * groups); });
    std::int64_t total = 0;
    for (std::int64_t block = 0; block <= groups * groups; ++block)
        total += block < groups * groups ? std::exchange(offsets[block], total) : 0;
    offsets[groups * groups] = total;
    if (total != by_user.offsets[by_user.rows]) throw std::invalid_argument("the order of users must name each once");
    each_group([&](Cutter& cutter, std::int64_t group) { cutter.write(group, offsets + group * groups, entries); });
}

void along_diagonals(std::int64_t groups, int threads, const std::function<void(std::int64_t, std::int64_t, bool)>& work) {
    Progress of_users(groups), of_items(groups);
    // Blocks are taken in this order, so the first that is not done never waits, and no thread waits for ever.
    parallel_for(groups * groups, 1, threads, [&](std::int64_t block, std::int64_t) {
        const std::int64_t diagonal = block / groups, users = block % groups, items = (users + diagonal) % groups;
        const Turn user_turn(of_users, users, diagonal), item_turn(of_items, items, diagonal);
        work(users, items, diagonal == groups - 1);
    });
}

void scatter_rows(std::uint64_t key, const std::int32_t* order, const std::int64_t* counts, std::int64_t rows, std::int64_t rank,
                  std::int64_t stride, float limit, float* out, int threads) {
    parallel_for(rows, 256, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            float* to = out + row * stride;
            const std::uint64_t first = static_cast<std::uint64_t>(order[row]) * static_cast<std::uint64_t>(rank);
            for (std::int64_t k = 0; k < rank; ++k) {
                const double even = 2.0 * random_uniform(random_word(key, first + static_cast<std::uint64_t>(k))) - 1.0;
                to[k] = counts[row] ? limit * static_cast<float>(even) : 0.0f;
            }
        }
    });
}

}  // namespace matinee
