#pragma once

#include "harness/bpf/program.h"
#include "harness/core/result.h"

#include <string>
#include <string_view>

namespace callgate::profiles {

/// A filter as the kernel takes it: struct sock_filter after struct sock_filter, little endian.
std::string program_bytes(const bpf::Program& program);

/// The filter that the bytes are, checked as the kernel would (bpf::check).
core::Result<bpf::Program> program_from(std::string_view bytes);

}  // namespace callgate::profiles
