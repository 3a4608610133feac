// Ridge regressions of every row: half-sweeps of alternating least squares, and folding in.
#include "arrays.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <vector>

namespace matinee::bind {
namespace {

template <class Array>
auto* data_or_null(const std::optional<Array>& array) {
    return array ? array->data() : nullptr;
}

template <class Array>
void same_length_if_there(const char* what, std::size_t length, const std::optional<Array>& array) {
    require(!array || array->shape(0) == length, what);
}

// Calls `kernel` with the regressions once every array has the size that they need.
template <class Kernel>
std::int64_t regress(const Vector<const std::int64_t>& offsets, const Vector<const std::int32_t>& indices,
                     const Vector<const float>& values, const std::optional<Vector<const float>>& weights,
                     const Matrix<const float>& other, const std::optional<Vector<const float>>& offset, float shift,
                     std::int64_t rank, const std::optional<Matrix<const float>>& base,
                     const std::optional<Matrix<const float>>& prior, const std::vector<float>& ridges,
                     const Vector<const std::int32_t>& order, const Matrix<float>& factors,
                     const std::optional<Vector<float>>& bias, const Vector<double>& loss, Kernel kernel) {
    RowRegressions r;
    r.rows = compressed(offsets, indices, values);
    r.stride = stride_of(other);
    const std::size_t rows = offsets.shape(0) - 1, stride = other.shape(1);
    require(factors.shape(1) == stride, "factors must be rows of 16, 32, 48, … numbers");
    rank_fits(rank, r.stride);
    same_length_if_there("one weight for each entry", indices.shape(0), weights);
    same_length_if_there("one offset for each row of other", other.shape(0), offset);
    require(!base || (base->shape(0) == stride && base->shape(1) == stride), "base must be square, as wide as a row of factors");
    require(!prior || (prior->shape(0) == rows && prior->shape(1) == stride), "prior must have the shape of factors");
    require(!(weights && bias), "a weighted regression has no bias");
    require(ridges.size() == 4, "four ridges");
    same_length("one row of factors, place in the order, and loss for each row", rows, factors, order, loss);
    same_length_if_there("one bias for each row", rows, bias);
    in_range("the order must name rows", order, rows);
    r.rows.columns = length(other);
    r.weights = data_or_null(weights);
    r.other = other.data();
    r.offset = data_or_null(offset);
    r.shift = shift;
    r.rank = rank;
    r.base = data_or_null(base);
    r.prior = data_or_null(prior);
    r.ridge = ridges[0];
    r.ridge_each = ridges[1];
    r.bias_ridge = ridges[2];
    r.bias_ridge_each = ridges[3];
    r.order = order.data();
    r.factors = factors.data();
    r.bias = data_or_null(bias);
    r.loss = loss.data();
    const nb::gil_scoped_release release;
    return kernel(r);
}

}  // namespace

void rows(nb::module_& m) {
    m.def(
        "solve_rows",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
           std::optional<Vector<const float>> weights, Matrix<const float> other, std::optional<Vector<const float>> offset,
           float shift, std::int64_t rank, std::optional<Matrix<const float>> base, std::optional<Matrix<const float>> prior,
           std::vector<float> ridges, Vector<const std::int32_t> order, Matrix<float> factors, std::optional<Vector<float>> bias,
           std::optional<Matrix<float>> diagonal, Vector<double> loss, int steps, int threads) {
            require(steps >= 0, "steps must be 0 (exact) or more");
            return regress(offsets, indices, values, weights, other, offset, shift, rank, base, prior, ridges, order, factors, bias,
                           loss, [&](RowRegressions& r) {
                               require(
                                   !diagonal || (diagonal->shape(0) == factors.shape(0) && diagonal->shape(1) == factors.shape(1)),
                                   "diagonal must have the shape of factors");
                               require(!(diagonal && steps), "a diagonal goes with exact solutions");
                               r.diagonal = data_or_null(diagonal);
                               return steps ? kernels().improve_rows(r, steps, threads) : kernels().solve_rows(r, threads);
                           });
        },
        "offsets"_a, "indices"_a, "values"_a, "weights"_a.none(), "other"_a, "offset"_a.none(), "shift"_a, "rank"_a,
        "base"_a.none(), "prior"_a.none(), "ridges"_a, "order"_a, "factors"_a.noconvert(), "bias"_a.noconvert().none(),
        "diagonal"_a.noconvert().none(), "loss"_a.noconvert(), "steps"_a, "threads"_a);
    m.def(
        "nonnegative_rows",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
           Matrix<const float> other, std::optional<Vector<const float>> offset, float shift, std::int64_t rank,
           std::optional<Matrix<const float>> base, std::optional<Matrix<const float>> prior, std::vector<float> ridges,
           Vector<const std::int32_t> order, Matrix<float> factors, std::optional<Vector<float>> bias, Vector<double> loss,
           int passes, int threads) {
            require(passes >= 0, "passes must be 0 or more");
            return regress(offsets, indices, values, {}, other, offset, shift, rank, base, prior, ridges, order, factors, bias,
                           loss, [&](const RowRegressions& r) { return kernels().nonnegative_rows(r, passes, threads); });
        },
        "offsets"_a, "indices"_a, "values"_a, "other"_a, "offset"_a.none(), "shift"_a, "rank"_a, "base"_a.none(), "prior"_a.none(),
        "ridges"_a, "order"_a, "factors"_a.noconvert(), "bias"_a.noconvert().none(), "loss"_a.noconvert(), "passes"_a, "threads"_a);
}

}  // namespace matinee::bind
