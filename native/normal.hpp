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

// A row's system: a x + b s = v, s·x + b n = sum, on the upper triangle of a.
struct Normal {
    float *a, *v, *s;  // (stride × stride), (stride), (stride)
    double sum, squares;  // Σ t, Σ t²
};

class NormalEquations {
public:
    static std::int64_t floats(const RowRegressions& r) {
        const std::int64_t piece = piece_length(r.stride);
        return piece * (2 * r.stride + 3) + 2 * r.stride * r.stride + 2 * r.stride;
    }

    NormalEquations(const RowRegressions& regressions, float* memory) : r_(regressions), piece_(piece_length(regressions.stride)) {
        const auto take = [&memory](std::int64_t count) { float* start = memory; memory += count; return start; };
        panel_ = take(piece_ * r_.stride);
        weighted_ = take(piece_ * r_.stride);
        normal.a = take(r_.stride * r_.stride);
        group_ = take(r_.stride * r_.stride);
        normal.v = take(r_.stride);
        normal.s = take(r_.stride);
        target_ = take(piece_);
        ahead_ = reinterpret_cast<const float**>(take(2 * piece_));
    }

    // Fills `normal` from row `row`; `next` (or -1) is the row that will be asked for next.
    void build(std::int64_t row, std::int64_t next) {
        const std::int64_t begin = r_.rows.offsets[row], count = r_.rows.offsets[row + 1] - begin;
        const std::int64_t pieces = (count + piece_ - 1) / piece_;
        for (std::int64_t k = 0; k < r_.stride; ++k) normal.v[k] = r_.prior ? r_.prior[row * r_.stride + k] : 0.0f;
        for (std::int64_t k = 0; k < r_.stride; ++k) normal.s[k] = 0.0f;
        normal.sum = normal.squares = 0.0;
        if (!pieces) copy_base();
        for (std::int64_t i = 0; i < pieces; ++i) {
            const std::int64_t from = begin + count * i / pieces, to = begin + count * (i + 1) / pieces;
            const Ahead ahead = i + 1 < pieces ? look_ahead(to, begin + count * (i + 2) / pieces, to - from) : look_at(next, to - from);
            gather(from, to);
            const float* start = i == 0 ? r_.base : i % pieces_in_a_group == 0 ? nullptr : normal.a;
            if (i && i % pieces_in_a_group == 0) put_aside(i == pieces_in_a_group);
            update_upper<false>(r_.weights ? weighted_ : panel_, panel_, r_.stride, to - from, 0, r_.stride, start, normal.a, r_.stride, ahead);
        }
        if (pieces > pieces_in_a_group) take_back();
    }

    Normal normal;

private:
    void copy_base() {
        for (std::int64_t k = 0; k < r_.stride * r_.stride; ++k) normal.a[k] = r_.base ? r_.base[k] : 0.0f;
    }

    void put_aside(bool first) {
        for (std::int64_t k = 0; k < r_.stride * r_.stride; ++k) group_[k] = first ? normal.a[k] : group_[k] + normal.a[k];
    }

    void take_back() {
        for (std::int64_t k = 0; k < r_.stride * r_.stride; ++k) normal.a[k] += group_[k];
    }

    // The factors of entries from … to - 1 as rows to fetch during an update of `terms` terms.
    Ahead look_ahead(std::int64_t from, std::int64_t to, std::int64_t terms) {
        for (std::int64_t t = 0; t < terms; ++t)
            ahead_[t] = r_.other + static_cast<std::int64_t>(r_.rows.indices[std::min(from + t, to - 1)]) * r_.stride;
        return {ahead_, 0, r_.stride / 16};
    }

    Ahead look_at(std::int64_t row, std::int64_t terms) {
        const std::int64_t begin = row < 0 ? 0 : r_.rows.offsets[row], end = row < 0 ? 0 : r_.rows.offsets[row + 1];
        if (begin == end) return {};
        return look_ahead(begin, begin + std::min(piece_, end - begin), terms);
    }

    void gather(std::int64_t from, std::int64_t to) {
        typename Lane::Register sum = {}, squares = {};
        for (std::int64_t e = from, t = 0; e < to; ++e, ++t) {
            const std::int64_t column = r_.rows.indices[e];
            const float* q = r_.other + column * r_.stride;
            target_[t] = r_.weights ? r_.rows.values[e] : r_.rows.values[e] - r_.shift - (r_.offset ? r_.offset[column] : 0.0f);
            for (std::int64_t k = 0; k < r_.stride; k += Lane::width) Lane::store(panel_ + t * r_.stride + k, Lane::load(q + k));
            if (r_.weights) {
                const typename Lane::Register weight = Lane::all(r_.weights[e]);
                for (std::int64_t k = 0; k < r_.stride; k += Lane::width) Lane::store(weighted_ + t * r_.stride + k, weight * Lane::load(q + k));
            }
        }
        const std::int64_t count = to - from;
        std::int64_t t = 0;
        for (; t + Lane::width <= count; t += Lane::width) {
            const typename Lane::Register target = Lane::load(target_ + t);
            sum += target;
            squares += target * target;
        }
        for (; t < count; ++t) {
            normal.sum += target_[t];
            normal.squares += static_cast<double>(target_[t]) * target_[t];
        }
        normal.sum += sum_of(sum);
        normal.squares += sum_of(squares);
        std::int64_t k = 0;
        for (; k + 4 * Lane::width <= r_.stride; k += 4 * Lane::width) right_side<4>(k, count);
        for (; k < r_.stride; k += Lane::width) right_side<1>(k, count);
    }

    template <int registers>
    void right_side(std::int64_t k, std::int64_t count) {
        typename Lane::Register v[registers], s[registers] = {};
        for (int c = 0; c < registers; ++c) v[c] = Lane::load(normal.v + k + c * Lane::width);
        const float* q = panel_ + k;
        for (std::int64_t t = 0; t < count; ++t, q += r_.stride) {
            const typename Lane::Register target = Lane::all(target_[t]);
            for (int c = 0; c < registers; ++c) {
                const typename Lane::Register column = Lane::load(q + c * Lane::width);
                v[c] += target * column;
                s[c] += column;
            }
        }
        for (int c = 0; c < registers; ++c) {
            Lane::store(normal.v + k + c * Lane::width, v[c]);
            Lane::store(normal.s + k + c * Lane::width, Lane::load(normal.s + k + c * Lane::width) + s[c]);
        }
    }

    const RowRegressions& r_;
    std::int64_t piece_;
    float *panel_, *weighted_, *group_, *target_;
    const float** ahead_;
};

}  // namespace matinee::MATINEE_ISA
