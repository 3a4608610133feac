#include "kernels.hpp"

#include <atomic>

namespace matinee {

namespace baseline {
extern const KernelTable table;
}
#if defined(__x86_64__)
namespace avx2 {
extern const KernelTable table;
}
namespace avx512 {
extern const KernelTable table;
}
#endif

namespace {

// Slowest first: the last one supported is the default.
std::vector<const KernelTable*> runnable() {
    std::vector<const KernelTable*> tables{&baseline::table};
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables.push_back(&avx2::table);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        tables.push_back(&avx512::table);
#endif
    return tables;
}

std::atomic<const KernelTable*>& chosen() {
    static std::atomic<const KernelTable*> table{runnable().back()};
    return table;
}

}  // namespace

const KernelTable& kernels() { return *chosen().load(std::memory_order_relaxed); }

std::vector<std::string> supported_instruction_sets() {
    std::vector<std::string> names;
    for (const KernelTable* table : runnable()) names.emplace_back(table->name);
    return names;
}

bool use_instruction_set(const std::string& name) {
    for (const KernelTable* table : runnable()) {
        if (name == table->name) {
            chosen() = table;
            return true;
        }
    }
    return false;
}

}  // namespace matinee
