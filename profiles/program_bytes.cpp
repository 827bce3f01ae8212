#include "profiles/program_bytes.h"

#include <fmt/format.h>

#include <cstdint>

namespace callgate::profiles {

namespace {

constexpr std::size_t kInstruction = 8;
constexpr unsigned kByte = 8;

void put(std::string& out, std::uint32_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (i * kByte) & 0xFFU);
}

std::uint32_t take(std::string_view bytes, std::size_t from, unsigned count) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i)
        value |= std::uint32_t{static_cast<unsigned char>(bytes[from + i])} << (i * kByte);
    return value;
}

}  // namespace

std::string program_bytes(const bpf::Program& program) {
    std::string out;
    out.reserve(program.size() * kInstruction);
    for (const auto& instruction : program) {
        put(out, instruction.code, 2);
        put(out, instruction.jump_true, 1);
        put(out, instruction.jump_false, 1);
        put(out, instruction.k, 4);
    }
    return out;
}

core::Result<bpf::Program> program_from(std::string_view bytes) {
    if (bytes.empty() || bytes.size() % kInstruction != 0) {
        return core::fail(fmt::format("a compiled filter is instructions of {} bytes each, and this is {} bytes",
                                      kInstruction, bytes.size()));
    }
    const auto count = bytes.size() / kInstruction;
    if (count > bpf::kMaxInstructions) {
        return core::fail(
            fmt::format("a filter of {} instructions: the kernel takes at most {}", count, bpf::kMaxInstructions));
    }
    bpf::Program program;
    for (std::size_t at = 0; at < bytes.size(); at += kInstruction) {
        program.push_back({static_cast<std::uint16_t>(take(bytes, at, 2)),
                           static_cast<std::uint8_t>(take(bytes, at + 2, 1)),
                           static_cast<std::uint8_t>(take(bytes, at + 3, 1)), take(bytes, at + 4, 4)});
    }
    if (auto checked = bpf::check(program); !checked)
        return core::fail(checked.error().context("this is no filter that the kernel takes"));
    return program;
}

}  // namespace callgate::profiles
