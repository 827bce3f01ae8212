#include "harness/engine/facts.h"

#include "harness/core/files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <sys/utsname.h>

#include <cstring>
#include <ctime>

namespace callgate::engine {

model::RunResult begin_result() {
    model::RunResult result;
    result.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::time(nullptr)));
    utsname host{};
    if (::uname(&host) == 0) {
        result.kernel = host.release;
        result.machine = host.machine;
    }
    return result;
}

std::vector<std::string> as_environment(const std::map<std::string, std::string>& variables) {
    std::vector<std::string> environment;
    environment.reserve(variables.size());
    for (const auto& [name, value] : variables) environment.push_back(fmt::format("{}={}", name, value));
    return environment;
}

std::string signal_name(int number) {
    const char* name = ::sigabbrev_np(number);
    return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

std::string what_happened(const model::ProcessEnd& end) {
    return (end.kind == model::ProcessEnd::Kind::signaled ? "was " : "") + model::describe(end);
}

std::string stop_problem(const ports::StopSpec& stop, const model::ProcessEnd& end) {
    const model::ProcessEnd clean{model::ProcessEnd::Kind::exited, 0};
    const model::ProcessEnd by_signal{model::ProcessEnd::Kind::signaled, stop.signal};
    if (stop.expect ? end == *stop.expect : end == clean || end == by_signal) return {};
    return fmt::format("after {} the workload {}, wanted: {}", signal_name(stop.signal), what_happened(end),
                       model::describe(stop.expect.value_or(clean)));
}

std::vector<std::string> process_names(const std::vector<pid_t>& pids) {
    std::vector<std::string> names;
    for (const pid_t pid : pids) {
        const auto comm = core::read_file(fmt::format("/proc/{}/comm", pid));
        const auto name = comm ? comm->substr(0, comm->find('\n')) : std::string{"?"};
        names.push_back(fmt::format("{}[{}]", name, pid));
    }
    return names;
}

}  // namespace callgate::engine
