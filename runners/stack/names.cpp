#include "runners/stack/names.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <cxxabi.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace callgate::runners {

namespace {

/// Nobody reads further, and the files are the workload's.
constexpr std::size_t kLongestName = 1000;

std::string demangled(const char* symbol) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> words{abi::__cxa_demangle(symbol, nullptr, nullptr, &status),
                                                            std::free};
    return status == 0 && words ? words.get() : symbol;
}

std::string symbol_of(Dwfl_Module* module, std::uint64_t address) {
    GElf_Off offset = 0;
    GElf_Sym symbol{};
    const char* const name = dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
    if (name == nullptr) return {};
    auto plain = std::string{name}.substr(0, kLongestName);
    if (const auto version = plain.find('@'); version != std::string::npos) plain.resize(version);  // "f@@GLIBC_2.2.5"
    return demangled(plain.c_str()).substr(0, kLongestName);
}

/// The compilation unit that holds the address. Clang, Go and Rust write no .debug_aranges, so each unit is asked.
Dwarf_Die* unit_of(Dwfl_Module* module, std::uint64_t address, core::SteadyTime deadline, Dwarf_Addr& bias) {
    if (Dwarf_Die* const unit = dwfl_module_addrdie(module, address, &bias)) return unit;
    Dwarf_Die* unit = dwfl_module_nextcu(module, nullptr, &bias);
    while (unit != nullptr && dwarf_haspc(unit, address - bias) <= 0) {
        if (std::chrono::steady_clock::now() >= deadline) return nullptr;
        unit = dwfl_module_nextcu(module, unit, &bias);
    }
    return unit;
}

std::string source_path(Dwarf_Die* unit, const char* source) {
    std::filesystem::path path{source};
    Dwarf_Attribute attribute{};
    const char* const directory = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    if (path.is_relative() && directory != nullptr) path = directory / path;
    return path.lexically_normal().string();
}

}  // namespace

void name_place(Dwfl_Module* module, std::uint64_t address, core::SteadyTime deadline, model::StackFrame& frame) {
    frame.symbol = symbol_of(module, address);
    Dwarf_Addr bias = 0;
    Dwarf_Die* const unit = unit_of(module, address, deadline, bias);
    Dwarf_Line* const line = unit == nullptr ? nullptr : dwarf_getsrc_die(unit, address - bias);
    const char* const source = line == nullptr ? nullptr : dwarf_linesrc(line, nullptr, nullptr);
    if (source == nullptr || dwarf_lineno(line, &frame.line) != 0) return;
    frame.file = source_path(unit, source).substr(0, kLongestName);
}

}  // namespace callgate::runners
