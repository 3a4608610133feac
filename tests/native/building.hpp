// What the native tests share: checks that are counted, and matrices and numbers to check with.
#pragma once
#include "compress.hpp"
#include "kernels.hpp"
#include "streams.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using std::int32_t;
using std::int64_t;
using std::size_t;

inline int checks = 0, failures = 0;

inline void check(bool holds, const std::string& what) {
    ++checks;
    if (holds) return;
    ++failures;
    std::printf("failed: %s\n", what.c_str());
}

inline double uniform(std::uint64_t stream, int64_t counter) {
    return matinee::random_uniform(matinee::random_word(stream, static_cast<std::uint64_t>(counter)));
}

// Buffers of exactly the size needed, so that one step past the end is seen.
template <class T>
std::vector<T> numbers(int64_t count, std::uint64_t stream) {
    std::vector<T> out(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) out[static_cast<size_t>(i)] = static_cast<T>(2 * uniform(stream, i) - 1);
    return out;
}

struct Triplets {
    int64_t rows, columns;
    std::vector<int32_t> row, column;
    std::vector<float> value;
};

inline Triplets triplets(int64_t rows, int64_t columns, int64_t count, std::uint64_t stream) {
    Triplets t{rows, columns, {}, {}, numbers<float>(count, stream)};
    for (int64_t i = 0; i < count; ++i) {
        t.row.push_back(
            static_cast<int32_t>(std::min(rows - 1, static_cast<int64_t>(uniform(stream + 1, i) * static_cast<double>(rows)))));
        t.column.push_back(static_cast<int32_t>(
            std::min(columns - 1, static_cast<int64_t>(uniform(stream + 2, i) * static_cast<double>(columns)))));
    }
    return t;
}

struct Matrix {
    std::vector<int64_t> offsets;
    std::vector<int32_t> indices;
    std::vector<float> values;
    matinee::Compressed view() const {
        return {static_cast<int64_t>(offsets.size()) - 1, offsets.data(), indices.data(), values.data()};
    }
};

inline Matrix compressed(const Triplets& t, int threads) {
    const size_t count = t.value.size();
    Matrix m{std::vector<int64_t>(static_cast<size_t>(t.rows) + 1), std::vector<int32_t>(count), std::vector<float>(count)};
    matinee::compress(t.row.data(), t.column.data(), t.value.data(), static_cast<int64_t>(count), t.rows, m.offsets.data(),
                      m.indices.data(), m.values.data(), threads);
    return m;
}

inline Matrix transposed(const Matrix& a, int64_t columns, int threads) {
    const size_t count = a.values.size();
    Matrix m{std::vector<int64_t>(static_cast<size_t>(columns) + 1), std::vector<int32_t>(count), std::vector<float>(count)};
    matinee::transpose(a.offsets.data(), a.indices.data(), a.values.data(), a.view().rows, columns, m.offsets.data(),
                       m.indices.data(), m.values.data(), threads);
    return m;
}

inline std::string shape(const char* what, int64_t rows, int64_t columns, int64_t count, int threads) {
    return std::string(what) + " " + std::to_string(rows) + " x " + std::to_string(columns) + ", " + std::to_string(count) +
           " entries, " + std::to_string(threads) + " threads";
}

void check_rows();              // rows.cpp
void check_blocks();            // blocks.cpp
void check_improve_implicit();  // implicit.cpp
void check_draws();             // draws.cpp
void check_ordered();           // ordered.cpp
