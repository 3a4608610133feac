// What the bindings share: array types and the checks that keep a kernel inside them. Arrays come validated from
// matinee.kernels; shapes are checked once more here, since a wrong one would read past the end.
#pragma once
#include "../kernels.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <stdexcept>
#include <type_traits>

namespace matinee::bind {

namespace nb = nanobind;
using namespace nb::literals;

template <class T>
using Vector = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Matrix = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

inline void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

template <class... Arrays>
void same_length(const char* what, std::size_t length, const Arrays&... arrays) {
    require(((arrays.shape(0) == length) && ...), what);
}

template <class Array>
std::int64_t length(const Array& array, std::size_t axis = 0) {
    return static_cast<std::int64_t>(array.shape(axis));
}

// Number of runs that `offsets` marks, which ascend from 0.
inline std::int64_t runs(const Vector<const std::int64_t>& offsets, const char* what = "offsets must ascend from 0") {
    require(offsets.shape(0) >= 1, "offsets must hold at least one number");
    require(offsets(0) == 0 && std::is_sorted(offsets.data(), offsets.data() + offsets.shape(0)), what);
    return length(offsets) - 1;
}

// Numbers in a row of padded factors.
template <class Factors>
std::int64_t stride_of(const Factors& factors) {
    require(factors.shape(1) > 0 && factors.shape(1) % 16 == 0, "factors must be rows of 16, 32, 48, … numbers");
    return length(factors, 1);
}

inline void rank_fits(std::int64_t rank, std::int64_t stride) {
    require(rank >= 1 && rank <= stride, "rank must be 1 or more and fit into a row of factors");
}

inline Compressed pattern(const Vector<const std::int64_t>& offsets, const Vector<const std::int32_t>& indices) {
    require(offsets.shape(0) >= 1, "offsets must hold at least one number");
    same_length("indices and values must have offsets[-1] entries", static_cast<std::size_t>(offsets(offsets.shape(0) - 1)),
                indices);
    Compressed matrix;
    matrix.rows = runs(offsets);
    matrix.offsets = offsets.data();
    matrix.indices = indices.data();
    matrix.values = nullptr;
    return matrix;
}

inline Compressed compressed(const Vector<const std::int64_t>& offsets, const Vector<const std::int32_t>& indices,
                             const Vector<const float>& values) {
    Compressed matrix = pattern(offsets, indices);
    same_length("indices and values must have offsets[-1] entries", indices.shape(0), values);
    matrix.values = values.data();
    return matrix;
}

// Every index is 0 or more and under `limit`. A negative one is a large one without its sign.
template <class Index>
void in_range(const char* what, const Vector<const Index>& indices, std::size_t limit) {
    std::make_unsigned_t<Index> largest = 0;
    for (std::size_t i = 0; i < indices.shape(0); ++i)
        largest = std::max(largest, static_cast<std::make_unsigned_t<Index>>(indices.data()[i]));
    require(indices.shape(0) == 0 || largest < limit, what);
}

// One function a file of this folder: each adds its kernels to the module.
void dense_and_sparse(nb::module_& m);
void triplets(nb::module_& m);
void planting(nb::module_& m);
void one_hidden(nb::module_& m);
void rows(nb::module_& m);
void blocks(nb::module_& m);
void implicit(nb::module_& m);
void draws(nb::module_& m);
void ordered(nb::module_& m);

}  // namespace matinee::bind
