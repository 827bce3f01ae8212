// What the recorder says that a program called is what it called: programs.tests once more, and what is the recorder's
// own.
#include "harness/core/unique_fd.h"
#include "harness/model/call.h"
#include "program_table.h"
#include "runners/record/recorder.h"
#include "runners/runner_kind.h"
#include "under_profile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

using callgate::model::RecordedCall;
using callgate::model::RecordedValues;

namespace callgate::tests {

namespace {

using Instance = std::unique_ptr<ports::Instance>;
using Calls = std::vector<RecordedCall>;

const runners::RecorderKind& recorder() {
    return *runners::recorder_kinds().front();
}

/// False, with a word, where nothing can be recorded; a failure where CALLGATE_REQUIRE_KERNEL is set.
bool records_here() {
    static const auto works = recorder().probe();
    if (works) return true;
    if (std::getenv("CALLGATE_REQUIRE_KERNEL") != nullptr) FAIL(works.error().message);
    WARN("skipped: " << works.error().message);
    return false;
}

auto soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds{120};
}

ports::LaunchRequest request_for(std::vector<std::string> command) {
    if (command.front().find('/') == std::string::npos) command.front() = CALLGATE_PROGRAMS "/" + command.front();
    ports::LaunchRequest request;
    request.executable = command.front();
    request.argv = std::move(command);
    request.env = {"PATH=/usr/bin:/bin"};
    request.record = true;
    return request;
}

Instance launch(const ports::LaunchRequest& request, runners::Stacks stacks = runners::Stacks::unwanted) {
    const auto runner = runners::runner_kinds().front()->make(*runners::trap_backends().front(),
                                                              [stacks] { return recorder().make(stacks); });
    auto instance = runner->launch(request);
    INFO((instance ? "" : instance.error().message));
    REQUIRE(instance);
    return std::move(*instance);
}

/// Runs to the end with its output thrown away.
Instance run(std::vector<std::string> command) {
    auto request = request_for(std::move(command));
    const core::UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    request.standard_output = nothing.get();
    request.standard_error = nothing.get();
    auto instance = launch(request);
    REQUIRE(instance->wait_gone(soon()));
    CHECK(instance->gaps() == ports::Gaps{});
    return instance;
}

std::string name_of(const RecordedCall& call) {
    return model::syscall_name(call.audit_arch, call.nr);
}

std::uint64_t count(const Calls& calls, const std::string& call) {
    const auto nr = number_of(call);
    std::uint64_t sum = 0;
    for (const auto& one : calls) sum += (nr ? one.nr == *nr : name_of(one) == call) ? one.count : 0;
    return sum;
}

std::set<int> phases_of(const Calls& calls, const std::string& call) {
    std::set<int> phases;
    for (const auto& one : calls) {
        if (one.nr == number_of(call)) phases.insert(one.phase);
    }
    return phases;
}

/// Of the only entry with that name.
const RecordedCall& only(const Calls& calls, const std::string& name) {
    const RecordedCall* found = nullptr;
    for (const auto& one : calls) {
        if (name_of(one) != name) continue;
        REQUIRE(found == nullptr);
        found = &one;
    }
    REQUIRE(found != nullptr);
    return *found;
}

const RecordedCall& only(Calls&& calls, const std::string& name) = delete;  // it would be gone

/// Module, offset, function, file and line of each frame. What is in no module is elsewhere each time.
std::vector<std::string> places_of(const std::vector<model::StackFrame>& stack) {
    std::vector<std::string> places;
    for (const auto& frame : stack)
        places.push_back(fmt::format("{}+{:#x} {} {}:{}", frame.module, frame.module.empty() ? 0 : frame.offset,
                                     frame.symbol, frame.file, frame.line));
    return places;
}

class RecordedProgram : public Catch::ITestInvoker {
public:
    explicit RecordedProgram(ProgramRow row) : row_{std::move(row)} {}

    void invoke() const override {
        if (!records_here()) return;
        INFO(row_.where);
        const auto instance = run(row_.command);
        if (!instance->start_failure().empty() && row_.has("may not start")) {
            WARN("skipped: " << instance->start_failure());
            return;
        }
        constexpr int kSkipped = 77;  // a program that cannot show anything here exits with this
        if (instance->leader_end() == model::ProcessEnd{model::ProcessEnd::Kind::exited, kSkipped}) {
            WARN("skipped: not on this host");
            return;
        }
        const auto counted = count(instance->recorded(), row_.call);
        CHECK(counted >= row_.least);
        CHECK(counted <= row_.most);
    }

private:
    ProgramRow row_;
};

/// A shell that starts `number NR 5` for each line "NR" that it is sent, and answers when that is done.
class Obedient {
public:
    explicit Obedient(runners::Stacks stacks = runners::Stacks::unwanted)
        : Obedient{{"/bin/sh", "-c", "while read nr; do " CALLGATE_PROGRAMS "/number $nr 5; echo; done"}, {}, stacks} {}

    /// Any command that answers and goes when its input ends.
    Obedient(std::vector<std::string> command, std::vector<std::string> environment, runners::Stacks stacks) {
        std::array<int, 2> to{};
        std::array<int, 2> from{};
        REQUIRE(::pipe2(to.data(), O_CLOEXEC) == 0);
        REQUIRE(::pipe2(from.data(), O_CLOEXEC) == 0);
        const core::UniqueFd its_input{to[0]};
        const core::UniqueFd its_output{from[1]};
        orders_.reset(to[1]);
        answers_.reset(from[0]);
        auto request = request_for(std::move(command));
        request.env.insert(request.env.end(), environment.begin(), environment.end());
        request.standard_input = its_input.get();
        request.standard_output = its_output.get();
        instance_ = launch(request, stacks);
    }

    void call(int nr) const {
        const auto order = std::to_string(nr) + "\n";
        REQUIRE(::write(orders_.get(), order.data(), order.size()) == std::ssize(order));
        hear();
    }

    void hear() const {
        char answer = 0;
        REQUIRE(::read(answers_.get(), &answer, 1) == 1);
    }

    void set_phase(int phase) const { instance_->set_phase(phase); }
    [[nodiscard]] Calls so_far() const { return instance_->recorded(); }

    Calls end() {
        orders_.reset();
        REQUIRE(instance_->wait_gone(soon()));
        return instance_->recorded();
    }

private:
    core::UniqueFd orders_;
    core::UniqueFd answers_;
    Instance instance_;
};

/// What one of tests/programs/frames called, which stays until that is looked at.
Calls staying(std::vector<std::string> command) {
    Obedient frames{std::move(command), {"STAY=1"}, runners::Stacks::wanted};
    frames.hear();
    frames.set_phase(1);
    return frames.end();
}

}  // namespace

void register_recorder_cases() {
    for (const auto& row : program_table()) {
        if (row.has("not recorder")) continue;
        // Catch2 takes ownership of the invoker.
        const Catch::AutoReg registered{
            new RecordedProgram{row}, CATCH_INTERNAL_LINEINFO, Catch::StringRef{},
            Catch::NameAndTags{"`" + joined(row.command) + "` recorded: " + row.call, "[kernel]"}};
    }
}

TEST_CASE("a recording begins with the workload's execve: nothing of callgate's own launch is in it", "[kernel]") {
    if (!records_here()) return;
    const auto instance = run({"calls", "3"});
    const auto calls = instance->recorded();
    CHECK(only(calls, "execve").count == 1);
    CHECK(only(calls, "getppid").count == 3);
    CHECK(only(calls, "exit_group").count == 1);
    for (const auto* const launching : {"futex", "setsid", "seccomp", "rt_sigprocmask", "dup2", "chdir"}) {
        INFO(launching);
        CHECK(count(calls, launching) == 0);
    }
    for (const auto& call : calls) {
        CHECK(call.executable == CALLGATE_PROGRAMS "/calls");
        CHECK(call.phase == 0);
    }
}

TEST_CASE("a program that cannot be started has called nothing", "[kernel]") {
    if (!records_here()) return;
    const auto instance = run({"/no/such/program"});
    CHECK_FALSE(instance->start_failure().empty());
    CHECK(instance->recorded().empty());
}

TEST_CASE("of ten thousand forks none is missed", "[kernel]") {
    if (!records_here()) return;
    const auto calls = run({"forks", "10000", "3"})->recorded();
    CHECK(count(calls, "getppid") == 30000);
    CHECK(count(calls, "exit_group") == 10001);
    CHECK(count(calls, "clone") + count(calls, "fork") == 10000);
}

TEST_CASE("recordings at the same time see their own trees, and nobody else's", "[kernel]") {
    if (!records_here()) return;
    Obedient one;
    Obedient other;
    const auto unrelated = [] { return std::system(CALLGATE_PROGRAMS "/number 1203 5"); };
    for (int i = 0; i < 20; ++i) {
        one.call(1201);
        REQUIRE(unrelated() == 0);
        other.call(1202);
    }
    const auto of_one = one.end();
    other.call(1202);
    const auto of_other = other.end();
    CHECK(count(of_one, "1201") == 100);
    CHECK(count(of_one, "1202") == 0);
    CHECK(count(of_one, "1203") == 0);
    CHECK(count(of_other, "1202") == 105);
    CHECK(count(of_other, "1201") == 0);
    CHECK(count(of_other, "1203") == 0);
}

TEST_CASE("a call belongs to the phase that was set before it was made", "[kernel]") {
    if (!records_here()) return;
    Obedient shell;
    shell.call(1201);
    shell.set_phase(7);
    for (const int nr : {1202, 1203, 1203}) shell.call(nr);
    shell.set_phase(8);
    CHECK(phases_of(shell.so_far(), "1203") == std::set{7});
    shell.call(1204);
    shell.set_phase(7);
    shell.call(1203);
    const auto calls = shell.end();
    CHECK(phases_of(calls, "1201") == std::set{0});
    CHECK(phases_of(calls, "1202") == std::set{7});
    CHECK(phases_of(calls, "1203") == std::set{7});
    CHECK(phases_of(calls, "1204") == std::set{8});
    CHECK(count(calls, "1203") == 15);
    // The shell waits for each of its children in each phase.
    CHECK(count(calls, "wait4") >= 6);
}

TEST_CASE("the times of a call lie where it was made", "[kernel]") {
    if (!records_here()) return;
    const auto before = std::chrono::steady_clock::now();
    Obedient shell;
    shell.call(1201);
    const auto between = std::chrono::steady_clock::now();
    shell.set_phase(1);
    shell.call(1201);
    const auto calls = shell.end();
    const auto after = std::chrono::steady_clock::now();
    constexpr std::chrono::milliseconds kTick{10};
    for (const auto& call : calls) {
        INFO(name_of(call) << " in phase " << call.phase);
        CHECK(call.first >= (call.phase == 0 ? before : between));
        CHECK(call.last >= call.first);
        CHECK(call.last <= (call.phase == 0 && call.nr == 1201 ? between : after) + kTick);
    }
}

TEST_CASE("calls are told apart by the program that makes them", "[kernel]") {
    if (!records_here()) return;
    const auto calls =
        run({"/bin/sh", "-c", CALLGATE_PROGRAMS "/calls 3; " CALLGATE_PROGRAMS "/number 999 2; exit 0"})->recorded();
    std::set<std::string> programs;
    for (const auto& call : calls) {
        programs.insert(call.executable);
        if (call.nr == 999) CHECK(call.executable == CALLGATE_PROGRAMS "/number");
        // The shell asks for its parent too, once.
        if (name_of(call) == "getppid") CHECK(call.count == (call.executable == CALLGATE_PROGRAMS "/calls" ? 3 : 1));
    }
    CHECK(programs.size() == 3);
    CHECK(programs.count(CALLGATE_PROGRAMS "/calls") == 1);
}

TEST_CASE("arguments worth filtering are recorded as a filter sees them, together and with their counts", "[kernel]") {
    if (!records_here()) return;
    const auto instance = run({"varied", "arguments"});
    const auto calls = instance->recorded();
    CHECK(only(calls, "socket").values ==
          std::vector<RecordedValues>{{{AF_UNIX, SOCK_STREAM, 0}, 3}, {{AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 17}, 1}});
    CHECK(only(calls, "prctl").values ==
          std::vector<RecordedValues>{{{PR_SET_DUMPABLE, 0}, 1}, {{PR_SET_DUMPABLE, 1}, 1}, {{PR_SET_NAME}, 1}});
    CHECK(only(calls, "personality").values == std::vector<RecordedValues>{{{0xffffffff}, 1}});
    CHECK(only(calls, "openat2").values == std::vector<RecordedValues>{{{O_PATH | O_CLOEXEC}, 1}});
    CHECK(only(calls, "close").values.empty());
    const auto& mapped = only(calls, "mmap");
    std::uint64_t told = 0;
    for (const auto& values : mapped.values) told += values.count;
    CHECK(told == mapped.count);
    CHECK(mapped.untold == 0);
}

TEST_CASE("where a call was made is found as the trap finds it, though nothing stopped", "[kernel]") {
    if (!records_here()) return;
    const std::vector<std::string> command = GENERATE(values<std::vector<std::string>>({
        {"frames"},
        {"frames_no_pie"},
        {"frames_static"},
        {"frames_static_pie"},
        {"frames_no_frame_pointer"},
        {"frames_split"},
        {"frames_stripped"},
        {"frames_no_tables"},
        {"frames", "deep", "20"},
        {"frames", "signal"},
        {"frames", "thread"},
        {"frames", "copied"},
        {"frames", "leaf"},
        {"frames", "memfd"},
    }));
    INFO(joined(command));
    const auto ran = run_under(denying("getppid"), model::Mode::log, command);
    REQUIRE(ran.result.violations.size() == 1);
    const auto expected = places_of(ran.result.violations[0].stack);
    REQUIRE_FALSE(expected.empty());
    const auto calls = staying(command);
    CHECK(places_of(only(calls, "getppid").stack) == expected);
}

TEST_CASE("a 32-bit program's calls are found in its code too", "[kernel]") {
    if (!records_here()) return;
    if (std::system(CALLGATE_PROGRAMS "/frames_32 2>/dev/null") != 0) {
        WARN("skipped: this compiler makes no 32-bit programs, or this kernel runs none");
        return;
    }
    const auto calls = staying({"frames_32"});
    const auto& stack = only(calls, "getppid").stack;
    REQUIRE(stack.size() >= 3);
    CHECK(stack[0].symbol == "inner");
    CHECK(stack[1].symbol == "middle");
    CHECK(stack[2].symbol == "outer");
}

TEST_CASE("a stack that is deeper than what is copied gives its inner frames", "[kernel]") {
    if (!records_here()) return;
    const auto calls = staying({"frames", "deep", "10000"});
    const auto& stack = only(calls, "getppid").stack;
    REQUIRE(stack.size() >= 4);
    CHECK(stack.size() <= 64);
    CHECK(stack[0].symbol == "inner");
    CHECK(stack.back().symbol == "deep");
}

TEST_CASE("what a child did before its execve is found in the code of its parent, which lives on", "[kernel]") {
    if (!records_here()) return;
    Obedient shell{runners::Stacks::wanted};
    shell.call(999);
    shell.set_phase(1);
    const auto calls = shell.end();
    const auto by_shell = std::find_if(calls.begin(), calls.end(), [](const RecordedCall& call) {
        return name_of(call) == "execve" && !call.stack.empty();
    });
    REQUIRE(by_shell != calls.end());
    CHECK(by_shell->stack.front().symbol == "execve");
}

TEST_CASE("nobody pays for stacks that are not wanted", "[kernel]") {
    if (!records_here()) return;
    Obedient shell;
    shell.call(999);
    shell.set_phase(1);
    for (const auto& call : shell.end()) CHECK(call.stack.empty());
}

TEST_CASE("more values of a call than are kept are counted and told", "[kernel]") {
    if (!records_here()) return;
    const auto calls = run({"varied", "requests", "100"})->recorded();
    const auto& ioctl = only(calls, "ioctl");
    CHECK(ioctl.count == 100);
    CHECK(ioctl.values.size() == 64);
    CHECK(ioctl.values.front() == RecordedValues{{1}, 1});
    CHECK(ioctl.untold == 36);
}

TEST_CASE("calls that could not be counted are told, to the last one", "[kernel]") {
    if (!records_here()) return;
    auto request = request_for({"varied", "numbers", "5000"});
    const auto instance = launch(request);
    REQUIRE(instance->wait_gone(soon()));
    std::uint64_t counted = 0;
    for (const auto& call : instance->recorded()) counted += call.nr >= 2000 ? call.count : 0;
    CHECK(counted == 4096);
    CHECK(instance->gaps() == ports::Gaps{"904 system calls were made that the kernel could not count"});
}

TEST_CASE("a confined workload is recorded too: what happened, not what the filter refused", "[kernel]") {
    if (!records_here()) return;
    // getppid (110) is refused with EPERM, in log mode let through.
    const bpf::Program filter{{0x20, 0, 0, 0}, {0x15, 0, 1, 110}, {0x06, 0, 0, 0x00050001}, {0x06, 0, 0, 0x7fff0000}};
    const auto mode = GENERATE(model::Mode::log, model::Mode::error, model::Mode::enforce);
    auto request = request_for({"calls", "10"});
    request.confinement = ports::Confinement{mode, filter, 0, {}};
    const auto instance = launch(request);
    REQUIRE(instance->wait_gone(soon()));
    const auto calls = instance->recorded();
    CHECK(count(calls, "getppid") == (mode == model::Mode::log ? 10 : 0));
    CHECK(only(calls, "execve").count == 1);
}

}  // namespace callgate::tests
