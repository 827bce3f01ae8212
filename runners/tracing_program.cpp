#include "runners/tracing_program.h"

#include "harness/core/files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace callgate::runners {

namespace {

constexpr std::array<std::string_view, 7> kTracers{"strace", "ltrace", "gdb", "gdbserver", "lldb", "lldb-server", "rr"};
constexpr std::string_view kLeakSanitizer = "__lsan_do_leak_check";
constexpr std::size_t kLargest = std::size_t{256} * 1024 * 1024;

}  // namespace

std::string why_it_traces(const std::string& program) {
    const auto name = std::filesystem::path{program}.filename().string();
    if (std::find(kTracers.begin(), kTracers.end(), name) != kTracers.end()) {
        return name + " traces processes by itself";
    }
    const auto file = core::read_file(program, kLargest);
    if (file && file->find(kLeakSanitizer) != std::string::npos) {
        return name + " holds LeakSanitizer, which traces its own process at exit";
    }
    return "";
}

}  // namespace callgate::runners
