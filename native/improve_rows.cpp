// Ridge regressions of all rows by a few steps of conjugate gradients from where they stand (Hestenes and Stiefel 1952), never
// forming a normal matrix. A row is gathered once, into the second-level cache; one that does not fit is solved exactly.
#include "row_solver.hpp"

namespace matinee::MATINEE_ISA {
namespace {

// Half a megabyte of gathered factors.
constexpr std::int64_t most_panel_floats = 1 << 17;

// Entries at a time in a pass over the panel.
constexpr int group = Lane::width;

class ConjugateRows {
public:
    static std::int64_t longest(const RowRegressions& r) { return std::max<std::int64_t>(group, most_panel_floats / r.stride); }

    static std::int64_t floats(const RowRegressions& r) {
        return longest(r) * (r.stride + 2) + 5 * (r.stride + Lane::width) + ExactRows::floats(r) + 2 * group + 16;
    }

    ConjugateRows(const RowRegressions& r, int steps, float* memory)
        : r_(r), steps_(steps), size_(r.stride + Lane::width), exact_(r, memory) {
        memory += (ExactRows::floats(r) + 15) / 16 * 16;
        const auto take = [&memory](std::int64_t count) { float* start = memory; memory += count; return start; };
        panel_ = take(longest(r) * r.stride);
        for (float** vector : {&x_, &right_, &residual_, &direction_, &image_}) *vector = take(size_);
        target_ = take(longest(r) + group);
        weight_ = take(longest(r) + group);
    }

    bool operator()(std::int64_t row, std::int64_t next) {
        count_ = r_.rows.offsets[row + 1] - r_.rows.offsets[row];
        if (count_ > longest(r_)) return exact_(row, next);
        const double squares = gather(row);
        start(row);
        for (std::int64_t k = 0; k < size_; ++k) residual_[k] = right_[k] - image_[k];
        for (std::int64_t k = 0; k < size_; ++k) direction_[k] = residual_[k];
        double size = dot(residual_, residual_, size_);
        for (int step = 0; step < steps_ && size > 0; ++step)
            if (!descend(size)) return false;
        const double loss = squares - dot(right_, x_, size_) - dot(residual_, x_, size_);
        for (std::int64_t k = 0; k < r_.stride; ++k) r_.factors[row * r_.stride + k] = k < r_.rank ? x_[k] : 0.0f;
        if (r_.bias) r_.bias[row] = x_[r_.stride];
        r_.loss[row] = loss;
        return loss - loss == 0;
    }

    void announce(std::int64_t row) const { exact_.announce(row); }

private:
    // The entries' factors and targets; Σ t², or 0 with weights.
    double gather(std::int64_t row) {
        const std::int64_t begin = r_.rows.offsets[row];
        double squares = 0;
        for (std::int64_t t = 0; t < count_; ++t) {
            const std::int64_t column = r_.rows.indices[begin + t];
            const float* q = r_.other + column * r_.stride;
            for (std::int64_t k = 0; k < r_.stride; k += Lane::width) Lane::store(panel_ + t * r_.stride + k, Lane::load(q + k));
            const float value = r_.rows.values[begin + t];
            target_[t] = r_.weights ? value : value - r_.shift - (r_.offset ? r_.offset[column] : 0.0f);
            weight_[t] = r_.weights ? r_.weights[begin + t] : 1.0f;
            if (!r_.weights) squares += static_cast<double>(target_[t]) * target_[t];
        }
        return squares;
    }

    // x from where the row stands, the right-hand side, and the image of x.
    void start(std::int64_t row) {
        for (std::int64_t k = 0; k < size_; ++k) x_[k] = right_[k] = 0.0f;
        for (std::int64_t k = 0; k < r_.rank; ++k) x_[k] = r_.factors[row * r_.stride + k];
        if (r_.bias) x_[r_.stride] = r_.bias[row];
        add_terms(target_, right_);
        if (r_.prior)
            for (std::int64_t k = 0; k < r_.rank; ++k) right_[k] += r_.prior[row * r_.stride + k];
        times(x_, image_);
    }

    // One step along the direction; false where the curvature there is not positive.
    bool descend(double& size) {
        times(direction_, image_);
        const double curvature = dot(direction_, image_, size_);
        if (!(curvature > 0)) return false;
        const float along = static_cast<float>(size / curvature);
        add(x_, along, direction_);
        add(residual_, -along, image_);
        const double before = size;
        size = dot(residual_, residual_, size_);
        const auto turn = Lane::all(static_cast<float>(size / before));
        for (std::int64_t k = 0; k < size_; k += Lane::width)
            Lane::store(direction_ + k, Lane::load(residual_ + k) + turn * Lane::load(direction_ + k));
        return true;
    }

    void add(float* to, float times_what, const float* what) const {
        for (std::int64_t k = 0; k < size_; k += Lane::width)
            Lane::store(to + k, Lane::load(to + k) + Lane::all(times_what) * Lane::load(what + k));
    }

    // out ← the normal matrix times x, the last unknown being the bias.
    void times(const float* x, float* out) {
        const float entries = static_cast<float>(count_);
        const auto ridge = Lane::all(r_.ridge + r_.ridge_each * entries);
        for (std::int64_t k = 0; k < r_.stride; k += Lane::width) Lane::store(out + k, ridge * Lane::load(x + k));
        for (std::int64_t k = r_.stride; k < size_; ++k) out[k] = 0.0f;
        if (r_.bias) out[r_.stride] = (r_.bias_ridge + r_.bias_ridge_each * entries) * x[r_.stride];
        if (r_.base) add_base(x, out);
        for (std::int64_t t = 0; t < count_; t += group) {
            const int here = static_cast<int>(std::min<std::int64_t>(group, count_ - t));
            const auto products = (dots(t, here, x) + Lane::all(x[r_.stride])) * Lane::load(weight_ + t);
            float numbers[group];
            Lane::store(numbers, products);
            add_group(t, here, numbers, out);
        }
    }

    // x·q of entries t and on, one a lane; what lies past the last entry means nothing.
    typename Lane::Register dots(std::int64_t t, int here, const float* x) const {
        typename Lane::Register sum[group] = {};
        for (std::int64_t k = 0; k < r_.stride; k += Lane::width) {
            const auto own = Lane::load(x + k);
            const float* q = panel_ + t * r_.stride + k;
            if (here == group) {
                for (int g = 0; g < group; ++g) sum[g] += own * Lane::load(q + g * r_.stride);
            } else {
                for (int g = 0; g < here; ++g) sum[g] += own * Lane::load(q + g * r_.stride);
            }
        }
        return sums_of(sum);
    }

    void add_base(const float* x, float* out) const {
        for (std::int64_t row = 0; row < r_.rank; ++row) {
            const auto own = Lane::all(x[row]);
            for (std::int64_t k = 0; k < r_.stride; k += Lane::width)
                Lane::store(out + k, Lane::load(out + k) + own * Lane::load(r_.base + row * r_.stride + k));
        }
    }

    void add_terms(const float* numbers, float* out) const {
        for (std::int64_t t = 0; t < count_; t += group)
            add_group(t, static_cast<int>(std::min<std::int64_t>(group, count_ - t)), numbers + t, out);
    }

    // out += Σ number q, over entries t and on.
    void add_group(std::int64_t t, int here, const float* numbers, float* out) const {
        for (std::int64_t k = 0; k < r_.stride; k += Lane::width) {
            const float* q = panel_ + t * r_.stride + k;
            typename Lane::Register sum = Lane::load(out + k);
            if (here == group) {
                for (int g = 0; g < group; ++g) sum += Lane::all(numbers[g]) * Lane::load(q + g * r_.stride);
            } else {
                for (int g = 0; g < here; ++g) sum += Lane::all(numbers[g]) * Lane::load(q + g * r_.stride);
            }
            Lane::store(out + k, sum);
        }
        if (r_.bias)
            for (int g = 0; g < here; ++g) out[r_.stride] += numbers[g];
    }

    const RowRegressions& r_;
    int steps_;
    std::int64_t size_, count_ = 0;
    ExactRows exact_;
    float *panel_, *x_, *right_, *residual_, *direction_, *image_, *target_, *weight_;
};

}  // namespace

std::int64_t improve_rows(const RowRegressions& r, int steps, int threads) {
    return for_each_row(r, threads, [&r, steps] { return ConjugateRows(r, steps, scratch(ConjugateRows::floats(r))); });
}

}  // namespace matinee::MATINEE_ISA
