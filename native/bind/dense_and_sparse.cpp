// Sparse times dense, whole or at given entries, dense times dense at known cells, sparse times sparse, and the
// orthogonalisation of panels.
#include "../gram.hpp"
#include "../row_products.hpp"
#include "../spmm_at.hpp"
#include "arrays.hpp"

#include <nanobind/stl/optional.h>

namespace matinee::bind {
namespace {

template <class T, class Kernel>
void spmm(matinee::Compressed a, const Matrix<const T>& panel, const Matrix<T>& out, int threads, Kernel kernel) {
    require(panel.shape(1) == out.shape(1), "panel and out must have as many columns");
    require(length(out) == a.rows, "out must have a row for each row of the matrix");
    a.columns = length(panel);
    const nb::gil_scoped_release release;
    kernel(a, panel.data(), out.data(), length(panel, 1), threads);
}

template <class T, class Kernel>
void project_out(const nb::ndarray<const T, nb::ndim<3>, nb::c_contig, nb::device::cpu>& basis, const Matrix<T>& panel,
                 const Matrix<double>& parts, int threads, Kernel kernel) {
    constexpr std::size_t width = matinee::block_width;
    require(basis.shape(2) == width && panel.shape(1) == width && parts.shape(1) == width, "panels must be 16 columns wide");
    require(basis.shape(1) == panel.shape(0), "basis and panel must have as many rows");
    require(parts.shape(0) == basis.shape(0) * width, "parts must have a row for each basis vector");
    const nb::gil_scoped_release release;
    kernel(basis.data(), length(basis), length(basis, 1), panel.data(), parts.data(), threads);
}

void row_products(Matrix<const float> left, Vector<const std::int64_t> row, Matrix<const float> right,
                  Vector<const std::int64_t> column, Vector<double> out, int threads) {
    require(left.shape(1) == right.shape(1), "left and right must have as many columns");
    same_length("row, column and out must be of one length", row.shape(0), column, out);
    in_range("each row must be 0 or more and under the number of rows of left", row, left.shape(0));
    in_range("each column must be 0 or more and under the number of rows of right", column, right.shape(0));
    const nb::gil_scoped_release release;
    matinee::row_products({left.data(), right.data(), length(left, 1)}, row.data(), column.data(), length(row), out.data(),
                          threads);
}

void spmm_at(Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
             Matrix<const float> panel, Vector<const std::int64_t> row, Vector<const std::int64_t> column, Vector<double> out,
             int threads) {
    matinee::Compressed a = compressed(offsets, indices, values);
    a.columns = length(panel);
    same_length("row, column and out must be of one length", row.shape(0), column, out);
    in_range("each row must be 0 or more and under the number of rows", row, static_cast<std::size_t>(a.rows));
    in_range("each column must be 0 or more and under the number of columns", column, panel.shape(1));
    const nb::gil_scoped_release release;
    matinee::spmm_at(a, panel.data(), length(panel, 1), row.data(), column.data(), length(row), out.data(), threads);
}

void gram(Vector<const std::int64_t> column_offsets, Vector<const std::int32_t> column_indices,
          Vector<const std::int64_t> row_offsets, Vector<const std::int32_t> row_indices, Matrix<float> out, int threads) {
    matinee::Compressed columns = pattern(column_offsets, column_indices), rows = pattern(row_offsets, row_indices);
    columns.columns = rows.rows;
    rows.columns = length(out, 1);
    require(length(out) == columns.rows, "out must have a row for each column given");
    const nb::gil_scoped_release release;
    matinee::gram(columns, rows, rows.columns, out.data(), threads);
}

}  // namespace

void dense_and_sparse(nb::module_& m) {
    m.def(
        "spmm_float",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
           Matrix<const float> panel, Matrix<float> out,
           int threads) { spmm(compressed(offsets, indices, values), panel, out, threads, matinee::kernels().spmm_float); },
        "offsets"_a, "indices"_a, "values"_a, "panel"_a, "out"_a.noconvert(), "threads"_a);
    m.def(
        "spmm_double",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
           Matrix<const double> panel, Matrix<double> out,
           int threads) { spmm(compressed(offsets, indices, values), panel, out, threads, matinee::kernels().spmm_double); },
        "offsets"_a, "indices"_a, "values"_a, "panel"_a, "out"_a.noconvert(), "threads"_a);

    m.def("row_products", &row_products, "left"_a, "row"_a, "right"_a, "column"_a, "out"_a.noconvert(), "threads"_a);
    m.def("spmm_at", &spmm_at, "offsets"_a, "indices"_a, "values"_a, "panel"_a, "row"_a, "column"_a, "out"_a.noconvert(),
          "threads"_a);
    m.def("gram", &gram, "column_offsets"_a, "column_indices"_a, "row_offsets"_a, "row_indices"_a, "out"_a.noconvert(),
          "threads"_a);

    m.def(
        "sddmm",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, std::optional<Vector<const float>> values,
           float shift, Matrix<const float> left, Matrix<const float> right, std::optional<Vector<float>> out,
           Vector<double> squares, int threads) {
            const std::size_t entries = indices.shape(0);
            matinee::Compressed a = values ? compressed(offsets, indices, *values) : pattern(offsets, indices);
            require(left.shape(1) == right.shape(1), "left and right must have as many columns");
            require(length(left) == a.rows, "left must have a row for each row of the matrix");
            require(!out || out->shape(0) == entries, "out must have a number for each entry");
            require(length(squares) == a.rows, "squares must have a number for each row of the matrix");
            a.columns = length(right);
            const nb::gil_scoped_release release;
            matinee::kernels().sddmm(
                {a, shift, left.data(), right.data(), length(left, 1), out ? out->data() : nullptr, squares.data()}, threads);
        },
        "offsets"_a, "indices"_a, "values"_a.none(), "shift"_a, "left"_a, "right"_a, "out"_a.none().noconvert(),
        "squares"_a.noconvert(), "threads"_a);

    m.def(
        "project_out_float",
        [](nb::ndarray<const float, nb::ndim<3>, nb::c_contig, nb::device::cpu> basis, Matrix<float> panel, Matrix<double> parts,
           int threads) { project_out<float>(basis, panel, parts, threads, matinee::kernels().project_out_float); },
        "basis"_a, "panel"_a.noconvert(), "parts"_a.noconvert(), "threads"_a);
    m.def(
        "project_out_double",
        [](nb::ndarray<const double, nb::ndim<3>, nb::c_contig, nb::device::cpu> basis, Matrix<double> panel, Matrix<double> parts,
           int threads) { project_out<double>(basis, panel, parts, threads, matinee::kernels().project_out_double); },
        "basis"_a, "panel"_a.noconvert(), "parts"_a.noconvert(), "threads"_a);
}

}  // namespace matinee::bind
