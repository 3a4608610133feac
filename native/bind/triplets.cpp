// Triplets into compressed rows, rows into columns.
#include "../compress.hpp"
#include "arrays.hpp"

namespace matinee::bind {

void triplets(nb::module_& m) {
    m.def(
        "compress",
        [](Vector<const std::int32_t> row, Vector<const std::int32_t> column, Vector<const float> value,
           Vector<std::int64_t> offsets, Vector<std::int32_t> indices, Vector<float> values, int threads) {
            same_length("the triplets must be of one length", row.shape(0), column, value, indices, values);
            require(offsets.shape(0) >= 1, "offsets must hold at least one number");
            in_range("each row must be 0 or more and under the number of rows", row, offsets.shape(0) - 1);
            const nb::gil_scoped_release release;
            matinee::compress(row.data(), column.data(), value.data(), length(row), length(offsets) - 1, offsets.data(),
                              indices.data(), values.data(), threads);
        },
        "row"_a, "column"_a, "value"_a, "offsets"_a.noconvert(), "indices"_a.noconvert(), "values"_a.noconvert(), "threads"_a);
    m.def(
        "transpose",
        [](Vector<const std::int64_t> offsets, Vector<const std::int32_t> indices, Vector<const float> values,
           Vector<std::int64_t> out_offsets, Vector<std::int32_t> out_indices, Vector<float> out_values, int threads) {
            const matinee::Compressed a = compressed(offsets, indices, values);
            same_length("out must be as long as in", indices.shape(0), out_indices, out_values);
            require(out_offsets.shape(0) >= 1, "offsets must hold at least one number");
            in_range("each column must be 0 or more and under the number of columns", indices, out_offsets.shape(0) - 1);
            const nb::gil_scoped_release release;
            matinee::transpose(a.offsets, a.indices, a.values, a.rows, length(out_offsets) - 1, out_offsets.data(),
                               out_indices.data(), out_values.data(), threads);
        },
        "offsets"_a, "indices"_a, "values"_a, "out_offsets"_a.noconvert(), "out_indices"_a.noconvert(), "out_values"_a.noconvert(),
        "threads"_a);
    m.def(
        "duplicate_count",
        [](Vector<const std::int32_t> row, Vector<const std::int32_t> column, std::int64_t rows, std::int64_t columns) {
            same_length("row and column must be of one length", row.shape(0), column);
            require(rows >= 0 && columns >= 0, "the numbers of rows and columns must not be negative");
            in_range("each row must be 0 or more and under the number of rows", row, static_cast<std::size_t>(rows));
            in_range("each column must be 0 or more and under the number of columns", column, static_cast<std::size_t>(columns));
            const nb::gil_scoped_release release;
            return matinee::duplicate_count(row.data(), column.data(), length(row), rows, columns);
        },
        "row"_a, "column"_a, "rows"_a, "columns"_a);
}

}  // namespace matinee::bind
