#include "harness/engine/command_run.h"

#include "harness/engine/case_draft.h"
#include "harness/engine/facts.h"
#include "harness/engine/program.h"

#include <fmt/format.h>

#include <poll.h>

#include <array>
#include <csignal>

namespace callgate::engine {

namespace {

constexpr std::chrono::seconds kEndAfterSignal{2};

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

core::Result<std::unique_ptr<ports::Instance>> launch(const CommandPlan& plan, ports::Runner& runner) {
    auto program = find_program(plan.command.front(), plan.environment, plan.directory);
    if (!program) return core::fail(program.error());
    ports::LaunchRequest request;
    request.executable = std::move(*program);
    request.argv = plan.command;
    request.env = as_environment(plan.environment);
    request.directory = plan.directory;
    request.own_session = false;
    request.record = static_cast<bool>(plan.recorded);
    if (plan.candidate) {
        request.confinement = ports::Confinement{plan.mode, plan.candidate->program, plan.candidate->filter_flags,
                                                 plan.never_let_through, plan.hold};
    }
    return runner.launch(request);
}

void wait_for_leader(const ports::Instance& command, const core::Cancel& cancel) {
    std::array<pollfd, 2> waited{{{command.leader_ended_fd(), POLLIN, 0}, {cancel.fd(), POLLIN, 0}}};
    while (command.leader_end().kind == model::ProcessEnd::Kind::running && !cancel.requested()) {
        ::poll(waited.data(), waited.size(), -1);
    }
}

/// Waits for descendants until the grace is over; names those that are left.
void wait_for_the_rest(ports::Instance& command, const CommandPlan& plan, const core::Cancel& cancel,
                       CaseDraft& draft) {
    const auto deadline = now() + plan.grace;
    constexpr core::Milliseconds kLookAtCancel{100};
    while (!cancel.requested() && now() < deadline) {
        if (command.wait_gone(std::min(deadline, now() + kLookAtCancel))) return;
    }
    const auto left = process_names(command.processes());
    if (cancel.requested() || left.empty()) return;
    draft.notes.push_back(fmt::format("still there {} ms after the command ended, and killed: {}", plan.grace.count(),
                                      fmt::join(left, ", ")));
}

void watch(ports::Instance& command, const CommandPlan& plan, const core::Cancel& cancel, CaseDraft& draft) {
    wait_for_leader(command, cancel);
    if (cancel.requested()) {
        // At a terminal the whole process group got the signal; sent by kill(1) only callgate did.
        (void)command.signal(command.leader(), cancel.reason());
        command.wait_leader(now() + kEndAfterSignal);
        draft.add(model::Outcome::skipped, "interrupted by " + signal_name(cancel.reason()));
    } else {
        wait_for_the_rest(command, plan, cancel, draft);
    }
    command.kill_all();
    draft.end = command.leader_end();
    const auto failure = command.start_failure();
    if (!failure.empty()) draft.add(model::Outcome::workload_failed, failure);
    if (draft.end == model::ProcessEnd{model::ProcessEnd::Kind::signaled, SIGSYS}) {
        draft.add(model::Outcome::workload_failed,
                  "the command was killed by SIGSYS: the filter kills or traps a call that it makes");
    }
    if (command.no_new_privs())
        draft.notes.emplace_back("the command ran with no_new_privs: set-uid programs kept their caller's user");
}

}  // namespace

model::RunResult run_command(const CommandPlan& plan, ports::Runner& runner, const core::Cancel& cancel) {
    const auto launched = now();
    auto result = begin_result();
    CaseDraft draft;
    draft.scenario = "run";
    RunPlan as_run;
    as_run.workload = plan.command.front();
    const Suite suite{plan.candidate, plan.mode, {}};
    const std::vector<Phase> phases{{0, ""}};
    Sightings seen;

    auto command = launch(plan, runner);
    if (command) {
        watch(**command, plan, cancel, draft);
        seen = Sightings::of(**command);
        if (plan.recorded) plan.recorded({(*command)->recorded(), {{draft.scenario, ""}}, launched, seen.gaps});
    } else {
        draft.add(model::Outcome::setup_failed, command.error().message);
    }
    result.duration = std::chrono::duration_cast<core::Milliseconds>(now() - launched);
    draft.duration = result.duration;
    result.cases.push_back(judge({as_run, suite, launched, phases}, 0, draft, seen));
    result.interrupted_by = cancel.reason();
    return result;
}

}  // namespace callgate::engine
