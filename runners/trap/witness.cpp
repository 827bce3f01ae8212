#include "runners/trap/witness.h"

#include "harness/core/files.h"
#include "runners/decode/decode.h"
#include "runners/decode/task_view.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;

pid_t process_of(const fs::path& task) {
    std::ifstream status{task / "status"};
    std::string line;
    while (std::getline(status, line)) {
        pid_t pid = 0;
        if (line.rfind("Tgid:\t", 0) == 0) std::from_chars(line.data() + 6, line.data() + line.size(), pid);
        if (pid != 0) return pid;
    }
    return 0;
}

/// The line of /proc/TID/maps that holds the address: "begin-end perms offset device inode   path" (proc(5)).
model::StackFrame locate(const fs::path& task, std::uint64_t address) {
    std::ifstream maps{task / "maps"};
    std::string line;
    while (std::getline(maps, line)) {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::uint64_t offset = 0;
        const char* const last = line.data() + line.size();
        const auto dash = std::from_chars(line.data(), last, begin, 16);
        const auto blank = std::from_chars(dash.ptr + 1, last, end, 16);
        if (address < begin || address >= end) continue;
        constexpr std::size_t kPermissions = 6;  // " r-xp "
        std::from_chars(blank.ptr + kPermissions, last, offset, 16);
        model::StackFrame frame;
        const auto path = line.find_first_of("/[");
        if (path == std::string::npos) return frame;
        frame.module = line.substr(path);
        frame.offset = address - begin + offset;
        return frame;
    }
    return {};
}

}  // namespace

model::Refusal bear_witness(pid_t tid, const model::Call& call) {
    const fs::path task = fmt::format("/proc/{}", tid);
    model::Refusal refusal;
    refusal.call = call;
    refusal.tid = tid;
    refusal.pid = process_of(task);
    if (auto comm = core::read_file(task / "comm")) {
        while (!comm->empty() && comm->back() == '\n') comm->pop_back();
        refusal.comm = std::move(*comm);
    }
    std::error_code gone;
    refusal.exe = fs::read_symlink(task / "exe", gone).string();
    refusal.decoded = decode(call, ProcTaskView{tid});
    refusal.first_at = std::chrono::steady_clock::now();
    auto frame = locate(task, call.instruction_pointer);
    if (!frame.module.empty()) refusal.stack.push_back(std::move(frame));
    return refusal;
}

}  // namespace callgate::runners
