// Implicit factors: the regression is solved at what came out.
#include "building.hpp"

#include <cmath>

// After many steps the factors solve the regression, and what is expected follows from them.
void check_improve_implicit() {
    const int64_t shapes[][4] = {{1, 1, 0, 16},   {1, 1, 1, 16},   {9, 4, 0, 32},
                                 {1, 12, 12, 16}, {40, 1, 40, 16}, {300, 150, 900, 48}};
    for (const auto& [rows, columns, count, stride] : shapes)
        for (const int threads : {1, 2, 5}) {
            Matrix a = compressed(triplets(rows, columns, count, 60), 1);
            std::fill(a.values.begin(), a.values.end(), 1.0f);
            const Matrix t = transposed(a, columns, 1);
            std::vector<float> scale, curvature(static_cast<size_t>(columns), 1.0f);
            for (int64_t r = 0; r < rows; ++r) {
                const int64_t own = a.offsets[static_cast<size_t>(r) + 1] - a.offsets[static_cast<size_t>(r)];
                scale.push_back(1.0f / std::sqrt(static_cast<float>(std::max<int64_t>(own, 1))));
            }
            const auto known = numbers<float>(rows * stride, 61);
            std::vector<float> y(static_cast<size_t>(columns * stride), 0.0f), z(static_cast<size_t>(rows * stride), 0.0f);
            std::vector<float> panels(static_cast<size_t>(matinee::implicit_floats(rows, columns, stride)));
            std::vector<double> sums(static_cast<size_t>(matinee::implicit_doubles(rows, columns, stride)));
            matinee::kernels().improve_implicit({a.view(), t.view(), stride, scale.data(), curvature.data(), known.data(), y.data(),
                                                 z.data(), panels.data(), sums.data()},
                                                60, threads);
            std::vector<float> right(y.size(), 0.0f), follows(z.size(), 0.0f);
            for (size_t r = 0; r < scale.size(); ++r)
                for (int64_t e = a.offsets[r]; e < a.offsets[r + 1]; ++e)
                    for (size_t k = 0; k < static_cast<size_t>(stride); ++k) {
                        const size_t c = static_cast<size_t>(a.indices[static_cast<size_t>(e)]),
                                     width = static_cast<size_t>(stride);
                        follows[r * width + k] += scale[r] * y[c * width + k];
                        right[c * width + k] += scale[r] * (known[r * width + k] - z[r * width + k]);
                    }
            const auto near = [](float one, float other) { return std::abs(one - other) < 1e-3f; };
            check(std::equal(y.begin(), y.end(), right.begin(), near) && std::equal(z.begin(), z.end(), follows.begin(), near),
                  shape("improve_implicit", rows, columns, count, threads));
        }
}
