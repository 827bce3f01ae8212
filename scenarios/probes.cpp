#include "scenarios/probes.h"

#include "harness/core/result.h"
#include "harness/core/unique_fd.h"
#include "scenarios/command.h"
#include "scenarios/net/connection.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace callgate::scenarios {

std::string probe_http(const http::LoadSpec& spec, const ports::StepContext& context, core::SteadyTime deadline) {
    http::LoadLimits limits;
    limits.count = 1;
    limits.deadline = deadline;
    limits.cancel = context.cancel.fd();
    limits.workload_ended = context.workload.leader_ended_fd();
    const auto result = http::run_load(spec, limits);
    if (!result.setup_problem.empty()) return result.setup_problem;
    if (!result.failures.empty()) return result.failures.begin()->first;
    return result.requests == 1 ? std::string{} : "no response";
}

std::string probe_tcp(const http::Endpoint& endpoint, const ports::StepContext& context, core::SteadyTime deadline) {
    const auto connection = net::Connection::open(endpoint, {context.cancel.fd(), deadline});
    return connection ? std::string{} : connection.error().message;
}

std::string probe_log(const std::string& text, const ports::StepContext& context, std::int64_t from) {
    auto missing = fmt::format("no '{}' in its output", text);
    if (context.log.empty()) return missing + ", which is not kept";
    const core::UniqueFd fd{::open(context.log.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd) return core::system_error("cannot read its output", errno).message;
    ::lseek(fd.get(), from, SEEK_SET);
    std::string window;
    std::array<char, 65536> buffer;
    while (true) {
        const auto count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return missing;
        window.append(buffer.data(), static_cast<std::size_t>(count));
        if (window.find(text) != std::string::npos) return {};
        // What is left may be the beginning of the text.
        window.erase(0, window.size() - std::min(window.size(), text.size() - 1));
    }
}

std::string probe_exec(const std::vector<std::string>& command, const ports::StepContext& context,
                       core::SteadyTime deadline) {
    const auto result = run_command(context, command, deadline);
    switch (result.how) {
        case CommandResult::How::not_started:
            return result.problem;
        case CommandResult::How::ended:
            break;
        default:
            return fmt::format("{} did not end", command.front());
    }
    if (result.end == model::ProcessEnd{model::ProcessEnd::Kind::exited, 0}) return {};
    const auto words = last_line(result.err.empty() ? result.out : result.err);
    return fmt::format("{} {}{}{}", command.front(), model::describe(result.end), words.empty() ? "" : ": ", words);
}

}  // namespace callgate::scenarios
