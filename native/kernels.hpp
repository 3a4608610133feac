// The kernels that exist once per instruction set, and the table that picks one set at import.
#pragma once
#include "ordered.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace matinee {

// A sparse matrix in compressed rows: row r holds entries offsets[r] … offsets[r + 1] - 1.
struct Compressed {
    std::int64_t rows;
    const std::int64_t* offsets;
    const std::int32_t* indices;
    const float* values;
    std::int64_t columns = std::numeric_limits<std::int64_t>::max();  // every index is under it
};

// A rank-two change of A Aᵗ in the basis of A's left singular vectors: diag(s) + W K Wᵗ, W = [w0 w1], K⁻¹ = [[0, 1], [1, -q]].
struct Change {
    const double* w0;  // (m)
    const double* w1;  // (m)
    double q;
    const double* left;   // (m) where the changed matrix is read
    const double* right;  // (m) what is projected
};

// Rational approximations of the sign function on ℓ ≤ |x| ≤ 1, one for each of `count` values of ℓ, largest ℓ first:
// sign(x) ≈ Σ_j weights[j] · x / (x² + nodes[j]²), j from starts[i] to starts[i + 1] - 1 for the i-th ℓ. From Zolotarev's
// formula, computed by the caller.
struct SignTable {
    std::int64_t count;
    const double* smallest;      // (count) ℓ
    const std::int64_t* starts;  // (count + 1)
    const double* nodes;
    const double* weights;
};

// One ridge regression a row, on the factors `other` of the row's entries (`stride` floats each, a multiple of 16, zero from
// `rank` on). Row r minimises over x (and b, where `bias` is written)
//   Σ_e weight_e (t_e - x·q_e - b)² + xᵗ base x - 2 x·prior_r + (ridge + ridge_each n) |x|² + (bias_ridge + bias_ridge_each n) b²
// with n its number of entries and t_e = value_e - shift - offset[column]. With weights, which go without a bias, t_e is
// value_e / weight_e: the values are what the factors are multiplied by on the right-hand side.
struct RowRegressions {
    Compressed rows;
    const float* weights;  // (entries), ≥ 0; null: 1 each
    const float* other;    // (columns × stride)
    const float* offset;   // (columns); null: 0
    float shift;
    std::int64_t rank, stride;
    const float* base;   // (stride × stride), symmetric, zero from `rank` on; null: 0
    const float* prior;  // (rows × stride); null: 0
    float ridge, ridge_each, bias_ridge, bias_ridge_each;
    const std::int32_t* order;     // (rows) each row once, the longest first
    float* factors;                // (rows × stride) written; improve_rows starts from them
    float* bias;                   // (rows) likewise; null: no bias
    double* loss;                  // (rows) the minimum; with weights less Σ value t, which no x changes
    float* diagonal = nullptr;     // (rows × stride) added to the diagonals of the normal matrices, and then holds them; null: 0
    const float* scale = nullptr;  // (columns) what t_e and b are multiplied by, as q_e has been; null: 1 each
};

// Ratings in groups² blocks: those of user group g and item group h are offsets[g · groups + h] … of `entries`. An entry is
// its user, its item shifted by 16 bits, both counted from the first row of their group, and the float's bits shifted by 32.
struct Blocks {
    std::int64_t groups;
    const std::int64_t* offsets;  // (groups² + 1)
    const std::uint64_t* entries;
    const std::int64_t* user_starts;  // (groups + 1) the first row of each group
    const std::int64_t* item_starts;
};

// Parameters that descend: factors (rows × stride, stride a multiple of 16), and a bias and a step size for each row. An error e moves
//   p += rate step (e q - ridge p),  b += bias_rate rate step (e - bias_ridge b).
struct Descent {
    float *users, *items;
    float *user_sides, *item_sides;                 // (rows × 2)
    const std::int64_t *user_counts, *item_counts;  // (rows) ratings of each
    std::int64_t stride;
    float rate, bias_rate, ridge, bias_ridge;
};
// Implicit factors y, one row a column of a pattern, fitted to the factors of its rows: what row r is expected to be is
// scale_r Σ y_c over its columns. Steps of conjugate gradients on
//   Σ_r |known_r - scale_r Σ_c y_c|² + Σ_c |y_c|²,
// each column of y on its own.
struct ImplicitRegression {
    Compressed rows, columns;  // the pattern both ways, its values 1
    std::int64_t stride;       // a multiple of 16
    const float* scale;        // (rows)
    const float* curvature;    // (columns) 1 + Σ scale² over the rows of each
    const float* known;        // (rows × stride)
    float* factors;            // (columns × stride) y: read and written
    float* expected;           // (rows × stride) scale Σ y: likewise
    float* panels;             // room for implicit_floats(…)
    double* sums;              // room for implicit_doubles(…)
};

// Rows whose sums are put together before they are added to the others'.
inline constexpr int implicit_block = 128;

constexpr std::int64_t implicit_floats(std::int64_t rows, std::int64_t columns, std::int64_t stride) {
    return (rows + 3 * columns) * stride;
}

constexpr std::int64_t implicit_doubles(std::int64_t rows, std::int64_t columns, std::int64_t stride) {
    return ((rows > columns ? rows : columns) / implicit_block + 6) * stride;
}

// One draw a row from the posterior of a ridge regression whose entries have precisions of their own. Row r, with n = N(0, 1):
//   t_e = value_e - shift - offset[column] = b + x·q_e + n / √(row_precision_r scale[column]²),
//   x_k = mean_rk + n / √precision_k,  b = bias_mean_r + n / √bias_precision
// `regressions` has rows, offset, shift, rank, stride, order, factors and bias, which are written; its `other` holds
// scale[column] q, its `scale` is there, and what it does not have is null. Row r takes numbers from stream (key, r).
struct RowDraws {
    RowRegressions regressions;
    const float* row_precision;  // (rows), > 0
    const float* precision;      // (stride), > 0 below `rank`
    const float* mean;           // (rows × stride)
    const float* bias_mean;      // (rows)
    float bias_precision;        // > 0
    std::uint64_t key;
    bool mean_alone;  // no draw: the posterior mean
};

// Columns of a panel that project_out works on.
inline constexpr int block_width = 16;

// The product of two panels at the known cells alone. left: (a.rows, width); right: (a.columns, width).
struct SampledProduct {
    Compressed a;  // its values may be null
    float shift;
    const float *left, *right;
    std::int64_t width;
    float* out;       // (entries) value - shift - left·right, or left·right where there are no values; null: not written
    double* squares;  // (a.rows) the sum of the squares of what `out` has, or would have
};

struct KernelTable {
    const char* name;
    void (*spmm_float)(const Compressed&, const float* panel, float* out, std::int64_t columns, int threads);
    void (*spmm_double)(const Compressed&, const double* panel, double* out, std::int64_t columns, int threads);
    void (*sddmm)(const SampledProduct&, int threads);
    // parts = basisᵗ · panel, then panel -= basis · parts. basis: (blocks, rows, block_width); panel: (rows, block_width);
    // parts: (blocks · block_width, block_width), written.
    void (*project_out_float)(const float* basis, std::int64_t blocks, std::int64_t rows, float* panel, double* parts, int threads);
    void (*project_out_double)(const double* basis, std::int64_t blocks, std::int64_t rows, double* panel, double* parts,
                               int threads);
    // leftᵗ P Pᵗ right, P the top `rank` eigenvectors of the changed matrix. Returns false, and leaves `out`, where
    // eigenvalues `rank` and `rank + 1` tie, so that P is not defined. `scratch` holds one_hidden_scratch(m) doubles.
    bool (*one_hidden)(const double* squares, std::int64_t m, std::int64_t rank, const SignTable&, const Change&, double* scratch,
                       double* out);
    // Both return the first row whose matrix is not positive definite, or -1. A row without entries and prior becomes 0.
    std::int64_t (*solve_rows)(const RowRegressions&, int threads);
    // `steps` of conjugate gradients from the factors and biases that are there; rows too long for the cache exactly.
    std::int64_t (*improve_rows)(const RowRegressions&, int steps, int threads);
    // One epoch: Σ error², each before its step, and the penalties after the last one. `parts` has groups · (groups + 2) numbers.
    double (*sgd_epoch)(const Blocks&, const Descent&, double* parts, int threads);
    void (*improve_implicit)(const ImplicitRegression&, int steps, int threads);
    // `passes` over the unknowns, each 0 or more (the bias is free), from what is there; without weights.
    std::int64_t (*nonnegative_rows)(const RowRegressions&, int passes, int threads);
    // Returns the first row whose matrix is not positive definite, or -1.
    std::int64_t (*sample_rows)(const RowDraws&, int threads);
    // The numbers 0 … count - 1 of stream `key` (Box and Muller 1958), the same to the bit in every instruction set:
    // kernels/streams.py draws the same.
    void (*standard_normals)(std::uint64_t key, std::int64_t count, float* out);
    // Entry e takes its number from stream (key, e).
    void (*draw_ordered)(const Ordered&, std::uint64_t key, float* out, int threads);
    // parts: (ordered_pieces(entries) × levels × ordered_sums), added to.
    void (*sum_ordered)(const Ordered&, double* parts, int threads);
    void (*expect_ordered)(const Ordered&, float* mean, float* variance, int threads);
    void (*level_shares)(const Shares&, int threads);
};

constexpr std::int64_t one_hidden_scratch(std::int64_t m) { return 9 * (m + 16); }

const KernelTable& kernels();
std::vector<std::string> supported_instruction_sets();
bool use_instruction_set(const std::string& name);

}  // namespace matinee
