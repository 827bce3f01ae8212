#include "runners/trap/witness.h"

#include "harness/core/files.h"
#include "harness/decode/call_text.h"
#include "runners/proc_task_view.h"
#include "runners/process_tree.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace callgate::runners {

namespace fs = std::filesystem;

model::Refusal bear_witness(pid_t tid, const model::Call& call) {
    const fs::path task = fmt::format("/proc/{}", tid);
    model::Refusal refusal;
    refusal.call = call;
    refusal.tid = tid;
    refusal.pid = process_of(tid);
    if (auto comm = core::read_file(task / "comm")) {
        while (!comm->empty() && comm->back() == '\n') comm->pop_back();
        refusal.comm = std::move(*comm);
    }
    std::error_code gone;
    refusal.exe = fs::read_symlink(task / "exe", gone).string();
    refusal.decoded = decode::call_text(call, ProcTaskView{tid});
    refusal.filterable = decode::filterable_arguments(call);
    refusal.first_at = std::chrono::steady_clock::now();
    return refusal;
}

}  // namespace callgate::runners
