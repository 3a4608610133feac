// The kernels that exist once per instruction set, and the table that picks one set at import.
#pragma once
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
    const double* w0;     // (m)
    const double* w1;     // (m)
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

// Columns of a panel that project_out works on.
inline constexpr int block_width = 16;

struct KernelTable {
    const char* name;
    void (*spmm_float)(const Compressed&, const float* panel, float* out, std::int64_t columns, int threads);
    void (*spmm_double)(const Compressed&, const double* panel, double* out, std::int64_t columns, int threads);
    // parts = basisᵗ · panel, then panel -= basis · parts. basis: (blocks, rows, block_width); panel: (rows, block_width);
    // parts: (blocks · block_width, block_width), written.
    void (*project_out_float)(const float* basis, std::int64_t blocks, std::int64_t rows, float* panel, double* parts,
                              int threads);
    void (*project_out_double)(const double* basis, std::int64_t blocks, std::int64_t rows, double* panel, double* parts,
                               int threads);
    // leftᵗ P Pᵗ right, P the top `rank` eigenvectors of the changed matrix. Returns false, and leaves `out`, where
    // eigenvalues `rank` and `rank + 1` tie, so that P is not defined. `scratch` holds one_hidden_scratch(m) doubles.
    bool (*one_hidden)(const double* squares, std::int64_t m, std::int64_t rank, const SignTable&, const Change&,
                       double* scratch, double* out);
};

constexpr std::int64_t one_hidden_scratch(std::int64_t m) { return 9 * (m + 16); }

const KernelTable& kernels();
std::vector<std::string> supported_instruction_sets();
bool use_instruction_set(const std::string& name);

}  // namespace matinee
