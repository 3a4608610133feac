// Sparse × panel: out = A · panel, A in compressed rows, panel and out dense, row-major.
#include "kernels.hpp"
#include "simd.hpp"
#include "threads.hpp"

#include <algorithm>

namespace matinee::MATINEE_ISA {

// one_hidden.cpp
bool one_hidden(const double*, std::int64_t, std::int64_t, const SignTable&, const Change&, double*, double*);

namespace {

// Partial sums are put aside after this many entries, which keeps the rounding of long rows small.
constexpr std::int64_t run_length = 128;
constexpr std::int64_t entries_per_block = 1 << 14;

template <class T, int registers>
void multiply_row(const Compressed& a, std::int64_t row, const T* panel, T* out, std::int64_t columns) {
    using V = Simd<T>;
    using Register = typename V::Register;
    Register total[registers] = {};
    const std::int64_t end = a.offsets[row + 1];
    for (std::int64_t p = a.offsets[row]; p < end;) {
        Register part[registers] = {};
        for (const std::int64_t stop = std::min(end, p + run_length); p < stop; ++p) {
            const T* from = panel + static_cast<std::int64_t>(a.indices[p]) * columns;
            const Register value = V::all(static_cast<T>(a.values[p]));
            for (int r = 0; r < registers; ++r) part[r] += value * V::load(from + r * V::width);
        }
        for (int r = 0; r < registers; ++r) total[r] += part[r];
    }
    for (int r = 0; r < registers; ++r) V::store(out + row * columns + r * V::width, total[r]);
}

template <class T>
void multiply_row_scalar(const Compressed& a, std::int64_t row, const T* panel, T* out, std::int64_t columns) {
    T total = 0;
    const std::int64_t end = a.offsets[row + 1];
    for (std::int64_t p = a.offsets[row]; p < end;) {
        T part = 0;
        for (const std::int64_t stop = std::min(end, p + run_length); p < stop; ++p)
            part += static_cast<T>(a.values[p]) * panel[static_cast<std::int64_t>(a.indices[p]) * columns];
        total += part;
    }
    out[row * columns] = total;
}

template <class T>
void multiply_rows(const Compressed& a, std::int64_t begin, std::int64_t end, const T* panel, T* out,
                   std::int64_t columns) {
    constexpr std::int64_t width = Simd<T>::width;
    for (std::int64_t row = begin; row < end; ++row) {
        std::int64_t c = 0;
        for (; c + 8 * width <= columns; c += 8 * width) multiply_row<T, 8>(a, row, panel + c, out + c, columns);
        for (; c + 4 * width <= columns; c += 4 * width) multiply_row<T, 4>(a, row, panel + c, out + c, columns);
        for (; c + width <= columns; c += width) multiply_row<T, 1>(a, row, panel + c, out + c, columns);
        for (; c < columns; ++c) multiply_row_scalar<T>(a, row, panel + c, out + c, columns);
    }
}

template <class T>
void spmm(const Compressed& a, const T* panel, T* out, std::int64_t columns, int threads) {
    const std::int64_t entries = a.offsets[a.rows];
    const std::int64_t blocks = std::clamp<std::int64_t>(entries / entries_per_block, 1, std::max<std::int64_t>(1, a.rows));
    const auto first_row = [&](std::int64_t block) {
        if (block == 0) return std::int64_t{0};
        if (block == blocks) return a.rows;
        return static_cast<std::int64_t>(
            std::lower_bound(a.offsets, a.offsets + a.rows, entries / blocks * block) - a.offsets);
    };
    parallel_for(blocks, 1, threads, [&](std::int64_t begin, std::int64_t end) {
        multiply_rows(a, first_row(begin), first_row(end), panel, out, columns);
    });
}

}  // namespace

#define MATINEE_TEXT_(x) #x
#define MATINEE_TEXT(x) MATINEE_TEXT_(x)
extern const KernelTable table;
const KernelTable table{MATINEE_TEXT(MATINEE_ISA), spmm<float>, spmm<double>, one_hidden};

}  // namespace matinee::MATINEE_ISA
