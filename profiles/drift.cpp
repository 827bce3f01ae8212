#include "profiles/drift.h"

#include "harness/core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace callgate::profiles {

namespace {

using Calls = std::map<std::pair<std::string, std::string>, const model::CallEvidence*>;

Calls by_name(const Lock& lock) {
    Calls calls;
    for (const auto& call : lock.evidence.calls) calls[{call.arch, call.syscall}] = &call;
    return calls;
}

const LockedProgram* find_program(const Lock& lock, const std::string& path) {
    const auto found = std::find_if(lock.programs.begin(), lock.programs.end(),
                                    [&](const LockedProgram& program) { return program.path == path; });
    return found == lock.programs.end() ? nullptr : &*found;
}

std::string version_of(const LockedProgram& program) {
    return program.package.empty() ? program.sha256.substr(0, 12) : program.package;
}

/// Why a call may be in `with` and not in `without`.
class Causes {
public:
    Causes(const Lock& with, const Lock& without, bool added) : with_{with}, without_{without}, added_{added} {}

    std::vector<std::string> of(const model::CallEvidence& call) {
        causes_.clear();
        if (only_in_other_scenarios(call)) return causes_;
        for (const auto& path : call.executables) compare_program(path);
        compare("the C library", without_.libc, with_.libc);
        compare("the kernel", without_.kernel, with_.kernel);
        if (with_.plan_sha256 != without_.plan_sha256) causes_.emplace_back("the plan is another one");
        compare_files();
        if (causes_.empty()) {
            causes_.push_back(call.runs == with_.evidence.runs
                                  ? "nothing that is known changed"
                                  : fmt::format("nothing that is known changed, and it is in {} of {} runs: chance",
                                                call.runs, with_.evidence.runs));
        }
        return causes_;
    }

private:
    /// Whether nothing but scenarios that the other recording did not play makes it.
    bool only_in_other_scenarios(const model::CallEvidence& call) {
        const auto was_played = [&](const std::string& name) {
            const auto& played = without_.scenarios;
            return name == "startup" || name == "shutdown" || name == "run" ||
                   std::find(played.begin(), played.end(), name) != played.end();
        };
        for (const auto& [name, count] : call.by_case) {
            if (was_played(name)) {
                causes_.clear();
                return false;
            }
            causes_.push_back(fmt::format("the scenario '{}' {}", name, added_ ? "is new" : "is not played any more"));
        }
        return !causes_.empty();
    }

    void compare_program(const std::string& path) {
        const auto* here = find_program(with_, path);
        const auto* there = find_program(without_, path);
        if (here == nullptr) return;
        if (there == nullptr) {
            causes_.push_back(fmt::format("{} {}", path, added_ ? "is new" : "took no part"));
        } else if (here->sha256 != there->sha256) {
            compare(path, version_of(*there), version_of(*here));
        }
    }

    void compare_files() {
        for (const auto& file : with_.files) {
            const auto there = std::find_if(without_.files.begin(), without_.files.end(),
                                            [&](const model::InputFile& other) { return other.path == file.path; });
            if (there == without_.files.end() || there->sha256 != file.sha256)
                causes_.push_back(file.path + " is another one");
        }
    }

    void compare(const std::string& what, const std::string& without, const std::string& with) {
        if (without == with) return;
        causes_.push_back(fmt::format("{} is {}, was {}", what, added_ ? with : without, added_ ? without : with));
    }

    const Lock& with_;
    const Lock& without_;
    bool added_;
    std::vector<std::string> causes_;
};

void add_missing(const Lock& with, const Lock& without, bool added, std::vector<DriftedCall>& drifted) {
    const auto there = by_name(without);
    Causes causes{with, without, added};
    for (const auto& [key, call] : by_name(with)) {
        if (there.count(key) == 0) drifted.push_back({added, key.first, key.second, causes.of(*call)});
    }
}

}  // namespace

std::vector<DriftedCall> drift(const Lock& before, const Lock& after) {
    std::vector<DriftedCall> drifted;
    add_missing(after, before, true, drifted);
    add_missing(before, after, false, drifted);
    return drifted;
}

std::string render_text(const std::vector<DriftedCall>& drifted, const Lock& before, const Lock& after) {
    if (drifted.empty()) return {};
    const auto added = std::count_if(drifted.begin(), drifted.end(), [](const auto& one) { return one.added; });
    auto out = fmt::format("{}: since {} {} new, {} no longer made\n", after.workload, before.recorded_at, added,
                           static_cast<std::ptrdiff_t>(drifted.size()) - added);
    for (const auto& one : drifted) {
        out += fmt::format("{} {} on {}\n", one.added ? "+" : "-", one.syscall, one.arch);
        for (const auto& cause : one.causes) out += fmt::format("      {}\n", cause);
    }
    return core::printable_lines(out);
}

}  // namespace callgate::profiles
