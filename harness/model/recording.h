#pragma once

#include "harness/core/clock.h"
#include "harness/model/refusal.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::model {

/// Which arguments of a call a recorder keeps, since a filter may sensibly ask for them.
struct RecordedArguments {
    std::string_view call;
    std::vector<std::uint8_t> arguments;  ///< their places, 0 to 5; at most kMostArguments
    /// The one argument is an address: what is kept is the 64-bit word that stands there, which no filter can see.
    bool in_memory = false;
    /// Options (values of the first argument, below 128) with which the second is a value, not an address. Empty: it
    /// always is.
    std::vector<std::uint8_t> options{};

    static constexpr std::size_t kMostArguments = 3;
};

/// All calls of which arguments are kept, each once, sorted by name. Lives for ever; any thread.
std::span<const RecordedArguments> recorded_arguments();

/// Null where no argument of the call is kept.
const RecordedArguments* recorded_arguments(std::string_view call);

/// Values of a call's recorded arguments that came together.
struct RecordedValues {
    /// In the order of RecordedArguments::arguments, all 64 bits as a filter sees them (32 in a call of a 32-bit ABI).
    /// Only the first where the others were not values (RecordedArguments::options).
    std::vector<std::uint64_t> values;
    std::uint64_t count = 0;
    auto operator<=>(const RecordedValues&) const = default;
};

/// All calls of one (architecture, number, phase, executable).
struct RecordedCall {
    std::int32_t nr = 0;           ///< as in Call
    std::uint32_t audit_arch = 0;  ///< as in Call
    int phase = 0;                 ///< as set_phase() said when they were made
    /// Of the process that called: the absolute path where it could be confirmed, otherwise as execve(2) was given it.
    /// Of a script it is the interpreter.
    std::string executable;
    std::uint64_t count = 0;  ///< exact
    core::SteadyTime first;
    core::SteadyTime last;               ///< to within a tick of the kernel, 1 to 10 ms
    std::vector<RecordedValues> values;  ///< sorted; empty where no argument of the call is kept
    std::uint64_t untold = 0;            ///< calls whose arguments are not among `values`: there were too many of them
    /// Of one of them, the call itself first; empty where the recorder sees none.
    std::vector<StackFrame> stack{};
};

}  // namespace callgate::model
