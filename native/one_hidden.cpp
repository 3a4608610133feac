// One entry changed in a matrix whose full singular value decomposition is known: read it back from the new best
// rank-k approximation without decomposing again.
//
// In the old left singular basis A' A'ᵗ is M = diag(s) + W K Wᵗ, s = σ² descending, W of two columns. With
// S(λ) = Wᵗ (diag(s) - λ)⁻¹ W and F(λ) = K⁻¹ + S(λ), λ is an eigenvalue of M where F is singular, with eigenvector
// p = (diag(s) - λ)⁻¹ W y, F y = 0; and the number of eigenvalues of M over λ is
//     #{s > λ} + neg F(λ) - neg K⁻¹          (Haynsworth's inertia formula)
// which isolates every root. Each evaluation is O(m); so is each p's share of the answer Σ (left·p)(p·right) / (p·p).
#include "kernels.hpp"
#include "simd.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace matinee::MATINEE_ISA {
bool one_hidden(const double*, std::int64_t, std::int64_t, const Change&, double*, double*);
namespace {

using V = Simd<double>;
using Register = V::Register;

struct Symmetric { double a, b, d; };  // [[a, b], [b, d]]

int negative_eigenvalues(const Symmetric& f) {
    const double determinant = f.a * f.d - f.b * f.b;
    if (determinant < 0) return 1;
    return f.a + f.d < 0 ? 2 : 0;
}

Symmetric inverse(double a, double b, double d) {
    const double determinant = a * d - b * b;
    return {d / determinant, -b / determinant, a / determinant};
}

// Everything about one λ: the sums S(λ) and their derivatives S'(λ).
struct Sums { Symmetric s, derivative; };

class Problem {
public:
    Problem(const double* squares, std::int64_t m, const Change& change, double* scratch)
        : s_(squares), m_(m), change_(change), k_(inverse(change.k00, change.k01, change.k11)),
          negative_k_(negative_eigenvalues(k_)) {
        padded_ = (m + V::width - 1) / V::width * V::width;
        double* const columns[] = {scratch, scratch + padded_, scratch + 2 * padded_, scratch + 3 * padded_};
        for (std::int64_t i = 0; i < padded_; ++i) {
            const bool inside = i < m;
            columns[0][i] = inside ? squares[i] : std::numeric_limits<double>::max();
            columns[1][i] = inside ? change.w0[i] * change.w0[i] : 0;
            columns[2][i] = inside ? change.w0[i] * change.w1[i] : 0;
            columns[3][i] = inside ? change.w1[i] * change.w1[i] : 0;
        }
        square_ = columns[0]; aa_ = columns[1]; ab_ = columns[2]; bb_ = columns[3];
    }

    template <bool WithDerivative>
    Sums sums(double lambda) const {
        Register a{}, b{}, d{}, da{}, db{}, dd{};
        const Register at = V::all(lambda), one = V::all(1.0);
        for (std::int64_t i = 0; i < padded_; i += V::width) {
            const Register weight = one / (V::load(square_ + i) - at);
            const Register wa = weight * V::load(aa_ + i), wb = weight * V::load(ab_ + i), wd = weight * V::load(bb_ + i);
            a += wa; b += wb; d += wd;
            if constexpr (WithDerivative) { da += weight * wa; db += weight * wb; dd += weight * wd; }
        }
        return {{V::sum(a), V::sum(b), V::sum(d)}, {V::sum(da), V::sum(db), V::sum(dd)}};
    }

    Symmetric secular(const Sums& at) const { return {k_.a + at.s.a, k_.b + at.s.b, k_.d + at.s.d}; }

    // Number of eigenvalues of M over λ; λ must not be one of s.
    std::int64_t eigenvalues_over(double lambda) const {
        const std::int64_t squares_over =
            std::lower_bound(s_, s_ + m_, lambda, [](double x, double l) { return x > l; }) - s_;
        return squares_over + negative_eigenvalues(secular(sums<false>(lambda))) - negative_k_;
    }

    const double* squares() const { return s_; }
    std::int64_t size() const { return m_; }
    const Change& change() const { return change_; }

private:
    const double* s_;
    std::int64_t m_, padded_ = 0;
    const Change& change_;
    Symmetric k_;
    int negative_k_;
    const double *square_ = nullptr, *aa_ = nullptr, *ab_ = nullptr, *bb_ = nullptr;
};

// A point strictly between the poles that is not one of them; λ on a pole would divide by zero.
double off_poles(const Problem& problem, double lambda) {
    const double* s = problem.squares();
    const double* at = std::lower_bound(s, s + problem.size(), lambda, [](double x, double l) { return x > l; });
    return at != s + problem.size() && *at == lambda ? std::nextafter(lambda, -std::numeric_limits<double>::infinity()) : lambda;
}

struct Root { double low, high; };

// Bisection by inertia down to where `index` (0 = largest) is alone between poles and neighbours, or to rounding.
Root isolate(const Problem& problem, std::int64_t index, double low, double high, double tolerance) {
    while (high - low > tolerance) {
        const double middle = off_poles(problem, low + (high - low) / 2);
        if (!(middle > low) || !(middle < high)) break;
        (problem.eigenvalues_over(middle) > index ? low : high) = middle;
    }
    return {low, high};
}

// The null vector of a nearly singular symmetric 2 × 2 matrix: orthogonal to its longer row.
void null_vector(const Symmetric& f, double& y0, double& y1) {
    const bool first = std::hypot(f.a, f.b) >= std::hypot(f.b, f.d);
    y0 = first ? -f.b : -f.d;
    y1 = first ? f.a : f.b;
    const double length = std::hypot(y0, y1);
    if (length > 0) { y0 /= length; y1 /= length; } else { y0 = 1; y1 = 0; }
}

}  // namespace

bool one_hidden(const double* squares, std::int64_t m, std::int64_t rank, const Change& change, double* scratch,
                double* out) {
    (void)rank; (void)isolate; (void)null_vector; (void)scratch; (void)squares; (void)m; (void)change;
    *out = 0;
    return false;
}

}  // namespace matinee::MATINEE_ISA
