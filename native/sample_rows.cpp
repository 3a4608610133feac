// Posterior draws of all rows: normal equations, Cholesky A = Uᵗ U, and x = U⁻¹ (U⁻ᵗ v + z) with z standard normal.
#include "row_solver.hpp"
#include "streams.hpp"

namespace matinee::MATINEE_ISA {
namespace {

class DrawnRows {
public:
    static std::int64_t floats(const RowDraws& d) {
        return inverse_floats(d.regressions.stride) + NormalEquations::floats(d.regressions) + d.regressions.stride + 16;
    }

    DrawnRows(const RowDraws& d, float* memory)
        : d_(d),
          r_(d.regressions),
          inverses_(memory),
          noise_(memory + inverse_floats(r_.stride)),
          equations_(r_, noise_ + r_.stride + 16) {}

    bool operator()(std::int64_t row, std::int64_t next) {
        equations_.build(row, next);
        Normal& n = equations_.normal;
        weigh(n, row);
        if (!factor(n.a, r_.stride, inverses_)) return false;
        solve_forward(n.a, r_.stride, inverses_, n.v);
        solve_forward(n.a, r_.stride, inverses_, n.s);
        draw_noise(row);
        const double weight = d_.row_precision[row], diagonal = weight * n.entries + d_.bias_precision;
        const double pivot = diagonal - dot(n.s, n.s, r_.stride);
        if (!(pivot > smallest_pivot * diagonal)) return false;
        const double sum = weight * n.sum + static_cast<double>(d_.bias_precision) * d_.bias_mean[row];
        const double bias = (sum - dot(n.s, n.v, r_.stride)) / pivot + noise_[r_.rank] / std::sqrt(pivot);
        r_.bias[row] = static_cast<float>(bias);
        for (std::int64_t k = 0; k < r_.stride; ++k) n.v[k] += (k < r_.rank ? noise_[k] : 0.0f) - r_.bias[row] * n.s[k];
        solve_backward(n.a, r_.stride, inverses_, n.v);
        for (std::int64_t k = 0; k < r_.stride; ++k) r_.factors[row * r_.stride + k] = k < r_.rank ? n.v[k] : 0.0f;
        return r_.bias[row] - r_.bias[row] == 0;
    }

    void announce(std::int64_t row) const { equations_.announce(row); }

private:
    // The system times the row's precision, and the prior added.
    void weigh(Normal& n, std::int64_t row) const {
        const float weight = d_.row_precision[row];
        const auto times = Lane::all(weight);
        for (std::int64_t i = 0; i < r_.stride; ++i) {
            float* a = n.a + i * r_.stride;
            for (std::int64_t k = i / Lane::width * Lane::width; k < r_.stride; k += Lane::width)
                Lane::store(a + k, times * Lane::load(a + k));
            a[i] += i < r_.rank ? d_.precision[i] : 1.0f;
        }
        for (std::int64_t k = 0; k < r_.stride; ++k) {
            n.v[k] = k < r_.rank ? weight * n.v[k] + d_.precision[k] * d_.mean[row * r_.stride + k] : 0.0f;
            n.s[k] *= weight;
        }
    }

    void draw_noise(std::int64_t row) {
        if (d_.mean_alone) {
            for (std::int64_t k = 0; k <= r_.rank; ++k) noise_[k] = 0.0f;
            return;
        }
        kernels().standard_normals(random_word(d_.key, static_cast<std::uint64_t>(row)), r_.rank + 1, noise_);
    }

    const RowDraws& d_;
    const RowRegressions& r_;
    float *inverses_, *noise_;
    NormalEquations equations_;
};

}  // namespace

std::int64_t sample_rows(const RowDraws& d, int threads) {
    return for_each_row(d.regressions, threads, [&d] { return DrawnRows(d, scratch(DrawnRows::floats(d))); }, false);
}

}  // namespace matinee::MATINEE_ISA
