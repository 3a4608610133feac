// One entry, row or column changed in a matrix whose full singular value decomposition is known: read an entry back from
// the new best rank-k approximation without decomposing again.
//
// In the old left singular basis the new A' A'ᵗ is M = diag(s) + W K Wᵗ, s = σ² descending, W of two columns. With
// S(z) = Wᵗ (diag(s) - z)⁻¹ W and F(z) = K⁻¹ + S(z):
//  - M has #{s > z} + neg F(z) - neg K⁻¹ eigenvalues over a real z (Haynsworth's inertia formula), which finds a γ
//    between eigenvalues k and k + 1 by bisection;
//  - the projector on the top k is (I + sign(M - γ)) / 2, and Zolotarev's rational function turns the sign into a few
//    resolvents, Re leftᵗ (M - γ - i t)⁻¹ right, each O(m) by Woodbury's formula. No eigenvector is ever formed.
#include "kernels.hpp"
#include "simd.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

namespace matinee::MATINEE_ISA {

bool one_hidden(const double*, std::int64_t, std::int64_t, const SignTable&, const Change&, double*, double*);

namespace {

using V = Simd<double>;
using Register = V::Register;
using Complex = std::complex<double>;

constexpr int negative_in_inverse_k = 1;  // K⁻¹ = [[0, 1], [1, -q]] has determinant -1
constexpr double edge_precision = 0.25;   // how closely, relative to their distance, the eigenvalues beside γ are found

enum Product { w00, w01, w11, left_w0, left_w1, w0_right, w1_right, left_right, products };

class ChangedMatrix {
public:
    ChangedMatrix(const double* squares, std::int64_t m, const Change& change, double* scratch)
        : squares_(squares), m_(m), padded_((m + V::width - 1) / V::width * V::width), q_(change.q), shifted_(scratch) {
        for (int p = 0; p < products; ++p) product_[p] = shifted_ + (p + 1) * padded_;
        for (std::int64_t i = 0; i < padded_; ++i) {
            const bool inside = i < m;
            const double a = inside ? change.w0[i] : 0, b = inside ? change.w1[i] : 0;
            const double l = inside ? change.left[i] : 0, r = inside ? change.right[i] : 0;
            shifted_[i] = inside ? squares[i] : -1;
            const double value[products] = {a * a, a * b, b * b, l * a, l * b, a * r, b * r, l * r};
            for (int p = 0; p < products; ++p) product_[p][i] = value[p];
        }
        norm0_ = total(w00);
        norm1_ = total(w11);
    }

    std::int64_t eigenvalues_over(double z) const {
        const std::int64_t squares_over =
            std::lower_bound(squares_, squares_ + m_, z, [](double s, double at) { return s > at; }) - squares_;
        Register a{}, b{}, d{};
        const Register at = V::all(z), one = V::all(1.0);
        for (std::int64_t i = 0; i < padded_; i += V::width) {
            const Register weight = one / (V::load(shifted_ + i) - at);
            a += weight * V::load(product_[w00] + i);
            b += weight * V::load(product_[w01] + i);
            d += weight * V::load(product_[w11] + i);
        }
        return squares_over + negative(V::sum(a), 1 + V::sum(b), V::sum(d) - q_) - negative_in_inverse_k;
    }

    // Re leftᵗ (M - gamma - i t)⁻¹ right.
    double resolvent(double gamma, double t) const {
        Register re[products] = {}, im[products] = {};
        const Register at = V::all(gamma), height = V::all(t), one = V::all(1.0);
        for (std::int64_t i = 0; i < padded_; i += V::width) {
            const Register x = V::load(shifted_ + i) - at;
            const Register inverse = one / (x * x + height * height);
            const Register weight_re = x * inverse, weight_im = height * inverse;
            for (int p = 0; p < products; ++p) {
                const Register value = V::load(product_[p] + i);
                re[p] += weight_re * value;
                im[p] += weight_im * value;
            }
        }
        Complex sum[products];
        for (int p = 0; p < products; ++p) sum[p] = {V::sum(re[p]), V::sum(im[p])};
        return woodbury(sum).real();
    }

    // An upper bound of |λ - gamma| over the eigenvalues, all of which are ≥ 0.
    double reach(double gamma) const {
        const double top = squares_[0] + std::abs(q_) * norm0_ + 2 * std::sqrt(norm0_ * norm1_);
        return std::max(top - gamma, gamma);
    }

    double square(std::int64_t index) const { return index < 0 ? reach(0) : index < m_ ? squares_[index] : 0; }
    double largest() const { return reach(0); }
    std::int64_t size() const { return m_; }
    double total(Product p) const {
        double sum = 0;
        for (std::int64_t i = 0; i < m_; ++i) sum += product_[p][i];
        return sum;
    }

private:
    static int negative(double a, double b, double d) {
        if (a * d - b * b < 0) return 1;
        return a + d < 0 ? 2 : 0;
    }

    Complex woodbury(const Complex* sum) const {
        const Complex a = sum[w00], b = 1.0 + sum[w01], d = sum[w11] - q_;
        const Complex u0 = sum[left_w0], u1 = sum[left_w1], v0 = sum[w0_right], v1 = sum[w1_right];
        return sum[left_right] - (u0 * (d * v0 - b * v1) + u1 * (a * v1 - b * v0)) / (a * d - b * b);
    }

    const double* squares_;
    std::int64_t m_, padded_;
    double q_, norm0_ = 0, norm1_ = 0;
    double* shifted_;
    double* product_[products];
};

struct Gap {
    double below, above;
};  // no eigenvalue lies strictly between; `rank` of them lie over

// Moves `far` (which has the wrong count) towards `near` until its distance to the true edge is small beside the gap.
double edge(const ChangedMatrix& matrix, std::int64_t rank, double near, double far, double width) {
    while (std::abs(far - near) > edge_precision * std::max(width, std::abs(near - far) * 1e-3)) {
        const double middle = near + (far - near) / 2;
        if (middle == near || middle == far) break;
        const bool inside = matrix.eigenvalues_over(middle) == rank;
        (inside ? near : far) = middle;
        if (inside) width = std::max(width, std::abs(near - far));
        if (std::abs(far - near) <= edge_precision * width) break;
    }
    return near;
}

// The gap between eigenvalues `rank` and `rank + 1`, by bisection between the poles that interlacing allows.
bool find_gap(const ChangedMatrix& matrix, std::int64_t rank, Gap& gap) {
    double low = matrix.square(rank + 2), high = matrix.square(rank - 3);
    if (low > 0) low = std::nextafter(low, 0.0);
    high = std::nextafter(high, std::numeric_limits<double>::infinity());
    for (int step = 0; step < 200; ++step) {
        const double middle = low + (high - low) / 2;
        if (!(middle > low && middle < high)) return false;
        const std::int64_t over = matrix.eigenvalues_over(middle);
        if (over == rank) {
            const double narrow = std::numeric_limits<double>::epsilon() * matrix.largest();
            gap.above = edge(matrix, rank, middle, high, narrow);
            gap.below = edge(matrix, rank, middle, low, gap.above - middle + narrow);
            return gap.above - gap.below > 16 * narrow;
        }
        (over > rank ? low : high) = middle;
    }
    return false;
}

}  // namespace

bool one_hidden(const double* squares, std::int64_t m, std::int64_t rank, const SignTable& signs, const Change& change,
                double* scratch, double* out) {
    const ChangedMatrix matrix(squares, m, change, scratch);
    Gap gap{};
    if (!find_gap(matrix, rank, gap)) return false;
    const double gamma = gap.below + (gap.above - gap.below) / 2;
    const double reach = matrix.reach(gamma);
    const double smallest = (gap.above - gap.below) / 2 / reach;
    std::int64_t row = 0;
    while (row + 1 < signs.count && signs.smallest[row] > smallest) ++row;
    if (signs.smallest[row] > smallest) return false;
    double sign = 0;
    for (std::int64_t j = signs.starts[row]; j < signs.starts[row + 1]; ++j)
        sign += signs.weights[j] * reach * matrix.resolvent(gamma, reach * signs.nodes[j]);
    *out = (matrix.total(left_right) + sign) / 2;
    return true;
}

}  // namespace matinee::MATINEE_ISA
