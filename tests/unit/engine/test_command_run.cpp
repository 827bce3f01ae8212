#include "harness/engine/command_run.h"
#include "tests/support/fake_instance.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

using Lines = std::vector<std::string>;
using model::ProcessEnd;

constexpr std::uint32_t kArch = 0xC000003E;  // AUDIT_ARCH_X86_64

/// What the command does, and what was done to it.
struct Script {
    ProcessEnd end{ProcessEnd::Kind::exited, 0};  ///< `running`: only a signal ends it
    std::string start_failure;
    std::string launch_error;
    bool leftovers = false;
    bool no_new_privs = false;
    std::vector<model::Refusal> refusals;
    ports::Gaps gaps;
    Lines calls;
    std::vector<ports::LaunchRequest> requests;
};

class Command final : public tests::FakeInstance {
public:
    explicit Command(Script& script) : script_{script} {
        children = {2147483646, 2147483647};  // no process has such a number
        on_signal = [this](int number) {
            script_.calls.push_back(fmt::format("signal {}", number));
            end({ProcessEnd::Kind::signaled, number});
        };
        if (!script.start_failure.empty()) fail_to_start(script.start_failure);
        if (script.end.kind != ProcessEnd::Kind::running) end(script.end);
    }
    bool wait_gone(core::SteadyTime deadline) override { return !script_.leftovers && wait_leader(deadline); }
    [[nodiscard]] std::vector<pid_t> processes() const override { return children; }
    void kill_all() override {
        script_.calls.emplace_back("kill");
        FakeInstance::kill_all();
    }
    [[nodiscard]] std::vector<model::Refusal> refusals() const override { return script_.refusals; }
    [[nodiscard]] ports::Gaps gaps() const override { return script_.gaps; }
    [[nodiscard]] std::vector<ports::Note> notes() const override { return {}; }
    [[nodiscard]] bool no_new_privs() const override { return script_.no_new_privs; }

private:
    Script& script_;
};

class CommandRunner final : public ports::Runner {
public:
    explicit CommandRunner(Script& script) : script_{script} {}
    core::Result<std::unique_ptr<ports::Instance>> launch(const ports::LaunchRequest& request) override {
        script_.requests.push_back(request);
        if (!script_.launch_error.empty()) return core::fail(script_.launch_error);
        return std::unique_ptr<ports::Instance>{std::make_unique<Command>(script_)};
    }

private:
    Script& script_;
};

struct World {
    Script script;
    core::Cancel cancel;
    CommandPlan plan;

    World() {
        Candidate candidate;
        candidate.name = "p.json";
        candidate.program = {{0x06, 0, 0, 0x7FFF0000}};  // return ALLOW
        candidate.filter_flags = 2;
        plan.candidate = std::make_shared<const Candidate>(std::move(candidate));
        plan.command = {"/bin/sh", "-c", "never run"};
        plan.environment = {{"PATH", "/bin"}};
        plan.grace = core::Milliseconds{1};
    }
    model::RunResult run() {
        CommandRunner runner{script};
        auto result = run_command(plan, runner, cancel);
        REQUIRE(result.cases.size() == 1);
        return result;
    }
    /// "passed", or "violated: the profile…".
    std::string told() {
        const auto one = run().cases.front();
        std::string text{model::outcome_name(one.outcome)};
        for (const auto& reason : one.reasons) text += ": " + reason;
        return text;
    }
};

}  // namespace

TEST_CASE("a command is one case under its profile, in callgate's own streams and process group", "[engine]") {
    World world;
    world.plan.mode = model::Mode::error;
    world.plan.never_let_through = {"reboot"};
    const auto result = world.run();
    const auto& one = result.cases.front();
    CHECK(one.name == "p.json / errno / run");
    CHECK(one.workload == "/bin/sh");
    CHECK(one.outcome == model::Outcome::passed);
    CHECK(one.end == ProcessEnd{ProcessEnd::Kind::exited, 0});
    CHECK(one.notes.empty());
    CHECK(result.plan.empty());
    CHECK(result.interrupted_by == 0);
    CHECK(world.script.calls == Lines{"kill"});

    REQUIRE(world.script.requests.size() == 1);
    const auto& request = world.script.requests.front();
    CHECK(request.executable == "/bin/sh");
    CHECK(request.argv == world.plan.command);
    CHECK(request.env == Lines{"PATH=/bin"});
    CHECK(request.directory.empty());
    CHECK_FALSE(request.own_session);
    CHECK(request.standard_input == 0);
    CHECK(request.standard_output == 1);
    CHECK(request.standard_error == 2);
    REQUIRE(request.confinement.has_value());
    CHECK(request.confinement->mode == model::Mode::error);
    CHECK(request.confinement->candidate == world.plan.candidate->program);
    CHECK(request.confinement->filter_flags == 2);
    CHECK(request.confinement->never_let_through == Lines{"reboot"});
}

TEST_CASE("a command that is to run elsewhere is looked for there and starts there", "[engine]") {
    World world;
    world.plan.command = {"./sh", "-c", "never run"};
    world.plan.directory = "/bin";
    (void)world.run();
    REQUIRE(world.script.requests.size() == 1);
    CHECK(world.script.requests.front().directory == "/bin");
    CHECK(world.script.requests.front().executable == "/bin/./sh");
}

TEST_CASE("how a command ends by itself is not judged, unless the filter ended it", "[engine]") {
    const auto [end, told] = GENERATE(table<ProcessEnd, std::string>({
        {{ProcessEnd::Kind::exited, 3}, "passed"},
        {{ProcessEnd::Kind::signaled, SIGSEGV}, "passed"},
        {{ProcessEnd::Kind::signaled, SIGSYS},
         "workload-failed: the command was killed by SIGSYS: the filter kills or traps a call that it makes"},
    }));
    World world;
    world.script.end = end;
    CHECK(world.told() == told);
}

TEST_CASE("a command that cannot be started is told with the reason", "[engine]") {
    World world;
    std::string told;
    SECTION("its program is missing") {
        world.plan.command = {"no-such-program-here"};
        told = "setup-failed: no program 'no-such-program-here' in PATH (/bin); install it or give its path";
    }
    SECTION("the launch fails") {
        world.script.launch_error = "ptrace: Operation not permitted (errno 1)";
        told = "setup-failed: " + world.script.launch_error;
    }
    SECTION("it cannot be executed") {
        world.script.start_failure = "cannot execute '/bin/sh': Exec format error (errno 8)";
        told = "workload-failed: " + world.script.start_failure;
    }
    CHECK(world.told() == told);
}

TEST_CASE("what a command leaves behind is killed after the grace and named", "[engine]") {
    World world;
    world.script.leftovers = true;
    const auto one = world.run().cases.front();
    CHECK(one.outcome == model::Outcome::passed);
    CHECK(one.notes == Lines{"still there 1 ms after the command ended, and killed: ?[2147483646], ?[2147483647]"});
    CHECK(world.script.calls == Lines{"kill"});
}

TEST_CASE("a command is sent the signal that callgate got", "[engine]") {
    World world;
    world.script.end = {};
    world.cancel.request(SIGTERM);
    const auto result = world.run();
    CHECK(result.interrupted_by == SIGTERM);
    CHECK(result.cases.front().outcome == model::Outcome::skipped);
    CHECK(result.cases.front().reasons == Lines{"interrupted by SIGTERM"});
    CHECK(result.cases.front().end == ProcessEnd{ProcessEnd::Kind::signaled, SIGTERM});
    CHECK(world.script.calls == Lines{"signal 15", "kill"});
    CHECK(model::exit_code(result) == 128 + SIGTERM);
}

TEST_CASE("refusals, gaps and no_new_privs of a command are told", "[engine]") {
    World world;
    model::Refusal refused;
    refused.call = {41, kArch, 0x401000, {}};
    refused.action = {model::ActionKind::error, 1};
    refused.count = 2;
    world.script.refusals = {refused};
    world.script.gaps = {"events were lost"};
    world.script.no_new_privs = true;
    const auto one = world.run().cases.front();
    CHECK(one.outcome == model::Outcome::violated);
    CHECK(one.reasons ==
          Lines{"the profile would refuse socket (2 calls)", "not everything could be seen: events were lost"});
    CHECK(one.notes == Lines{"the command ran with no_new_privs: set-uid programs kept their caller's user"});
    REQUIRE(one.violations.size() == 1);
    CHECK(one.violations.front().phase == "run");
    CHECK(one.violations.front().count == 2);
}

}  // namespace callgate::engine
