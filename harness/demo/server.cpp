#include "harness/demo/server.h"

#include "harness/demo/durable_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <functional>
#include <system_error>

namespace callgate::demo {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// What goes wrong with a file that the user named is the user's to put right.
template <class Step>
auto from_options(const Step& step) {
    try {
        return step();
    } catch (const std::system_error& error) {
        throw InputError(error.what());
    }
}

/// False when the step failed, after saying so.
bool attempt(const char* name, const std::function<void()>& step) {
    try {
        step();
        return true;
    } catch (const std::exception& error) {
        log_line(std::string(name) + ": " + error.what());
        return false;
    }
}

}  // namespace

Server::Server(Options options)
    : options_(std::move(options)),
      pid_file_(options_.state_directory + "/server.pid"),
      config_(from_options([&] { return std::make_shared<const Config>(read_config(options_.config)); })),
      tickets_(from_options([&] { return TicketKeys(options_.state_directory); })),
      tls_(from_options([&] { return make_tls_context(options_.certificate, options_.key, tickets_); })),
      log_(from_options([&] { return AccessLog(options_.access_log); })),
      heap_(options_.heap_limit),
      world_(options_.workers),
      collector_(heap_, world_),
      site_(config_, heap_, collector_, tickets_, metrics_),
      http_(options_.http_port),
      https_(options_.https_port) {
    from_options([&] { write_pid_file(); });
    for (std::size_t number = 0; number < options_.workers; ++number) {
        workers_.push_back(std::make_unique<Worker>(
            Shared{http_, https_, tls_, site_, world_, log_, metrics_, options_.release}, number));
    }
    const std::string ready =
        "ready http=" + std::to_string(http_.port()) + " https=" + std::to_string(https_.port()) + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, ready.data(), ready.size());
}

void Server::write_pid_file() const {
    const UniqueFd file(::open(pid_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (!file || ::write(file.get(), pid.data(), pid.size()) < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot write " + pid_file_);
    }
}

void Server::reload() {
    bool good = attempt("config not reloaded",
                        [&] { config_.replace(std::make_shared<const Config>(read_config(options_.config))); });
    good &= attempt("certificate not reloaded",
                    [&] { tls_.replace(make_tls_context(options_.certificate, options_.key, tickets_)); });
    good &= attempt("access log not reopened", [&] { log_.reopen(); });
    metrics_.reloads.fetch_add(1);
    if (good) log_line("reloaded");
}

bool Server::drain() {
    for (const auto& worker : workers_) worker->drain();
    workers_.clear();
    bool saved = attempt("state not saved", [&] {
        replace_file(options_.state_directory + "/state.json", metrics_text(), 0644,
                     options_.release < 2 ? Durability::contents_and_name : Durability::file_system);
    });
    if (::unlink(pid_file_.c_str()) != 0) {
        log_line("cannot remove " + pid_file_, errno);
        saved = false;
    }
    return saved;
}

std::string Server::metrics_text() const {
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) != 0) log_line("cannot tell the processor time", errno);
    const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - started_;
    const auto line = [](const char* name, const auto& value) {
        return std::string("  \"") + name + "\": " + std::to_string(value);
    };
    return "{\n" + line("uptime_seconds", uptime.count()) + ",\n" +
           line("processor_seconds", seconds(usage.ru_utime) + seconds(usage.ru_stime)) + ",\n" +
           line("connections", metrics_.connections.load()) + ",\n" + line("requests", metrics_.requests.load()) +
           ",\n" + line("reloads", metrics_.reloads.load()) + ",\n" +
           line("key_rotations", metrics_.key_rotations.load()) + ",\n" +
           line("collections", heap_.stats().collections) + "\n}\n";
}

}  // namespace callgate::demo
