#pragma once

#include "harness/core/clock.h"
#include "harness/model/refusal.h"

#include <cstdint>

// libdwfl's handle; its headers stay in .cpp files.
extern "C" struct Dwfl_Module;

namespace callgate::runners {

/// Fills in symbol, file and line of an address in the module, as far as its files tell. Looking through debug
/// information that has no index (.debug_aranges) ends at the deadline.
void name_place(Dwfl_Module* module, std::uint64_t address, core::SteadyTime deadline, model::StackFrame& frame);

}  // namespace callgate::runners
