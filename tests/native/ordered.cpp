// Latent numbers behind ordered levels: they lie between their edges, and levels' probabilities add up to 1.
#include "building.hpp"

#include <cmath>
#include <limits>

void check_ordered() {
    const double inf = std::numeric_limits<double>::infinity();
    for (const int64_t count : {0, 1, 255, 257, 20000})
        for (const int threads : {1, 2, 5}) {
            const std::vector<double> edges{-inf, -0.5, 0.25, 1.0, inf};
            std::vector<float> predicted = numbers<float>(count, 101), out(static_cast<size_t>(count)), variance(out);
            std::vector<float> steady(static_cast<size_t>(count), 2.0f);
            std::vector<std::uint8_t> level;
            for (int64_t i = 0; i < count; ++i) level.push_back(static_cast<std::uint8_t>(std::min(3.0, 4.0 * uniform(102, i))));
            if (count) predicted[0] = 1e6f;
            const matinee::Ordered o{count, 4, level.data(), predicted.data(), steady.data(), edges.data(), 1.5};
            matinee::kernels().draw_ordered(o, 7, out.data(), threads);
            bool inside = true;
            for (size_t e = 0; e < out.size(); ++e)
                inside = inside && out[e] >= edges[level[e]] - 1e-4 && out[e] <= edges[level[e] + 1u] + 1e-4;
            check(inside, "latent numbers between their edges, " + std::to_string(count));

            std::vector<double> parts(static_cast<size_t>(matinee::ordered_pieces(count) * 4 * matinee::ordered_sums));
            matinee::kernels().sum_ordered(o, parts.data(), threads);
            matinee::kernels().expect_ordered(o, out.data(), variance.data(), threads);
            bool finite = true;
            for (const double part : parts) finite = finite && std::isfinite(part);
            for (size_t e = 0; e < out.size(); ++e) finite = finite && std::isfinite(out[e]) && variance[e] >= 0;
            check(finite, "finite sums and expectations, " + std::to_string(count));

            const std::vector<double> latent = numbers<double>(count, 103), deviation(static_cast<size_t>(count), 0.7);
            std::vector<double> shares(static_cast<size_t>(count * 4));
            matinee::kernels().level_shares({count, 4, latent.data(), deviation.data(), edges.data(), shares.data()}, threads);
            double worst = 0;
            for (size_t e = 0; e < latent.size(); ++e)
                worst = std::max(worst, std::abs(shares[4 * e] + shares[4 * e + 1] + shares[4 * e + 2] + shares[4 * e + 3] - 1.0));
            check(worst < 1e-13, "probabilities that add up to 1, " + std::to_string(count));
        }
}
