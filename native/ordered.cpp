// Latent numbers behind ordered levels: drawn, or their mean and variance; the likelihood of the edges; levels' probabilities.
#include "cuts.hpp"
#include "kernels.hpp"
#include "streams.hpp"
#include "threads.hpp"

namespace matinee::MATINEE_ISA {

namespace {

// Beyond so many standard deviations the approximate quantile is mended.
constexpr double far_out = 15.0;

struct Limits {
    double low[cut_block], high[cut_block];
};

int gather(const Ordered& o, std::int64_t begin, std::int64_t end, Limits& limits) {
    const int count = static_cast<int>(end - begin < cut_block ? end - begin : cut_block);
    for (int i = 0; i < count; ++i) {
        const double predicted = o.predicted[begin + i], steady = o.scale * o.steady[begin + i];
        const double* edge = o.edges + o.level[begin + i];
        limits.low[i] = (edge[0] - predicted) * steady;
        limits.high[i] = (edge[1] - predicted) * steady;
    }
    return count;
}

// Calls body(from, count, limits) for blocks of `count` entries from `from`, in pieces for the threads.
template <class Body>
void each_block(const Ordered& o, int threads, const Body& body) {
    parallel_for(ordered_pieces(o.entries), 1, threads, [&](std::int64_t begin, std::int64_t end) {
        Limits limits;
        const std::int64_t last = end * ordered_piece < o.entries ? end * ordered_piece : o.entries;
        for (std::int64_t from = begin * ordered_piece; from < last; from += cut_block)
            body(from, gather(o, from, last, limits), limits);
    });
}

double drawn_far(const Turned& t, double x, double u) {
    const double share = larger(t.from - u * (t.from - t.to), 1e-300);
    x = far_quantile(x, t.log_scale + log_of(share) - log_root_two_pi);
    return smaller(larger(x, t.a), t.b);
}

struct Slopes {
    double log_probability[cut_block], low[cut_block], high[cut_block];
};

void take_slopes(const Limits& limits, int count, Slopes& slopes) {
    for (int i = 0; i < count; ++i) {
        const Turned t = turned(limits.low[i], limits.high[i]);
        const double scale = 1.0 / t.mass, a = t.at_a * scale, b = t.at_b * scale;
        slopes.log_probability[i] = log_probability(t);
        const double side = 0.5 + 0.5 * side_of(limits.low[i], limits.high[i]);
        slopes.low[i] = side * a + (1.0 - side) * b;
        slopes.high[i] = side * b + (1.0 - side) * a;
    }
}

double times_limit(double slope, double limit) { return slope * within(limit, farthest); }

}  // namespace

void draw_ordered(const Ordered& o, std::uint64_t key, float* out, int threads) {
    each_block(o, threads, [&](std::int64_t from, int count, const Limits& limits) {
        double share[cut_block], x[cut_block], low[cut_block];
        for (int i = 0; i < count; ++i) share[i] = random_uniform(random_word(key, static_cast<std::uint64_t>(from + i)));
        for (int i = 0; i < count; ++i) {
            const Turned t = turned(limits.low[i], limits.high[i]);
            const double drawn = drawn_between(t, share[i]);
            x[i] = side_of(limits.low[i], limits.high[i]) * drawn;
            low[i] = t.a;
        }
        for (int i = 0; i < count; ++i)
            if (low[i] > far_out) {
                const Turned t = turned(limits.low[i], limits.high[i]);
                const double side = side_of(limits.low[i], limits.high[i]);
                x[i] = side * drawn_far(t, side * x[i], share[i]);
            }
        for (int i = 0; i < count; ++i)
            out[from + i] = static_cast<float>(o.predicted[from + i] + x[i] / (o.scale * o.steady[from + i]));
    });
}

void sum_ordered(const Ordered& o, double* parts, int threads) {
    each_block(o, threads, [&](std::int64_t from, int count, const Limits& limits) {
        Slopes slopes;
        take_slopes(limits, count, slopes);
        double* piece = parts + from / ordered_piece * o.levels * ordered_sums;
        for (int i = 0; i < count; ++i) {
            const double steady = o.scale * o.steady[from + i], a = slopes.low[i], b = slopes.high[i];
            const double low = within(limits.low[i], farthest), high = within(limits.high[i], farthest);
            const double at_low = a * a - low * a, at_high = b * b + high * b, both = -a * b;
            const double with_low = a + low * at_low + high * both, with_high = -b + high * at_high + low * both;
            double* sums = piece + o.level[from + i] * ordered_sums;
            sums[0] += slopes.log_probability[i];
            sums[1] -= steady * a;
            sums[2] += steady * b;
            sums[3] += high * b - low * a;
            sums[4] += steady * steady * at_low;
            sums[5] += steady * steady * at_high;
            sums[6] += steady * steady * both;
            sums[7] += low * with_low + high * with_high;
            sums[8] += steady * with_low;
            sums[9] += steady * with_high;
        }
    });
}

void expect_ordered(const Ordered& o, float* mean, float* variance, int threads) {
    each_block(o, threads, [&](std::int64_t from, int count, const Limits& limits) {
        Slopes slopes;
        take_slopes(limits, count, slopes);
        for (int i = 0; i < count; ++i) {
            const double steady = o.scale * o.steady[from + i], a = slopes.low[i], b = slopes.high[i], moved = a - b;
            const double kept = 1.0 + times_limit(a, limits.low[i]) - times_limit(b, limits.high[i]) - moved * moved;
            mean[from + i] = static_cast<float>(o.predicted[from + i] + moved / steady);
            variance[from + i] = static_cast<float>(smaller(larger(kept, 0.0), 1.0) / (steady * steady));
        }
    });
}

void level_shares(const Shares& s, int threads) {
    parallel_for(s.rows, cut_block, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t level = 0; level < s.levels; ++level)
            for (std::int64_t row = begin; row < end; ++row) {
                const double low = (s.edges[level] - s.latent[row]) / s.deviation[row];
                const double high = (s.edges[level + 1] - s.latent[row]) / s.deviation[row];
                const Turned t = turned(low, high);
                s.out[row * s.levels + level] = exp_of_negative(t.log_scale) * (t.mass / root_two_pi);
            }
    });
}

}  // namespace matinee::MATINEE_ISA
