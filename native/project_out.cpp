// Orthogonalising a panel against a basis that is stored as panels of the same width (block_width columns, row-major).
#include "kernels.hpp"
#include "simd.hpp"
#include "threads.hpp"

#include <algorithm>
#include <vector>

namespace matinee::MATINEE_ISA {

void project_out_float(const float*, std::int64_t, std::int64_t, float*, double*, int);
void project_out_double(const double*, std::int64_t, std::int64_t, double*, double*, int);

namespace {

// The long axis is cut into pieces of this many rows whatever the number of threads, and their sums are added in order.
constexpr std::int64_t rows_per_piece = 512;
constexpr int group = 8;  // basis columns whose products are in flight at once

template <class T>
struct Panel {
    using V = Simd<T>;
    using Register = typename V::Register;
    static constexpr int registers = block_width / V::width;

    // sums[c, :] = Σ_rows basis[row, c] · panel[row, :] for `group` columns c.
    static void products(const T* basis, const T* panel, std::int64_t rows, T* sums) {
        Register sum[group][registers] = {};
        for (std::int64_t row = 0; row < rows; ++row, basis += block_width, panel += block_width) {
            Register line[registers];
            for (int r = 0; r < registers; ++r) line[r] = V::load(panel + r * V::width);
            for (int c = 0; c < group; ++c)
                for (int r = 0; r < registers; ++r) sum[c][r] += V::all(basis[c]) * line[r];
        }
        for (int c = 0; c < group; ++c)
            for (int r = 0; r < registers; ++r) V::store(sums + c * block_width + r * V::width, sum[c][r]);
    }

    // panel[row, :] -= Σ_c basis[row, c] · parts[c, :] for `group` columns c.
    static void subtract(const T* basis, const T* parts, std::int64_t rows, T* panel) {
        Register part[group][registers];
        for (int c = 0; c < group; ++c)
            for (int r = 0; r < registers; ++r) part[c][r] = V::load(parts + c * block_width + r * V::width);
        for (std::int64_t row = 0; row < rows; ++row, basis += block_width, panel += block_width) {
            Register line[registers];
            for (int r = 0; r < registers; ++r) line[r] = V::load(panel + r * V::width);
            for (int c = 0; c < group; ++c)
                for (int r = 0; r < registers; ++r) line[r] -= V::all(basis[c]) * part[c][r];
            for (int r = 0; r < registers; ++r) V::store(panel + r * V::width, line[r]);
        }
    }
};

template <class T>
void project_out(const T* basis, std::int64_t blocks, std::int64_t rows, T* panel, double* parts, int threads) {
    constexpr std::int64_t square = std::int64_t{block_width} * block_width;
    const std::int64_t pieces = (rows + rows_per_piece - 1) / rows_per_piece;
    const auto length = [&](std::int64_t piece) { return std::min(rows_per_piece, rows - piece * rows_per_piece); };
    const auto of_basis = [&](std::int64_t block, std::int64_t piece) {
        return basis + (block * rows + piece * rows_per_piece) * block_width;
    };
    std::vector<T> sums(static_cast<std::size_t>(pieces * blocks * square));
    parallel_for(pieces, 1, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t piece = begin; piece < end; ++piece)
            for (std::int64_t block = 0; block < blocks; ++block)
                for (int c = 0; c < block_width; c += group)
                    Panel<T>::products(of_basis(block, piece) + c, panel + piece * rows_per_piece * block_width, length(piece),
                                       sums.data() + (piece * blocks + block) * square + c * block_width);
    });
    std::vector<T> rounded(static_cast<std::size_t>(blocks * square));
    for (std::int64_t p = 0; p < blocks * square; ++p) {
        double total = 0;
        for (std::int64_t piece = 0; piece < pieces; ++piece)
            total += static_cast<double>(sums[static_cast<std::size_t>(piece * blocks * square + p)]);
        parts[p] = total;
        rounded[static_cast<std::size_t>(p)] = static_cast<T>(total);
    }
    parallel_for(pieces, 1, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t piece = begin; piece < end; ++piece)
            for (std::int64_t block = 0; block < blocks; ++block)
                for (int c = 0; c < block_width; c += group)
                    Panel<T>::subtract(of_basis(block, piece) + c, rounded.data() + block * square + c * block_width, length(piece),
                                       panel + piece * rows_per_piece * block_width);
    });
}

}  // namespace

void project_out_float(const float* basis, std::int64_t blocks, std::int64_t rows, float* panel, double* parts, int threads) {
    project_out(basis, blocks, rows, panel, parts, threads);
}

void project_out_double(const double* basis, std::int64_t blocks, std::int64_t rows, double* panel, double* parts, int threads) {
    project_out(basis, blocks, rows, panel, parts, threads);
}

}  // namespace matinee::MATINEE_ISA
