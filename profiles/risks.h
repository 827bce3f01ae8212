#pragma once

#include "harness/bpf/condition.h"
#include "harness/model/arch.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// What a dangerous call reaches, worst first.
enum class RiskClass : std::uint8_t {
    kernel,      ///< code in the kernel
    host,        ///< the machine, for everybody on it
    bypass,      ///< what filters cannot see, or work that they were meant to stop
    mounts,      ///< the tree of files
    namespaces,  ///< privileges inside of new namespaces
    processes,   ///< memory and descriptors of other processes
    devices,     ///< hardware, and files that stand for it
    terminal,    ///< the terminal that the program was started from
    surface,     ///< kernel code that few programs need and that had more than its share of holes
};

/// A call that is worth a word when a profile permits it; only with some values of an argument where `mask` is not 0.
struct Risk {
    std::string_view syscall;
    RiskClass reaches = RiskClass::surface;
    unsigned argument = 0;
    std::uint64_t mask = 0;  ///< 0: whatever the arguments are
    std::uint64_t value = 0;
    std::string_view lets;  ///< what it lets an attacker do: "loads code into the kernel"
};

/// All that is known, by class and name. One line of risks.cpp each.
std::span<const Risk> risks();

/// Of which argument it speaks on an architecture: the first two of clone are the other way round on s390.
unsigned argument_of(const Risk& risk, model::Arch arch);

/// The calls that it speaks of, whatever else their arguments are.
bpf::Condition condition_of(const Risk& risk, model::Arch arch);

/// Those of a name, those about an argument first. Views last as long as the program.
std::vector<const Risk*> risks_of(std::string_view syscall);

/// "kernel": as a user writes the class.
std::string_view name_of(RiskClass reaches);

/// All of them, worst first.
std::span<const RiskClass> risk_classes();

/// The class of that name; none where there is none.
std::optional<RiskClass> class_named(std::string_view name);

}  // namespace callgate::profiles
