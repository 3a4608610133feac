// The module: only this file and bind/ know Python.
#include "bind/arrays.hpp"
#include "kernels.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using namespace nb::literals;

NB_MODULE(_native, m) {
    m.def("instruction_sets", &matinee::supported_instruction_sets, "Instruction sets this processor can run, slowest first.");
    m.def("instruction_set", [] { return std::string(matinee::kernels().name); });
    m.def("use_instruction_set", &matinee::use_instruction_set, "name"_a, "Choose one of instruction_sets(); false if absent.");

    matinee::bind::triplets(m);
    matinee::bind::dense_and_sparse(m);
    matinee::bind::planting(m);
    matinee::bind::one_hidden(m);
    matinee::bind::rows(m);
    matinee::bind::blocks(m);
    matinee::bind::implicit(m);
    matinee::bind::draws(m);
    matinee::bind::ordered(m);
}
