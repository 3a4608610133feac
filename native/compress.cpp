#include "compress.hpp"

#include "threads.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace matinee {
namespace {

constexpr std::int64_t rows_per_block = 256;

std::vector<std::int64_t> starts_of(const std::int32_t* key, std::int64_t count, std::int64_t keys) {
    std::vector<std::int64_t> starts(static_cast<std::size_t>(keys + 1), 0);
    for (std::int64_t p = 0; p < count; ++p) ++starts[static_cast<std::size_t>(key[p]) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    return starts;
}

struct Entry {
    std::int32_t column;
    float value;
};

void sort_row(std::int32_t* indices, float* values, std::int64_t length, std::vector<Entry>& scratch) {
    if (std::is_sorted(indices, indices + length)) return;
    scratch.resize(static_cast<std::size_t>(length));
    for (std::int64_t p = 0; p < length; ++p) scratch[static_cast<std::size_t>(p)] = {indices[p], values[p]};
    std::stable_sort(scratch.begin(), scratch.end(), [](const Entry& a, const Entry& b) { return a.column < b.column; });
    for (std::int64_t p = 0; p < length; ++p) {
        indices[p] = scratch[static_cast<std::size_t>(p)].column;
        values[p] = scratch[static_cast<std::size_t>(p)].value;
    }
}

}  // namespace

void compress(const std::int32_t* row, const std::int32_t* column, const float* value, std::int64_t count, std::int64_t rows,
              std::int64_t* offsets, std::int32_t* indices, float* values, int threads) {
    std::vector<std::int64_t> next = starts_of(row, count, rows);
    std::copy(next.begin(), next.end(), offsets);
    if (std::is_sorted(row, row + count)) {
        std::copy(column, column + count, indices);
        std::copy(value, value + count, values);
    } else {
        for (std::int64_t p = 0; p < count; ++p) {
            const std::int64_t to = next[static_cast<std::size_t>(row[p])]++;
            indices[to] = column[p];
            values[to] = value[p];
        }
    }
    parallel_for(rows, rows_per_block, threads, [&](std::int64_t begin, std::int64_t end) {
        std::vector<Entry> scratch;
        for (std::int64_t r = begin; r < end; ++r)
            sort_row(indices + offsets[r], values + offsets[r], offsets[r + 1] - offsets[r], scratch);
    });
}

void transpose(const std::int64_t* offsets, const std::int32_t* indices, const float* values, std::int64_t rows,
               std::int64_t columns, std::int64_t* out_offsets, std::int32_t* out_indices, float* out_values, int threads) {
    const std::int64_t entries = offsets[rows];
    const std::int64_t parts =
        std::clamp<std::int64_t>(std::min<std::int64_t>(threads, entries / std::max<std::int64_t>(1, 4 * columns)), 1, 16);
    std::vector<std::int64_t> edge(static_cast<std::size_t>(parts + 1), rows);
    for (std::int64_t part = 0; part < parts; ++part)
        edge[static_cast<std::size_t>(part)] = std::lower_bound(offsets, offsets + rows, entries / parts * part) - offsets;
    edge[0] = 0;

    std::vector<std::int64_t> next(static_cast<std::size_t>(parts * columns), 0);
    const auto counters = [&](std::int64_t part) { return next.data() + part * columns; };
    const auto first = [&](std::int64_t part) { return offsets[edge[static_cast<std::size_t>(part)]]; };
    parallel_for(parts, 1, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t part = begin; part < end; ++part)
            for (std::int64_t p = first(part); p < first(part + 1); ++p) ++counters(part)[indices[p]];
    });
    std::int64_t running = 0;
    for (std::int64_t c = 0; c < columns; ++c) {
        out_offsets[c] = running;
        for (std::int64_t part = 0; part < parts; ++part) {
            const std::int64_t here = counters(part)[c];
            counters(part)[c] = running;
            running += here;
        }
    }
    out_offsets[columns] = running;
    parallel_for(parts, 1, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t part = begin; part < end; ++part)
            for (std::int64_t r = edge[static_cast<std::size_t>(part)]; r < edge[static_cast<std::size_t>(part) + 1]; ++r)
                for (std::int64_t p = offsets[r]; p < offsets[r + 1]; ++p) {
                    const std::int64_t to = counters(part)[indices[p]]++;
                    out_indices[to] = static_cast<std::int32_t>(r);
                    out_values[to] = values[p];
                }
    });
}

std::int64_t duplicate_count(const std::int32_t* row, const std::int32_t* column, std::int64_t count, std::int64_t rows,
                             std::int64_t columns) {
    std::vector<std::int32_t> by_row;
    std::vector<std::int64_t> starts = starts_of(row, count, rows);
    const std::int32_t* ordered = column;
    if (!std::is_sorted(row, row + count)) {
        by_row.resize(static_cast<std::size_t>(count));
        std::vector<std::int64_t> next = starts;
        for (std::int64_t p = 0; p < count; ++p)
            by_row[static_cast<std::size_t>(next[static_cast<std::size_t>(row[p])]++)] = column[p];
        ordered = by_row.data();
    }
    std::vector<std::int32_t> last_row(static_cast<std::size_t>(columns), -1);
    std::int64_t duplicates = 0;
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t p = starts[static_cast<std::size_t>(r)]; p < starts[static_cast<std::size_t>(r) + 1]; ++p) {
            std::int32_t& last = last_row[static_cast<std::size_t>(ordered[p])];
            duplicates += last == r;
            last = static_cast<std::int32_t>(r);
        }
    return duplicates;
}

}  // namespace matinee
