#include "scenarios/command.h"

#include "harness/core/printable.h"
#include "harness/core/unique_fd.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace callgate::scenarios {

namespace {

using How = CommandResult::How;

constexpr std::string_view kPathPrefix = "PATH=";
constexpr std::size_t kLongestLine = 200;

bool is_program(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string search_path_of(const std::vector<std::string>& environment) {
    for (const auto& variable : environment) {
        if (variable.starts_with(kPathPrefix)) return variable.substr(kPathPrefix.size());
    }
    return {};
}

/// One stream of the command: the reading end of its pipe and what was read.
class Stream {
public:
    /// The writing end, for the command; none when there are no descriptors left.
    core::UniqueFd open() {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
        fd_.reset(ends[0]);
        ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
        return core::UniqueFd{ends[1]};
    }

    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Takes what is there; at the end of the stream there is no descriptor any more.
    void drain() {
        std::array<char, 16384> buffer;
        // Bounded, so that a command that never stops writing cannot keep the deadline from being looked at.
        for (int round = 0; round < 16 && fd_; ++round) {
            const auto count = ::read(fd_.get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && errno == EAGAIN) return;
            if (count <= 0) {
                fd_.reset();
                return;
            }
            keep({buffer.data(), static_cast<std::size_t>(count)});
        }
    }

    std::string take() {
        shrink(kKeptOutput);
        return std::move(text_);
    }

private:
    void keep(std::string_view text) {
        text_ += text;
        if (text_.size() > 2 * kKeptOutput) shrink(kKeptOutput);
    }

    void shrink(std::size_t size) {
        if (text_.size() > size) text_.erase(size / 2, text_.size() - size);
    }

    core::UniqueFd fd_;
    std::string text_;
};

How wait_for_end(const ports::StepContext& context, const ports::Instance& command, Stream& out, Stream& err,
                 core::SteadyTime deadline) {
    while (true) {
        std::array<pollfd, 5> fds{{{context.cancel.fd(), POLLIN, 0},
                                   {context.enough != nullptr ? context.enough->fd() : -1, POLLIN, 0},
                                   {command.leader_ended_fd(), POLLIN, 0},
                                   {out.fd(), POLLIN, 0},
                                   {err.fd(), POLLIN, 0}}};
        ::poll(fds.data(), fds.size(), poll_timeout(deadline));
        out.drain();
        err.drain();
        if (fds[0].revents != 0) return How::cancelled;
        if (fds[2].revents != 0) return How::ended;
        if (fds[1].revents != 0) return How::enough;
        if (std::chrono::steady_clock::now() >= deadline) return How::timed_out;
    }
}

CommandResult not_started(std::string problem) {
    CommandResult result;
    result.how = How::not_started;
    result.problem = std::move(problem);
    return result;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name, std::string_view search_path) {
    if (name.find('/') != std::string::npos) return is_program(name) ? std::optional{name} : std::nullopt;
    while (true) {
        const auto colon = search_path.find(':');
        const auto directory = search_path.substr(0, colon);
        // An empty entry means the current directory to a shell; nobody who writes a plan means that.
        if (!directory.empty()) {
            auto candidate = fmt::format("{}/{}", directory, name);
            if (is_program(candidate)) return candidate;
        }
        if (colon == std::string_view::npos) return std::nullopt;
        search_path.remove_prefix(colon + 1);
    }
}

std::string missing_program(const std::string& name, std::string_view search_path) {
    if (name.find('/') != std::string::npos) return fmt::format("no program '{}'", name);
    return fmt::format("no program '{}' on PATH ({}); install it, or set PATH in the workload's env", name,
                       search_path);
}

CommandResult run_command(const ports::StepContext& context, const std::vector<std::string>& argv,
                          core::SteadyTime deadline) {
    const auto search_path = search_path_of(context.environment);
    auto name = argv.front();
    // The command runs in the workload's directory, so a relative path means that one.
    if (name.find('/') != std::string::npos && !name.starts_with('/')) name = context.directory + "/" + name;
    const auto program = find_program(name, search_path);
    if (!program) return not_started(missing_program(argv.front(), search_path));

    Stream out;
    Stream err;
    const core::UniqueFd input{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    auto out_end = out.open();
    auto err_end = err.open();
    if (!input || !out_end || !err_end) return not_started(core::system_error("no pipe", errno).message);

    ports::LaunchRequest request;
    request.executable = *program;
    request.argv = argv;
    request.env = context.environment;
    request.directory = context.directory;
    if (context.identity != nullptr) request.identity = *context.identity;
    request.standard_input = input.get();
    request.standard_output = out_end.get();
    request.standard_error = err_end.get();
    auto launched = context.runner.launch(request);
    if (!launched) return not_started(launched.error().message);
    // Only the command holds them now: the streams end when it does.
    out_end.reset();
    err_end.reset();

    const auto& command = *launched;
    CommandResult result;
    result.how = wait_for_end(context, *command, out, err, deadline);
    result.end = command->leader_end();
    command->kill_all();
    out.drain();
    err.drain();
    if (result.how == How::ended && !command->start_failure().empty()) return not_started(command->start_failure());
    result.out = out.take();
    result.err = err.take();
    return result;
}

std::string last_line(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) return {};
    text = text.substr(0, end + 1);
    const auto newline = text.rfind('\n');
    if (newline != std::string_view::npos) text.remove_prefix(newline + 1);
    return core::shortened(core::printable(text), kLongestLine);
}

}  // namespace callgate::scenarios
