// The kernels of one instruction set, gathered for dispatch.cpp to choose from.
#include "kernels.hpp"

namespace matinee::MATINEE_ISA {

void spmm_float(const Compressed&, const float*, float*, std::int64_t, int);
void spmm_double(const Compressed&, const double*, double*, std::int64_t, int);
void sddmm(const SampledProduct&, int);
void project_out_float(const float*, std::int64_t, std::int64_t, float*, double*, int);
void project_out_double(const double*, std::int64_t, std::int64_t, double*, double*, int);
bool one_hidden(const double*, std::int64_t, std::int64_t, const SignTable&, const Change&, double*, double*);

std::int64_t solve_rows(const RowRegressions&, int);
std::int64_t improve_rows(const RowRegressions&, int, int);
double sgd_epoch(const Blocks&, const Descent&, double*, int);
void improve_implicit(const ImplicitRegression&, int, int);
std::int64_t nonnegative_rows(const RowRegressions&, int, int);
std::int64_t sample_rows(const RowDraws&, int);
void standard_normals(std::uint64_t, std::int64_t, float*);
void draw_ordered(const Ordered&, std::uint64_t, float*, int);
void sum_ordered(const Ordered&, double*, int);
void expect_ordered(const Ordered&, float*, float*, int);
void level_shares(const Shares&, int);

#define MATINEE_TEXT_(x) #x
#define MATINEE_TEXT(x) MATINEE_TEXT_(x)
extern const KernelTable table;
const KernelTable table{
    .name = MATINEE_TEXT(MATINEE_ISA),
    .spmm_float = spmm_float,
    .spmm_double = spmm_double,
    .sddmm = sddmm,
    .project_out_float = project_out_float,
    .project_out_double = project_out_double,
    .one_hidden = one_hidden,
    .solve_rows = solve_rows,
    .improve_rows = improve_rows,
    .sgd_epoch = sgd_epoch,
    .improve_implicit = improve_implicit,
    .nonnegative_rows = nonnegative_rows,
    .sample_rows = sample_rows,
    .standard_normals = standard_normals,
    .draw_ordered = draw_ordered,
    .sum_ordered = sum_ordered,
    .expect_ordered = expect_ordered,
    .level_shares = level_shares,
};

}  // namespace matinee::MATINEE_ISA
