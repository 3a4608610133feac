// Latent numbers behind ordered levels.
#include "arrays.hpp"

namespace matinee::bind {
namespace {

std::int64_t levels_between(const Vector<const double>& edges) {
    require(edges.shape(0) >= 2, "there must be two edges or more");
    require(std::is_sorted(edges.data(), edges.data() + edges.shape(0)), "edges must ascend");
    return length(edges) - 1;
}

Ordered entries(const Vector<const std::uint8_t>& level, const Vector<const float>& predicted, const Vector<const float>& steady,
                const Vector<const double>& edges, double scale) {
    const std::int64_t levels = levels_between(edges);
    same_length("each entry needs a level, a prediction and its steadiness", level.shape(0), predicted, steady);
    const auto end = level.data() + level.shape(0);
    require(level.shape(0) == 0 || *std::max_element(level.data(), end) < levels, "each level must lie between two edges");
    return {.entries = length(level),
            .levels = levels,
            .level = level.data(),
            .predicted = predicted.data(),
            .steady = steady.data(),
            .edges = edges.data(),
            .scale = scale};
}

void draw_ordered(Vector<const std::uint8_t> level, Vector<const float> predicted, Vector<const float> steady,
                  Vector<const double> edges, double scale, std::uint64_t key, Vector<float> out, int threads) {
    const Ordered o = entries(level, predicted, steady, edges, scale);
    same_length("there must be room for each entry", level.shape(0), out);
    const nb::gil_scoped_release release;
    kernels().draw_ordered(o, key, out.data(), threads);
}

void sum_ordered(Vector<const std::uint8_t> level, Vector<const float> predicted, Vector<const float> steady,
                 Vector<const double> edges, double scale, Matrix<double> parts, int threads) {
    const Ordered o = entries(level, predicted, steady, edges, scale);
    require(length(parts) == ordered_pieces(o.entries), "there must be a row of parts for each piece");
    require(length(parts, 1) == o.levels * ordered_sums, "there must be a part for each level and sum");
    std::fill(parts.data(), parts.data() + parts.size(), 0.0);
    const nb::gil_scoped_release release;
    kernels().sum_ordered(o, parts.data(), threads);
}

void expect_ordered(Vector<const std::uint8_t> level, Vector<const float> predicted, Vector<const float> steady,
                    Vector<const double> edges, double scale, Vector<float> mean, Vector<float> variance, int threads) {
    const Ordered o = entries(level, predicted, steady, edges, scale);
    same_length("there must be room for each entry", level.shape(0), mean, variance);
    const nb::gil_scoped_release release;
    kernels().expect_ordered(o, mean.data(), variance.data(), threads);
}

void level_shares(Vector<const double> latent, Vector<const double> deviation, Vector<const double> edges, Matrix<double> out,
                  int threads) {
    const std::int64_t levels = levels_between(edges);
    same_length("each row needs a latent number, a deviation and room", latent.shape(0), deviation, out);
    require(length(out, 1) == levels, "there must be room for each level");
    const Shares s{.rows = length(latent),
                   .levels = levels,
                   .latent = latent.data(),
                   .deviation = deviation.data(),
                   .edges = edges.data(),
                   .out = out.data()};
    const nb::gil_scoped_release release;
    kernels().level_shares(s, threads);
}

}  // namespace

void ordered(nb::module_& m) {
    m.def("draw_ordered", &draw_ordered, "level"_a, "predicted"_a, "steady"_a, "edges"_a, "scale"_a, "key"_a, "out"_a.noconvert(),
          "threads"_a);
    m.def("sum_ordered", &sum_ordered, "level"_a, "predicted"_a, "steady"_a, "edges"_a, "scale"_a, "parts"_a.noconvert(),
          "threads"_a);
    m.def("expect_ordered", &expect_ordered, "level"_a, "predicted"_a, "steady"_a, "edges"_a, "scale"_a, "mean"_a.noconvert(),
          "variance"_a.noconvert(), "threads"_a);
    m.def("level_shares", &level_shares, "latent"_a, "deviation"_a, "edges"_a, "out"_a.noconvert(), "threads"_a);
}

}  // namespace matinee::bind
