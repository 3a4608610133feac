// The kernels that exist once per instruction set, and the table that picks one set at import.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace matinee {

// A sparse matrix in compressed rows: row r holds entries offsets[r] … offsets[r + 1] - 1.
struct Compressed {
    std::int64_t rows;
    const std::int64_t* offsets;
    const std::int32_t* indices;
    const float* values;
};

// One change of the matrix A to the left singular basis: A' Aᵗ' = Σ² + W K Wᵗ with W = [w0 w1].
struct Change {
    const double* w0;       // (m)
    const double* w1;       // (m)
    double k00, k01, k11;   // the symmetric 2 × 2 matrix K
    const double* left;     // (m) row i of U: where the entry is read
    const double* right;    // (m) Uᵗ A' e_j: what is projected
};

struct KernelTable {
    const char* name;
    void (*spmm_float)(const Compressed&, const float* panel, float* out, std::int64_t columns, int threads);
    void (*spmm_double)(const Compressed&, const double* panel, double* out, std::int64_t columns, int threads);
    // Reads the changed entry back from the best rank-k approximation. Returns false where a root was not isolated.
    bool (*one_hidden)(const double* squares, std::int64_t m, std::int64_t rank, const Change& change, double* scratch,
                       double* out);
};

// Doubles of scratch that one_hidden needs for a problem of size m.
constexpr std::int64_t one_hidden_scratch(std::int64_t m) { return 5 * (m + 16); }

// The kernels in use, and the choice among those this processor can run.
const KernelTable& kernels();
std::vector<std::string> supported_instruction_sets();
bool use_instruction_set(const std::string& name);

}  // namespace matinee
