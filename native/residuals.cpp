// What a model of biases and factors leaves of known entries.
#include "kernels.hpp"
#include "simd.hpp"
#include "threads.hpp"

namespace matinee::MATINEE_ISA {

void residuals(const Residuals& r, int threads) {
    using Lane = Simd<float>;
    parallel_for(r.rows.rows, 64, threads, [&r](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const float* p = r.own + row * r.stride;
            for (std::int64_t e = r.rows.offsets[row]; e < r.rows.offsets[row + 1]; ++e) {
                const std::int64_t column = r.rows.indices[e];
                const float* q = r.other + column * r.stride;
                typename Lane::Register sum = {};
                for (std::int64_t k = 0; k < r.stride; k += Lane::width) sum += Lane::load(p + k) * Lane::load(q + k);
                r.out[e] = r.rows.values[e] - r.shift - r.bias[row] - r.offset[column] - Lane::sum(sum);
            }
        }
    });
}

}  // namespace matinee::MATINEE_ISA
