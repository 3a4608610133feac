// Posterior draws of every row, and of the drift of ratings within a session.
#include "../session_drift.hpp"
#include "arrays.hpp"

namespace matinee::bind {
namespace {

std::int64_t sample_rows(Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
                         Matrix<const float> other, Vector<const float> offset, Vector<const float> scale, float shift,
                         std::int64_t rank, Vector<const float> row_precision, Vector<const float> precision,
                         Matrix<const float> mean, Vector<const float> bias_mean, float bias_precision, std::uint64_t key,
                         bool mean_alone, Vector<const std::int32_t> order, Matrix<float> factors, Vector<float> bias,
                         int threads) {
    RowDraws d{};
    RowRegressions& r = d.regressions;
    r.rows = compressed(offsets, indices, values);
    r.stride = stride_of(other);
    const std::size_t rows = offsets.shape(0) - 1, stride = other.shape(1);
    rank_fits(rank, r.stride);
    require(factors.shape(1) == stride && mean.shape(1) == stride, "factors, mean and other must be equally wide");
    in_range("each index must be a row of other", indices, other.shape(0));
    same_length("one offset and scale for each row of other", other.shape(0), offset, scale);
    same_length("as many precisions as a row of factors is wide", stride, precision);
    same_length("each row needs factors, a bias, their means, a precision and a place in the order", rows, factors, bias, mean,
                bias_mean, row_precision, order);
    in_range("the order must name rows", order, rows);
    r.other = other.data();
    r.offset = offset.data();
    r.scale = scale.data();
    r.shift = shift;
    r.rank = rank;
    r.order = order.data();
    r.factors = factors.data();
    r.bias = bias.data();
    d.row_precision = row_precision.data();
    d.precision = precision.data();
    d.mean = mean.data();
    d.bias_mean = bias_mean.data();
    d.bias_precision = bias_precision;
    d.key = key;
    d.mean_alone = mean_alone;
    const nb::gil_scoped_release release;
    return kernels().sample_rows(d, threads);
}

void session_drift(Vector<const std::int64_t> offsets, Vector<const std::int64_t> time, Vector<const float> residual,
                   Vector<const float> precision, double scale, double variance, std::uint64_t key, Vector<float> level,
                   Vector<double> squares, Vector<std::int64_t> steps, int threads) {
    const auto rows = static_cast<std::size_t>(runs(offsets));
    same_length("each entry needs a time, a residual, a precision and a level", static_cast<std::size_t>(offsets(rows)), time,
                residual, precision, level);
    same_length("squares and steps must have one number for each row", rows, squares, steps);
    const SessionDrift m{.rows = static_cast<std::int64_t>(rows),
                         .offsets = offsets.data(),
                         .time = time.data(),
                         .residual = residual.data(),
                         .precision = precision.data(),
                         .scale = scale,
                         .variance = variance,
                         .key = key,
                         .level = level.data(),
                         .squares = squares.data(),
                         .steps = steps.data()};
    const nb::gil_scoped_release release;
    draw_session_drift(m, threads);
}

}  // namespace

void draws(nb::module_& m) {
    m.def("sample_rows", &sample_rows, "offsets"_a, "indices"_a, "values"_a, "other"_a, "offset"_a, "scale"_a, "shift"_a, "rank"_a,
          "row_precision"_a, "precision"_a, "mean"_a, "bias_mean"_a, "bias_precision"_a, "key"_a, "mean_alone"_a, "order"_a,
          "factors"_a.noconvert(), "bias"_a.noconvert(), "threads"_a);
    m.def("draw_session_drift", &session_drift, "offsets"_a, "time"_a, "residual"_a, "precision"_a, "scale"_a, "variance"_a,
          "key"_a, "level"_a.noconvert(), "squares"_a.noconvert(), "steps"_a.noconvert(), "threads"_a);
}

}  // namespace matinee::bind
