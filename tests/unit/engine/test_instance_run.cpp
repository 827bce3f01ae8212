#include "harness/engine/engine.h"
#include "tests/support/fake_instance.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

using Lines = std::vector<std::string>;
using model::Outcome;
using model::ProcessEnd;

constexpr ProcessEnd kExitedWith3{ProcessEnd::Kind::exited, 3};

/// What the test wants of the workload, and what it saw of it.
struct Script {
    ProcessEnd on_stop{ProcessEnd::Kind::exited, 0};  ///< `running`: it does not heed the signal
    std::string launch_error;
    std::string start_failure;
    bool ends_at_once = false;
    bool leftovers = false;
    bool no_new_privs = false;
    std::vector<model::Refusal> refusals;
    ports::Gaps gaps;
    Lines calls;  ///< "signal 15", "phase 2", "kill"
    std::vector<ports::LaunchRequest> requests;
    tests::FakeInstance* current = nullptr;
};

class ScriptedInstance final : public tests::FakeInstance {
public:
    explicit ScriptedInstance(Script& script) : script_{script} {
        on_signal = [this](int number) {
            script_.calls.push_back(fmt::format("signal {}", number));
            if (script_.on_stop.kind != ProcessEnd::Kind::running) end(script_.on_stop);
        };
        children = {2147483646, 2147483647};  // no process has such a number
    }
    bool wait_gone(core::SteadyTime deadline) override { return !script_.leftovers && wait_leader(deadline); }
    [[nodiscard]] std::vector<pid_t> processes() const override { return children; }
    void kill_all() override {
        script_.calls.emplace_back("kill");
        FakeInstance::kill_all();
    }
    void set_phase(int phase) override { script_.calls.push_back(fmt::format("phase {}", phase)); }
    [[nodiscard]] std::vector<model::Refusal> refusals() const override { return script_.refusals; }
    [[nodiscard]] std::uint64_t refused() const override { return script_.refusals.size(); }
    [[nodiscard]] ports::Gaps gaps() const override { return script_.gaps; }
    [[nodiscard]] std::vector<ports::Note> notes() const override { return {}; }
    [[nodiscard]] bool no_new_privs() const override { return script_.no_new_privs; }

private:
    Script& script_;
};

class ScriptedRunner final : public ports::Runner {
public:
    explicit ScriptedRunner(Script& script) : script_{script} {}
    core::Result<std::unique_ptr<ports::Instance>> launch(const ports::LaunchRequest& request) override {
        script_.requests.push_back(request);
        if (!script_.launch_error.empty()) return core::fail(script_.launch_error);
        auto instance = std::make_unique<ScriptedInstance>(script_);
        if (!script_.start_failure.empty()) instance->fail_to_start(script_.start_failure);
        if (script_.ends_at_once) instance->end(kExitedWith3);
        script_.current = instance.get();
        return std::unique_ptr<ports::Instance>{std::move(instance)};
    }

private:
    Script& script_;
};

class FakeStep final : public ports::Step {
public:
    using Do = std::function<model::StepResult(const ports::StepContext&)>;
    FakeStep(std::string name, Do act) : name_{std::move(name)}, act_{std::move(act)} {}
    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        auto result = act_(context);
        result.name = name_;
        return {result};
    }
    [[nodiscard]] core::Milliseconds limit() const override { return core::Milliseconds{10}; }

private:
    std::string name_;
    Do act_;
};

model::StepResult saw(Outcome outcome, std::string message = {}) {
    model::StepResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    return result;
}

ports::StepPtr step(
    std::string name, FakeStep::Do act = [](const auto&) { return saw(Outcome::passed); }) {
    return std::make_shared<const FakeStep>(std::move(name), std::move(act));
}

class Listener final : public ports::EventSink {
public:
    void on_event(const model::Event& event) override {
        const std::string place = fmt::format("{}/{} {}", event.index, event.total, event.scenario);
        switch (event.kind) {
            case model::Event::Kind::case_started:
                return lines.push_back(place + " started");
            case model::Event::Kind::case_progress:
                return lines.push_back(fmt::format("{}: {}", place, event.step));
            default:
                lines.push_back(fmt::format("{} {}", place, model::outcome_name(event.outcome)));
                if (die && event.scenario == die_after) die();
        }
    }
    Lines lines;
    std::function<void()> die;  ///< what is done after the case `die_after` finished
    std::string die_after;
};

/// A run of one suite without a profile, whose instances do what the test says.
struct World {
    Script script;
    core::Cancel cancel;
    Listener listener;
    ports::Session session;
    RunPlan plan;
    model::RunResult result;
    ports::Variables variables;

    World() {
        session.workload.command = {"/bin/sh", "-c", "never run"};
        session.workload.env = {{"PATH", "/bin"}};
        session.workload.ready = step("ready");
        plan.workload = "demo";
        plan.file = "plan.yaml";
        Suite suite;
        suite.mode = model::Mode::baseline;
        plan.suites.push_back(std::move(suite));
        add_instance("");
    }
    void add_instance(std::string owner) {
        InstancePlan instance;
        instance.owner = std::move(owner);
        instance.workload_place = {"plan.yaml", 3, 1};
        instance.ports = {"http"};
        instance.build = [this](const ports::Variables& known) -> core::Result<ports::Session> {
            variables = known;
            return session;
        };
        plan.suites.back().instances.push_back(std::move(instance));
    }
    /// To the last instance.
    void add_scenario(const std::string& name, std::vector<ports::StepPtr> steps) {
        auto& instance = plan.suites.back().instances.back();
        instance.scenarios.push_back(name);
        instance.places.push_back({"plan.yaml", 10 + instance.places.size(), 5});
        session.scenarios.push_back({name, instance.places.back(), std::move(steps), core::Milliseconds{0}});
    }
    /// "startup: passed", "work: workload-failed: the workload…" for each case.
    Lines run() {
        ScriptedRunner runner{script};
        result = engine::run(plan, runner, listener, cancel);
        Lines lines;
        for (const auto& one : result.cases) {
            lines.push_back(fmt::format("{}: {}", one.scenario, model::outcome_name(one.outcome)));
            for (const auto& reason : one.reasons) lines.back() += ": " + reason;
        }
        return lines;
    }
};

}  // namespace

TEST_CASE("a run goes from startup over the scenarios to the shutdown", "[engine]") {
    World world;
    world.add_scenario("work", {step("one"), step("two")});
    world.add_scenario("rest", {step("three")});
    CHECK(world.run() == Lines{"startup: passed", "work: passed", "rest: passed", "shutdown: passed"});
    CHECK(world.result.plan == "plan.yaml");
    CHECK(world.result.interrupted_by == 0);
    CHECK(world.result.cases.at(0).place.line == 3);
    CHECK(world.result.cases.at(1).place.line == 10);
    CHECK(world.result.cases.at(1).steps.size() == 2);
    CHECK(world.result.cases.at(2).name == "no profile / baseline / rest");
    CHECK(world.result.cases.at(3).end == ProcessEnd{ProcessEnd::Kind::exited, 0});
    // Each scenario's own phase, its steps, its check; the startup's and the shutdown's.
    CHECK(world.script.calls == Lines{"phase 0", "phase 1", "phase 2", "phase 3", "phase 4", "phase 5", "phase 6",
                                      "phase 7", "phase 8", "signal 15", "kill"});
}

TEST_CASE("events come in order with the number of their case", "[engine]") {
    World world;
    world.add_scenario("work", {step("one"), step("two")});
    (void)world.run();
    CHECK(world.listener.lines == Lines{"1/3 startup started", "1/3 startup passed", "2/3 work started",
                                        "2/3 work: one", "2/3 work: two", "2/3 work: check: ready", "2/3 work passed",
                                        "3/3 shutdown started", "3/3 shutdown passed"});
}

TEST_CASE("events count on over instances and suites", "[engine]") {
    World world;
    world.add_instance("");
    world.plan.suites.push_back(world.plan.suites.front());
    (void)world.run();
    REQUIRE(world.listener.lines.size() == 16);
    CHECK(world.listener.lines.front() == "1/8 startup started");
    CHECK(world.listener.lines.at(7) == "4/8 shutdown passed");
    CHECK(world.listener.lines.back() == "8/8 shutdown passed");
}

TEST_CASE("an instance is launched as its session says, in a directory of its own", "[engine]") {
    World world;
    (void)world.run();
    REQUIRE(world.script.requests.size() == 1);
    const auto& request = world.script.requests.front();
    CHECK(request.executable == "/bin/sh");
    CHECK(request.argv == Lines{"/bin/sh", "-c", "never run"});
    CHECK(request.env == Lines{"PATH=/bin"});
    CHECK(request.directory == world.variables.at("workdir"));
    CHECK(world.variables.count("port.http") == 1);
    CHECK_FALSE(request.identity.has_value());
    CHECK_FALSE(request.confinement.has_value());
    CHECK(request.own_session);
}

TEST_CASE("an instance that belongs to a scenario names its cases after it", "[engine]") {
    World world;
    world.plan.suites.front().instances.clear();
    world.add_instance("alone");
    world.add_scenario("alone", {step("one")});
    CHECK(world.run() == Lines{"alone: startup: passed", "alone: passed", "alone: shutdown: passed"});
    CHECK(world.listener.lines.front() == "1/3 alone: startup started");
    CHECK(world.listener.lines.back() == "3/3 alone: shutdown passed");
}

TEST_CASE("what cannot be set up skips the rest", "[engine]") {
    World world;
    world.add_scenario("work", {step("one")});
    std::string reason;
    SECTION("the program is missing") {
        world.session.workload.command = {"/no/such/program"};
        reason = "'/no/such/program' is not an executable file";
    }
    SECTION("the user is missing") {
        world.session.workload.user = "no-such-user-here";
        reason = "no user 'no-such-user-here' on this host";
    }
    SECTION("the launch fails") {
        world.script.launch_error = "ptrace: Operation not permitted (errno 1)";
        reason = world.script.launch_error;
    }
    SECTION("the session cannot be built") {
        world.plan.suites.front().instances.front().build =
            [](const ports::Variables&) -> core::Result<ports::Session> { return core::fail("no such thing"); };
        reason = "no such thing";
    }
    CHECK(world.run() == Lines{"startup: setup-failed: " + reason, "work: skipped: the workload did not start",
                               "shutdown: skipped: the workload did not start"});
    CHECK(world.listener.lines ==
          Lines{"1/3 startup started", "1/3 startup setup-failed", "2/3 work skipped", "3/3 shutdown skipped"});
}

TEST_CASE("a workload that does not start skips the rest", "[engine]") {
    World world;
    world.add_scenario("work", {step("one")});
    std::string startup;
    SECTION("its program could not be executed") {
        world.script.start_failure = "cannot execute '/bin/sh': Exec format error (errno 8)";
        startup = "workload-failed: " + world.script.start_failure;
    }
    SECTION("it ended before it was ready") {
        world.session.workload.ready = step("ready", [&](const auto&) {
            world.script.current->end(kExitedWith3);
            return saw(Outcome::expectation_missed, "no answer");
        });
        startup = "workload-failed: the workload exited with 3 before it was ready";
    }
    SECTION("it ended at once") {
        world.session.workload.ready = nullptr;
        world.script.ends_at_once = true;
        startup = "workload-failed: the workload exited with 3 at once";
    }
    SECTION("it did not get ready") {
        world.session.workload.ready =
            step("ready", [](const auto&) { return saw(Outcome::timed_out, "no answer within 10s"); });
        startup = "timed-out: the workload did not get ready: no answer within 10s";
    }
    CHECK(world.run() == Lines{"startup: " + startup, "work: skipped: the workload did not start",
                               "shutdown: skipped: the workload did not start"});
    CHECK(world.script.calls.back() == "kill");
}

TEST_CASE("a workload that dies in a scenario fails it and skips the rest", "[engine]") {
    World world;
    world.add_scenario("work", {step("one",
                                     [&](const auto&) {
                                         world.script.current->end({ProcessEnd::Kind::signaled, SIGSEGV});
                                         return saw(Outcome::expectation_missed, "connection refused");
                                     }),
                                step("never")});
    world.add_scenario("rest", {step("three")});
    CHECK(world.run() == Lines{"startup: passed",
                               "work: workload-failed: step 'one': connection refused: the workload was killed by "
                               "SIGSEGV during the scenario",
                               "rest: skipped: the workload was gone after 'work'",
                               "shutdown: skipped: the workload was gone after 'work'"});
    CHECK(world.result.cases.at(1).end == ProcessEnd{ProcessEnd::Kind::signaled, SIGSEGV});
}

TEST_CASE("a workload that dies in the last scenario is not stopped any more", "[engine]") {
    World world;
    world.add_scenario("work", {step("one", [&](const auto&) {
                           world.script.current->end(kExitedWith3);
                           return saw(Outcome::passed);
                       })});
    CHECK(world.run() == Lines{"startup: passed",
                               "work: workload-failed: the workload exited with 3 during the scenario",
                               "shutdown: skipped: the workload was gone already"});
}

TEST_CASE("a workload that dies between two cases fails the second one", "[engine]") {
    World world;
    // The listener hears the end of a case after everything else of it is done.
    Lines wanted;
    SECTION("before a scenario") {
        world.add_scenario("work", {step("never")});
        world.add_scenario("rest", {step("never")});
        world.listener.die_after = "startup";
        wanted = {"startup: passed", "work: workload-failed: the workload exited with 3 before the scenario",
                  "rest: skipped: the workload was gone after 'work'",
                  "shutdown: skipped: the workload was gone after 'work'"};
    }
    SECTION("before the shutdown") {
        world.add_scenario("work", {step("one")});
        world.listener.die_after = "work";
        wanted = {"startup: passed", "work: passed",
                  "shutdown: workload-failed: the workload exited with 3 before it was told to stop"};
    }
    world.listener.die = [&] { world.script.current->end(kExitedWith3); };
    CHECK(world.run() == wanted);
}

TEST_CASE("a step that fails ends its scenario and not the others", "[engine]") {
    World world;
    world.add_scenario("work", {step("one", [](const auto&) { return saw(Outcome::expectation_missed, "status 500"); }),
                                step("never")});
    world.add_scenario("rest", {step("three")});
    CHECK(world.run() == Lines{"startup: passed", "work: expectation-missed: step 'one': status 500", "rest: passed",
                               "shutdown: passed"});
    CHECK(world.result.cases.at(1).steps.size() == 1);
}

TEST_CASE("how a workload stops is judged", "[engine]") {
    World world;
    world.session.workload.stop.within = core::Milliseconds{1};
    std::string shutdown = "passed";
    SECTION("it does not heed the signal") {
        world.script.on_stop = {};
        shutdown = "timed-out: oracle 'stop': the workload still runs 1 ms after SIGTERM";
    }
    SECTION("it exits with another status") {
        world.script.on_stop = kExitedWith3;
        shutdown = "expectation-missed: oracle 'stop': after SIGTERM the workload exited with 3, wanted: exited with 0";
    }
    SECTION("it dies by the signal itself") {
        world.script.on_stop = {ProcessEnd::Kind::signaled, SIGTERM};
    }
    SECTION("it dies by another signal") {
        world.script.on_stop = {ProcessEnd::Kind::signaled, SIGABRT};
        shutdown =
            "expectation-missed: oracle 'stop': after SIGTERM the workload was killed by SIGABRT, wanted: exited with "
            "0";
    }
    SECTION("it exits with the status that the plan wants") {
        world.script.on_stop = kExitedWith3;
        world.session.workload.stop.expect = kExitedWith3;
    }
    SECTION("it exits with 0 where the plan wants another status") {
        world.session.workload.stop.signal = SIGQUIT;
        world.session.workload.stop.expect = kExitedWith3;
        shutdown = "expectation-missed: oracle 'stop': after SIGQUIT the workload exited with 0, wanted: exited with 3";
    }
    SECTION("it leaves processes behind") {
        world.script.leftovers = true;
        shutdown =
            "expectation-missed: oracle 'leftovers': ?[2147483646] outlived the workload's first process: "
            "oracle 'leftovers': ?[2147483647] outlived the workload's first process";
    }
    CHECK(world.run() == Lines{"startup: passed", "shutdown: " + shutdown});
    CHECK(world.script.calls.back() == "kill");
}

TEST_CASE("refusals belong to the case whose phase they were seen in", "[engine]") {
    World world;
    Candidate candidate;
    candidate.name = "p.json";
    candidate.program = {{0x06, 0, 0, 0x7FFF0000}};  // return ALLOW
    world.plan.suites.front().candidate = std::make_shared<const Candidate>(std::move(candidate));
    world.plan.suites.front().mode = model::Mode::log;
    model::Refusal refused;
    refused.call = {41, 0xC000003E, 0x401000, {}};
    refused.action = {model::ActionKind::error, EPERM};
    refused.count = 2;
    refused.phase = 2;
    world.add_scenario("work", {step("one", [&](const auto&) {
                           world.script.refusals = {refused};
                           return saw(Outcome::passed);
                       })});
    world.script.gaps = {"events were lost"};
    world.script.no_new_privs = true;
    const std::string gap = "not everything could be seen: events were lost";
    CHECK(world.run() == Lines{"startup: incomplete: " + gap,
                               "work: violated: the profile would refuse socket (2 calls): " + gap,
                               "shutdown: incomplete: " + gap});
    CHECK(world.result.cases.at(1).violations.at(0).step == "one");
    CHECK(world.result.cases.at(0).notes ==
          Lines{"the workload runs with no_new_privs: set-uid programs keep their caller's user"});
    REQUIRE(world.script.requests.at(0).confinement.has_value());
    CHECK(world.script.requests.at(0).confinement->mode == model::Mode::log);
}

TEST_CASE("an interrupted run skips what did not run to its end", "[engine]") {
    const std::string why = "skipped: interrupted by SIGINT";
    World world;
    const auto interrupt = [&](Outcome outcome) {
        return [&world, outcome](const auto&) {
            world.cancel.request(SIGINT);
            return saw(outcome, outcome == Outcome::passed ? "" : "interrupted");
        };
    };
    Lines wanted;
    SECTION("before the workload is ready") {
        world.session.workload.ready = step("ready", interrupt(Outcome::timed_out));
        world.add_scenario("work", {step("one")});
        wanted = {"startup: " + why, "work: " + why, "shutdown: " + why};
    }
    SECTION("in the middle of a step") {
        world.add_scenario("work", {step("one", interrupt(Outcome::timed_out)), step("two")});
        wanted = {"startup: passed", "work: " + why, "shutdown: " + why};
    }
    SECTION("between two steps") {
        world.add_scenario("work", {step("one", interrupt(Outcome::passed)), step("two")});
        wanted = {"startup: passed", "work: " + why, "shutdown: " + why};
    }
    SECTION("after the last step") {
        world.add_scenario("work", {step("one", interrupt(Outcome::passed))});
        world.add_scenario("rest", {step("two")});
        wanted = {"startup: passed", "work: passed", "rest: " + why, "shutdown: " + why};
    }
    world.add_instance("");
    CHECK(world.run() == wanted);
    CHECK(world.result.interrupted_by == SIGINT);
    CHECK(world.script.requests.size() == 1);
    CHECK(world.script.calls.back() == "kill");
}

}  // namespace callgate::engine
