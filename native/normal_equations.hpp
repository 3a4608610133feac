// The normal equations of one row: its entries' factors are gathered into a small panel, piece by piece, and the panel
// updates the matrix while the next piece is on its way from memory.
#pragma once
#include "kernels.hpp"
#include "scratch.hpp"
#include "tiles.hpp"

#include <algorithm>

namespace matinee::MATINEE_ISA {

// Pieces of this many floats stay in the first-level cache beside the matrix they update.
inline constexpr std::int64_t panel_floats = 6144;

// After so many pieces the sum is put aside, which keeps the rounding of long rows small.
inline constexpr std::int64_t pieces_in_a_group = 32;

inline std::int64_t piece_length(std::int64_t stride) { return std::clamp<std::int64_t>(panel_floats / stride, 32, 256); }

// A row's system: a x + b s = v, s·x + b entries = sum, on the upper triangle of a.
struct Normal {
    float *a, *v, *s;     // (stride × stride), (stride), (stride)
    double sum, squares;  // Σ t, Σ t², or with scales Σ scale² t, Σ scale² t²
    double entries;       // their number, or Σ scale²
};

class NormalEquations {
public:
    static std::int64_t floats(const RowRegressions& r) {
        const std::int64_t piece = piece_length(r.stride);
        return piece * (2 * r.stride + 4) + 2 * r.stride * r.stride + (2 + 2 * most_strips) * r.stride;
    }

    NormalEquations(const RowRegressions& regressions, float* memory) : r_(regressions), piece_(piece_length(regressions.stride)) {
        const std::int64_t over = r_.rank % 16;
        tail_ = over <= most_strips && r_.rank > 16 ? over : 0;
        body_ = tail_ ? r_.rank - tail_ : r_.stride;
        const auto take = [&memory](std::int64_t count) {
            float* start = memory;
            memory += count;
            return start;
        };
        panel_ = take(piece_ * r_.stride);
        weighted_ = take(piece_ * r_.stride);
        normal.a = take(r_.stride * r_.stride);
        group_ = take(r_.stride * r_.stride);
        normal.v = take(r_.stride);
        normal.s = take(r_.stride);
        strips_ = take(most_strips * r_.stride);
        strips_group_ = take(most_strips * r_.stride);
        target_ = take(piece_);
        scale_ = take(piece_);
        ahead_ = reinterpret_cast<const float**>(take(2 * piece_));
    }

    // Touches the indices and values of a row that comes after the next: then its factors can be fetched in time.
    void announce(std::int64_t row) const {
        const std::int64_t begin = r_.rows.offsets[row], end = std::min(r_.rows.offsets[row + 1], begin + piece_);
        for (std::int64_t e = begin; e < end + 15; e += 16) {
            __builtin_prefetch(r_.rows.indices + e);
            __builtin_prefetch(r_.rows.values + e);
        }
    }

    // Fills `normal` from row `row`; `next` (or -1) is the row that will be asked for next.
    void build(std::int64_t row, std::int64_t next) {
        const std::int64_t begin = r_.rows.offsets[row], count = r_.rows.offsets[row + 1] - begin;
        const std::int64_t pieces = (count + piece_ - 1) / piece_;
        for (std::int64_t k = 0; k < r_.stride; ++k) normal.v[k] = r_.prior ? r_.prior[row * r_.stride + k] : 0.0f;
        for (std::int64_t k = 0; k < r_.stride; ++k) normal.s[k] = 0.0f;
        normal.sum = normal.squares = 0.0;
        normal.entries = r_.scale ? 0.0 : static_cast<double>(count);
        for (std::int64_t k = 0; k < tail_ * r_.stride; ++k) strips_[k] = 0.0f;
        if (!pieces) copy_base();
        for (std::int64_t i = 0; i < pieces; ++i) {
            const std::int64_t from = begin + count * i / pieces, to = begin + count * (i + 1) / pieces;
            const Ahead ahead =
                i + 1 < pieces ? look_ahead(to, begin + count * (i + 2) / pieces, to - from) : look_at(next, to - from);
            gather(from, to);
            const float* start = i == 0 ? r_.base : i % pieces_in_a_group == 0 ? nullptr : normal.a;
            if (i && i % pieces_in_a_group == 0) put_aside(i == pieces_in_a_group);
            const float* left = r_.weights ? weighted_ : panel_;
            update_upper<false>(left, panel_, r_.stride, to - from, 0, body_, start, normal.a, r_.stride, ahead);
            update_strips(tail_, left + body_, panel_, r_.stride, to - from, strips_);
        }
        if (pieces > pieces_in_a_group) take_back();
        if (pieces && tail_) place_strips();
    }

    Normal normal;

private:
    void copy_base() {
        for (std::int64_t k = 0; k < r_.stride * r_.stride; ++k) normal.a[k] = r_.base ? r_.base[k] : 0.0f;
    }

    // The factors past the last whole block of 16 are few: as rows they take fewer registers than as columns. Here they become
    // columns of the upper triangle, with what the base has there.
    void place_strips() {
        const std::int64_t stride = r_.stride;
        for (std::int64_t row = 0; row < stride; ++row)
            for (std::int64_t column = body_; column < stride; ++column) {
                const float base = r_.base ? r_.base[row * stride + column] : 0.0f;
                normal.a[row * stride + column] = base + (column < r_.rank ? strips_[(column - body_) * stride + row] : 0.0f);
            }
    }

    void put_aside(bool first) {
        for (std::int64_t k = 0; k < tail_ * r_.stride; ++k) {
            strips_group_[k] = first ? strips_[k] : strips_group_[k] + strips_[k];
            strips_[k] = 0.0f;
        }
        for (std::int64_t k = 0; k < r_.stride * r_.stride; ++k) group_[k] = first ? normal.a[k] : group_[k] + normal.a[k];
    }

    void take_back() {
        for (std::int64_t k = 0; k < tail_ * r_.stride; ++k) strips_[k] += strips_group_[k];
        for (std::int64_t k = 0; k < r_.stride * r_.stride; ++k) normal.a[k] += group_[k];
    }

    // The factors of entries from … to - 1 as rows to fetch during an update of `terms` terms.
    Ahead look_ahead(std::int64_t from, std::int64_t to, std::int64_t terms) {
        const std::int32_t* __restrict index = r_.rows.indices;
        const float** __restrict ahead = ahead_;
        const float* other = r_.other;
        const std::int64_t stride = r_.stride, there = std::min(to - from, terms);
        for (std::int64_t t = 0; t < there; ++t) ahead[t] = other + static_cast<std::int64_t>(index[from + t]) * stride;
        for (std::int64_t t = there; t < terms; ++t) ahead[t] = other;
        return {ahead_, 0, stride / 16};
    }

    Ahead look_at(std::int64_t row, std::int64_t terms) {
        const std::int64_t begin = row < 0 ? 0 : r_.rows.offsets[row], end = row < 0 ? 0 : r_.rows.offsets[row + 1];
        if (begin == end) return {};
        return look_ahead(begin, begin + std::min(piece_, end - begin), terms);
    }

    void gather(std::int64_t from, std::int64_t to) {
        if (r_.weights)
            copy<true>(from, to - from);
        else
            copy<false>(from, to - from);
        if (r_.scale) {
            rescale(from, to - from);
            right_sides<true>(to - from);
        } else {
            right_sides<false>(to - from);
        }
    }

    template <bool scaled>
    void right_sides(std::int64_t count) {
        add_targets<scaled>(count);
        std::int64_t k = 0;
        for (; k + 4 * Lane::width <= r_.stride; k += 4 * Lane::width) right_side<4, 1, scaled>(k, count);
        for (; k < r_.stride; k += Lane::width) right_side<1, 4, scaled>(k, count);
    }

    // Targets times their scales. What the bias is multiplied by is then the scale itself.
    void rescale(std::int64_t from, std::int64_t count) {
        for (std::int64_t t = 0; t < count; ++t) {
            scale_[t] = r_.scale[r_.rows.indices[from + t]];
            target_[t] *= scale_[t];
            normal.entries += static_cast<double>(scale_[t]) * scale_[t];
        }
    }

    // The entries' factors into the panel, side by side. Locals, since a store might otherwise change any member.
    template <bool weighted>
    void copy(std::int64_t from, std::int64_t count) {
        const std::int32_t* __restrict index = r_.rows.indices + from;
        const float* __restrict value = r_.rows.values + from;
        const float* __restrict other = r_.other;
        const float* __restrict offset = r_.offset;
        float* __restrict panel = panel_;
        float* __restrict target = target_;
        const std::int64_t stride = r_.stride;
        const float shift = r_.shift;
        for (std::int64_t t = 0; t < count; ++t) {
            const std::int64_t column = index[t];
            const float* q = other + column * stride;
            for (std::int64_t k = 0; k < stride; k += Lane::width) Lane::store(panel + t * stride + k, Lane::load(q + k));
            target[t] = weighted ? value[t] : value[t] - shift - (offset ? offset[column] : 0.0f);
        }
        if constexpr (weighted)
            for (std::int64_t t = 0; t < count; ++t) {
                const typename Lane::Register weight = Lane::all(r_.weights[from + t]);
                for (std::int64_t k = 0; k < stride; k += Lane::width)
                    Lane::store(weighted_ + t * stride + k, weight * Lane::load(panel + t * stride + k));
            }
    }

    template <bool scaled>
    void add_targets(std::int64_t count) {
        typename Lane::Register sum = {}, squares = {};
        std::int64_t t = 0;
        for (; t + Lane::width <= count; t += Lane::width) {
            const typename Lane::Register target = Lane::load(target_ + t);
            sum += scaled ? Lane::load(scale_ + t) * target : target;
            squares += target * target;
        }
        for (; t < count; ++t) {
            normal.sum += scaled ? scale_[t] * target_[t] : target_[t];
            normal.squares += static_cast<double>(target_[t]) * target_[t];
        }
        normal.sum += sum_of(sum);
        normal.squares += sum_of(squares);
    }

    // v += Σ t q and s += Σ q in some columns; `chains` sums apart keep one from waiting for the next.
    template <int registers, int chains, bool scaled>
    void right_side(std::int64_t k, std::int64_t count) {
        typename Lane::Register v[chains][registers] = {}, s[chains][registers] = {};
        const std::int64_t stride = r_.stride;
        const float* q = panel_ + k;
        const auto add = [&](std::int64_t t, int chain) {
            const typename Lane::Register target = Lane::all(target_[t]);
            for (int c = 0; c < registers; ++c) {
                const typename Lane::Register column = Lane::load(q + t * stride + c * Lane::width);
                v[chain][c] += target * column;
                s[chain][c] += scaled ? Lane::all(scale_[t]) * column : column;
            }
        };
        std::int64_t t = 0;
        for (; t + chains <= count; t += chains)
            for (int chain = 0; chain < chains; ++chain) add(t + chain, chain);
        for (; t < count; ++t) add(t, 0);
        for (int c = 0; c < registers; ++c) {
            for (int chain = 1; chain < chains; ++chain) {
                v[0][c] += v[chain][c];
                s[0][c] += s[chain][c];
            }
            Lane::store(normal.v + k + c * Lane::width, Lane::load(normal.v + k + c * Lane::width) + v[0][c]);
            Lane::store(normal.s + k + c * Lane::width, Lane::load(normal.s + k + c * Lane::width) + s[0][c]);
        }
    }

    const RowRegressions& r_;
    std::int64_t piece_;
    std::int64_t tail_, body_;  // factors past the last whole block of 16 where they are few, and all before them
    float *panel_, *weighted_, *group_, *target_, *scale_, *strips_, *strips_group_;
    const float** ahead_;
};

}  // namespace matinee::MATINEE_ISA
