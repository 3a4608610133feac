// Stochastic gradient descent on blocks of ratings: the blocks of a diagonal share no row, so they go side by side, and the
// order of the steps is the same for any number of threads.
#include "blocks.hpp"
#include "kernels.hpp"
#include "tiles.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace matinee::MATINEE_ISA {
namespace {

using Register = Lane::Register;

// A row of factors is so many pieces of 16 numbers, a piece so many registers.
constexpr int piece = 16;
constexpr int lanes = piece / Lane::width;

// Rows of up to so many pieces stay in registers, both of them, from the product to the step.
constexpr int most_kept = register_bytes == 64 ? 8 : register_bytes == 32 ? 3 : 1;

// Entries between asking for a row and using it.
constexpr std::int64_t ahead = 16;

struct Side {
    float bias, step;
};

struct Block {
    const std::uint64_t* entries;
    std::int64_t count, pieces;
    float *users, *items;
    Side *user_sides, *item_sides;
    std::uint32_t user_rows, item_rows;
};

struct Entry {
    std::uint32_t user, item;
    float value;
};

Entry unpacked(std::uint64_t e) {
    return {static_cast<std::uint32_t>(e & 0xFFFFu), static_cast<std::uint32_t>(e >> 16 & 0xFFFFu),
            std::bit_cast<float>(static_cast<std::uint32_t>(e >> 32))};
}

// p becomes keep · p + move · q, for each of the two rows.
struct Step {
    float keep, move;
};

// Both rows in registers.
template <int pieces>
struct Kept {
    static constexpr int count = pieces * lanes;
    Register p[count], q[count];

    static constexpr std::int64_t count_of(std::int64_t) { return pieces; }
    Kept(const float* user, const float* item, std::int64_t) {
        for (int r = 0; r < count; ++r) p[r] = Lane::load(user + r * Lane::width);
        for (int r = 0; r < count; ++r) q[r] = Lane::load(item + r * Lane::width);
    }
    float product() const {
        Register sum = p[0] * q[0];
        for (int r = 1; r < count; ++r) sum += p[r] * q[r];
        return sum_of(sum);
    }
    void step(float* user, float* item, Step of_user, Step of_item) const {
        const Register keep_user = Lane::all(of_user.keep), move_user = Lane::all(of_user.move);
        const Register keep_item = Lane::all(of_item.keep), move_item = Lane::all(of_item.move);
        for (int r = 0; r < count; ++r) {
            Lane::store(user + r * Lane::width, keep_user * p[r] + move_user * q[r]);
            Lane::store(item + r * Lane::width, keep_item * q[r] + move_item * p[r]);
        }
    }
};

// Rows of any length, read twice.
struct Long {
    const float *user, *item;
    std::int64_t pieces;

    static constexpr std::int64_t count_of(std::int64_t pieces) { return pieces; }
    Long(const float* user_row, const float* item_row, std::int64_t count) : user(user_row), item(item_row), pieces(count) {}
    float product() const {
        Kept<1> first(user, item, 1);
        Register sum[lanes];
        for (int r = 0; r < lanes; ++r) sum[r] = first.p[r] * first.q[r];
        for (std::int64_t i = 1; i < pieces; ++i) {
            const Kept<1> part(user + i * piece, item + i * piece, 1);
            for (int r = 0; r < lanes; ++r) sum[r] += part.p[r] * part.q[r];
        }
        for (int r = 1; r < lanes; ++r) sum[0] += sum[r];
        return sum_of(sum[0]);
    }
    void step(float* user_row, float* item_row, Step of_user, Step of_item) const {
        for (std::int64_t i = 0; i < pieces; ++i)
            Kept<1>(user + i * piece, item + i * piece, 1).step(user_row + i * piece, item_row + i * piece, of_user, of_item);
    }
};

// Inlined by force: a function that does nothing but fetch counts as doing nothing, and GCC leaves it out.
template <class Rows>
[[gnu::always_inline]] inline void fetch(const float* row, std::int64_t pieces) {
    for (std::int64_t i = 0; i < Rows::count_of(pieces); ++i) __builtin_prefetch(row + i * piece, 1);
}

// Goes through one block; Σ error², each before its step.
template <class Rows>
double descend(const Block& b, const Descent& d) {
    double loss = 0;
    const std::int64_t pieces = Rows::count_of(b.pieces), stride = pieces * piece, last = b.count - 1;
    const Block in = b;  // a copy, which no step can be thought to change
    const float rate = d.rate, bias_rate = d.bias_rate, ridge = d.ridge, bias_ridge = d.bias_ridge;
    for (std::int64_t x = 0; x <= last; ++x) {
        const Entry next = unpacked(in.entries[std::min(x + ahead, last)]);
        fetch<Rows>(in.users + next.user * stride, pieces);
        fetch<Rows>(in.items + next.item * stride, pieces);
        const Entry e = unpacked(in.entries[x]);
        if (e.user >= in.user_rows || e.item >= in.item_rows) throw std::invalid_argument("each entry must lie in its block");
        float *p = in.users + e.user * stride, *q = in.items + e.item * stride;
        Side &of_user = in.user_sides[e.user], &of_item = in.item_sides[e.item];
        const Side user = of_user, item = of_item;
        const Rows rows(p, q, pieces);
        const float error = e.value - user.bias - item.bias - rows.product();
        loss += static_cast<double>(error) * static_cast<double>(error);
        const float user_rate = rate * user.step, item_rate = rate * item.step;
        rows.step(p, q, {1 - user_rate * ridge, user_rate * error}, {1 - item_rate * ridge, item_rate * error});
        of_user.bias = user.bias + bias_rate * user_rate * (error - bias_ridge * user.bias);
        of_item.bias = item.bias + bias_rate * item_rate * (error - bias_ridge * item.bias);
    }
    return loss;
}

template <int pieces = 1>
auto descend_for(std::int64_t count) -> double (*)(const Block&, const Descent&) {
    if constexpr (pieces > most_kept)
        return descend<Long>;
    else
        return count == pieces ? descend<Kept<pieces>> : descend_for<pieces + 1>(count);
}

// Σ n (ridge |x|² + bias ridge b²) over the rows from `begin` to `end`, n being the ratings of each.
double penalty(const float* factors, const Side* sides, const std::int64_t* counts, std::int64_t begin, std::int64_t end,
               const Descent& d) {
    double total = 0;
    for (std::int64_t row = begin; row < end; ++row) {
        Register sum[lanes] = {};
        for (const float* x = factors + row * d.stride; x < factors + (row + 1) * d.stride; x += piece)
            for (int r = 0; r < lanes; ++r) {
                const Register part = Lane::load(x + r * Lane::width);
                sum[r] += part * part;
            }
        for (int r = 1; r < lanes; ++r) sum[0] += sum[r];
        const double squares = static_cast<double>(sum_of(sum[0])), bias = static_cast<double>(sides[row].bias);
        total += static_cast<double>(counts[row]) *
                 (static_cast<double>(d.ridge) * squares + static_cast<double>(d.bias_ridge) * bias * bias);
    }
    return total;
}

}  // namespace

double sgd_epoch(const Blocks& blocks, const Descent& d, double* parts, int threads) {
    const std::int64_t groups = blocks.groups, pieces = d.stride / piece;
    Side *user_sides = reinterpret_cast<Side*>(d.user_sides), *item_sides = reinterpret_cast<Side*>(d.item_sides);
    double* penalties = parts + groups * groups;
    const auto work = descend_for(pieces);
    along_diagonals(groups, threads, [&](std::int64_t users, std::int64_t items, bool last) {
        const std::int64_t at = users * groups + items, user = blocks.user_starts[users], item = blocks.item_starts[items];
        const std::int64_t user_end = blocks.user_starts[users + 1], item_end = blocks.item_starts[items + 1];
        const Block block{blocks.entries + blocks.offsets[at],
                          blocks.offsets[at + 1] - blocks.offsets[at],
                          pieces,
                          d.users + user * d.stride,
                          d.items + item * d.stride,
                          user_sides + user,
                          item_sides + item,
                          static_cast<std::uint32_t>(user_end - user),
                          static_cast<std::uint32_t>(item_end - item)};
        parts[at] = work(block, d);
        if (!last) return;
        penalties[users] = penalty(d.users, user_sides, d.user_counts, user, user_end, d);
        penalties[groups + items] = penalty(d.items, item_sides, d.item_counts, item, item_end, d);
    });
    double total = 0;
    for (std::int64_t i = 0; i < groups * (groups + 2); ++i) total += parts[i];
    return total;
}

}  // namespace matinee::MATINEE_ISA
