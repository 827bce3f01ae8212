#include "harness/cli/reference.h"

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/engine/program.h"
#include "harness/engine/reference.h"

#include <fmt/format.h>

#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>

namespace callgate::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kLongestKept{24};

/// "" when nothing says where.
fs::path cache_directory(const std::map<std::string, std::string>& environment) {
    const auto of = [&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? fs::path{} : fs::path{found->second};
    };
    if (auto own = of("CALLGATE_CACHE"); !own.empty()) return own;
    if (const auto cache = of("XDG_CACHE_HOME"); !cache.empty()) return cache / "callgate";
    const auto home = of("HOME");
    return home.empty() ? fs::path{} : home / ".cache" / "callgate";
}

/// A program that was built or installed anew is another one.
std::string state_of(const fs::path& program) {
    std::error_code error;
    const auto size = fs::file_size(program, error);
    const auto written = fs::last_write_time(program, error);
    return fmt::format("{} {} {}\n", program.string(), size, written.time_since_epoch().count());
}

std::shared_ptr<const engine::Reference> kept(const fs::path& path) {
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (error || fs::file_time_type::clock::now() - written > kLongestKept) return nullptr;
    const auto text = core::read_file(path);
    auto reference = text ? engine::read_reference(*text) : std::nullopt;
    return reference ? std::make_shared<const engine::Reference>(std::move(*reference)) : nullptr;
}

void keep(const engine::Reference& reference, const fs::path& path) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    // The next run measures again where this one could not write.
    if (!error) (void)core::write_file(path, engine::reference_text(reference));
}

}  // namespace

std::string fingerprint_of(const TestPlan& test) {
    utsname host{};
    ::uname(&host);
    std::string text = fmt::format("{} {} {} {}\n", version(), host.release, host.machine, ::geteuid());
    text += state_of(fs::read_symlink("/proc/self/exe"));
    for (const auto& input : test.inputs) text += fmt::format("{} {}\n", input.path, input.sha256);
    for (const auto& instance : test.run.reference_instances) {
        text += instance.owner + ":";
        for (const auto& scenario : instance.scenarios) text += " " + scenario;
        text += "\n";
    }
    for (const auto& workload : test.workloads) {
        for (const auto& word : workload.command) text += word + "\n";
        for (const auto& [name, value] : workload.env) text += fmt::format("{}={}\n", name, value);
        const auto program = engine::find_program(workload.command.front(), workload.env, "/");
        if (program) text += state_of(*program);
    }
    return core::sha256(text);
}

std::vector<model::CaseResult> take_reference(TestPlan& test, Baseline baseline, ports::Runner& runner,
                                              ports::EventSink& events, const Invocation& invocation) {
    if (baseline == Baseline::none || test.run.reference_instances.empty()) return {};
    const auto directory = cache_directory(invocation.environment);
    const auto path = directory.empty() ? fs::path{} : directory / ("baseline-" + fingerprint_of(test) + ".json");
    if (baseline == Baseline::kept && !path.empty()) test.run.reference = kept(path);
    if (test.run.reference) return {};
    auto measured = engine::measure_reference(test.run, runner, events, invocation.cancel);
    if (measured.reference->faults.empty() && !invocation.cancel.requested() && !path.empty())
        keep(*measured.reference, path);
    test.run.reference = std::move(measured.reference);
    return std::move(measured.cases);
}

}  // namespace callgate::cli
