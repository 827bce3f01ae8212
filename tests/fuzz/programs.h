#pragma once

#include "harness/bpf/program.h"
#include "harness/model/call.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace callgate::fuzz {

/// The front of the input as a call, the rest as instructions.
struct Input {
    model::Call call;
    bpf::Program program;
};

inline Input input_of(const std::uint8_t* data, std::size_t size) {
    Input input;
    constexpr std::size_t kArgs = sizeof(std::uint64_t) * 6;
    if (size >= 8 + kArgs) {
        std::memcpy(&input.call.nr, data, 4);
        std::memcpy(&input.call.audit_arch, data + 4, 4);
        std::memcpy(input.call.args.data(), data + 8, kArgs);
        data += 8 + kArgs;
        size -= 8 + kArgs;
    }
    input.program.resize(size / sizeof(bpf::Instruction));
    if (!input.program.empty()) {
        std::memcpy(input.program.data(), data, input.program.size() * sizeof(bpf::Instruction));
    }
    return input;
}

}  // namespace callgate::fuzz
