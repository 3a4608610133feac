// Sparse × panel: out = A · panel, A in compressed rows, panel and out dense, row-major.
#include "kernels.hpp"
#include "last_index.hpp"
#include "row_blocks.hpp"
#include "simd.hpp"

#include <algorithm>
#include <type_traits>

namespace matinee::MATINEE_ISA {

namespace {

// Partial sums are put aside after this many entries, which keeps the rounding of long rows small.
constexpr std::int64_t run_length = 128;

template <int n>
using Count = std::integral_constant<int, n>;

// `registers` columns of registers at a time; a narrow tile keeps `chains` sums in flight, since one alone would wait for
// each addition to end before the next.
template <class T, int registers, int chains>
void multiply_row(const Compressed& a, std::int64_t row, const T* panel, T* out, std::int64_t columns) {
    using V = Simd<T>;
    using Register = typename V::Register;
    Register total[registers] = {};
    const std::int64_t end = a.offsets[row + 1];
    for (std::int64_t p = a.offsets[row]; p < end;) {
        const std::int64_t stop = std::min(end, p + run_length);
        Register part[chains][registers] = {};
        const auto add = [&](std::int64_t entry, Register* sum) {
            const T* from = panel + static_cast<std::int64_t>(a.indices[entry]) * columns;
            const Register value = V::all(static_cast<T>(a.values[entry]));
            for (int r = 0; r < registers; ++r) sum[r] += value * V::load(from + r * V::width);
        };
        for (; p + chains <= stop; p += chains)
            for (int chain = 0; chain < chains; ++chain) add(p + chain, part[chain]);
        for (; p < stop; ++p) add(p, part[0]);
        for (int chain = 0; chain < chains; ++chain)
            for (int r = 0; r < registers; ++r) total[r] += part[chain][r];
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
void multiply_rows(const Compressed& a, std::int64_t begin, std::int64_t end, const T* panel, T* out, std::int64_t columns) {
    constexpr std::int64_t width = Simd<T>::width;
    for (std::int64_t row = begin; row < end; ++row) {
        check_last_index(a, row, "panel must have a row for each column of the matrix");
        std::int64_t c = 0;
        for (; c + 8 * width <= columns; c += 8 * width) multiply_row<T, 8, 1>(a, row, panel + c, out + c, columns);
        const auto tail = [&](auto registers, auto chains) {
            multiply_row<T, registers(), chains()>(a, row, panel + c, out + c, columns);
            c += registers() * width;
        };
        switch ((columns - c) / width) {
            case 1:
                tail(Count<1>{}, Count<8>{});
                break;
            case 2:
                tail(Count<2>{}, Count<4>{});
                break;
            case 3:
                tail(Count<3>{}, Count<2>{});
                break;
            case 4:
                tail(Count<4>{}, Count<2>{});
                break;
            case 5:
                tail(Count<5>{}, Count<1>{});
                break;
            case 6:
                tail(Count<6>{}, Count<1>{});
                break;
            case 7:
                tail(Count<7>{}, Count<1>{});
                break;
            default:
                break;
        }
        for (; c < columns; ++c) multiply_row_scalar<T>(a, row, panel + c, out + c, columns);
    }
}

template <class T>
void spmm(const Compressed& a, const T* panel, T* out, std::int64_t columns, int threads) {
    parallel_rows(a, threads, [&](std::int64_t begin, std::int64_t end) { multiply_rows(a, begin, end, panel, out, columns); });
}

}  // namespace

void spmm_float(const Compressed& a, const float* panel, float* out, std::int64_t columns, int threads) {
    spmm(a, panel, out, columns, threads);
}

void spmm_double(const Compressed& a, const double* panel, double* out, std::int64_t columns, int threads) {
    spmm(a, panel, out, columns, threads);
}

}  // namespace matinee::MATINEE_ISA
