// Implicit factors: what a row is expected to be from which columns it has entries in.
#include "arrays.hpp"

#include <memory>

namespace matinee::bind {
namespace {

using Offsets = Vector<const std::int64_t>;
using Indices = Vector<const std::int32_t>;
using Floats = Vector<const float>;

void improve(ImplicitRegression f, const Floats& scale, const Floats& curvature, const Matrix<const float>& known,
             const Matrix<float>& factors, const Matrix<float>& expected, int steps, int threads) {
    const std::size_t rows = static_cast<std::size_t>(f.rows.rows), columns = static_cast<std::size_t>(f.columns.rows);
    const std::size_t stride = factors.shape(1);
    f.stride = stride_of(factors);
    require(known.shape(1) == stride && expected.shape(1) == stride, "factors, known and expected must be equally wide");
    same_length("one scale, and one row of known and of expected, for each row", rows, scale, known, expected);
    same_length("one curvature, and one row of factors, for each column", columns, curvature, factors);
    require(steps >= 1, "steps must be 1 or more");
    f.rows.columns = f.columns.rows;
    f.columns.columns = f.rows.rows;
    f.scale = scale.data();
    f.curvature = curvature.data();
    f.known = known.data();
    f.factors = factors.data();
    f.expected = expected.data();
    const nb::gil_scoped_release release;
    const auto panels = std::make_unique_for_overwrite<float[]>(implicit_floats(f.rows.rows, f.columns.rows, f.stride));
    const auto sums = std::make_unique_for_overwrite<double[]>(implicit_doubles(f.rows.rows, f.columns.rows, f.stride));
    f.panels = panels.get();
    f.sums = sums.get();
    kernels().improve_implicit(f, steps, threads);
}

}  // namespace

void implicit(nb::module_& m) {
    m.def(
        "improve_implicit",
        [](Offsets row_offsets, Indices row_indices, Offsets column_offsets, Indices column_indices, Floats ones, Floats scale,
           Floats curvature, Matrix<const float> known, Matrix<float> factors, Matrix<float> expected, int steps, int threads) {
            ImplicitRegression f{};
            f.rows = compressed(row_offsets, row_indices, ones);
            f.columns = compressed(column_offsets, column_indices, ones);
            improve(f, scale, curvature, known, factors, expected, steps, threads);
        },
        "row_offsets"_a, "row_indices"_a, "column_offsets"_a, "column_indices"_a, "ones"_a, "scale"_a, "curvature"_a, "known"_a,
        "factors"_a.noconvert(), "expected"_a.noconvert(), "steps"_a, "threads"_a);
}

}  // namespace matinee::bind
