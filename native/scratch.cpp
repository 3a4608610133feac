#include "scratch.hpp"

#include <cstdlib>
#include <memory>
#include <new>

namespace matinee {
namespace {

struct Free {
    void operator()(float* memory) const { std::free(memory); }
};

thread_local std::unique_ptr<float, Free> kept;
thread_local std::int64_t size = 0;

}  // namespace

float* scratch(std::int64_t count) {
    if (count > size) {
        const std::size_t bytes = (static_cast<std::size_t>(count) * sizeof(float) + 63) / 64 * 64;
        kept.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
        size = kept ? count : 0;
        if (!kept) throw std::bad_alloc();
    }
    return kept.get();
}

}  // namespace matinee
