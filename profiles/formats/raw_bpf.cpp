// A compiled filter as it lies in memory: struct sock_filter after struct sock_filter (linux/filter.h), little endian;
// what `seccomp_export_bpf(3)` writes and what the kernel loads.
#include "profiles/compile.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/program_bytes.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::profiles::raw_bpf {

namespace {

bool recognises(const Input& input) {
    // No text that people write holds a NUL, and hardly an instruction is without one.
    const auto& text = input.source->text;
    return input.root == nullptr && text.find('\0') != std::string::npos;
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    auto program = program_from(input.source->text);
    if (!program) {
        diagnostics.error(first_byte(input.source), program.error().message);
        return std::nullopt;
    }
    return std::move(*program);
}

core::Result<Written> write(const model::Profile& profile) {
    const auto compiled = compile(profile);
    if (!compiled) return core::fail(compiled.error());
    Written written{program_bytes(compiled->program), {}};
    if (compiled->filter_flags != 0 || profile.flags)
        written.losses.push_back("a compiled filter has no flags: whoever loads it gives them");
    if (profile.listener_path) written.losses.push_back("a compiled filter has no listenerPath");
    return written;
}

}  // namespace

extern const ProfileFormat kFormat{"raw-bpf", "a compiled filter: struct sock_filter, little endian", recognises, read,
                                   write};

}  // namespace callgate::profiles::raw_bpf
