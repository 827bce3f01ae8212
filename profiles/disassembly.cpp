#include "profiles/disassembly.h"

#include "harness/bpf/disassemble.h"
#include "harness/bpf/evaluate.h"
#include "harness/core/printable.h"
#include "harness/model/arch.h"
#include "harness/model/syscall_table.h"
#include "profiles/annotate.h"

#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

std::vector<bpf::Line> lines_of(const Filter& filter) {
    constexpr std::int32_t kX32Bit = 0x4000'0000;  // what is not below is x32 (seccomp(2))
    auto lines = bpf::disassemble(filter.program(), [](std::uint32_t audit_arch, std::int32_t nr) {
        if (nr == kX32Bit) return std::string{};
        const auto* known = model::syscall_at(model::arch_of_call(audit_arch, nr), nr);
        return known == nullptr ? std::string{} : std::string{known->name};
    });
    const auto notes = notes_of(filter);
    for (auto& line : lines) {
        const auto note = core::printable(notes[line.at]);
        // The name that is compared stands in the note of its rule as well.
        const auto name = " " + line.comment;
        if (line.comment.empty() || note.ends_with(name) || note.find(name + ",") != std::string::npos) {
            line.comment = note.empty() ? line.comment : note;
        } else if (!note.empty()) {
            line.comment += ", " + note;
        }
    }
    return lines;
}

}  // namespace

std::string disassembly_text(const Filter& filter) {
    return bpf::to_text(lines_of(filter));
}

std::string path_text(const Filter& filter, const model::Call& call) {
    auto lines = lines_of(filter);
    std::vector<bpf::Line> path;
    for (const auto at : bpf::explain(filter.program(), call).executed) path.push_back(std::move(lines[at]));
    return bpf::to_text(path);
}

}  // namespace callgate::profiles
