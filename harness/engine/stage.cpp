#include "harness/engine/stage.h"

#include "harness/core/processes.h"
#include "harness/engine/facts.h"
#include "harness/engine/program.h"
#include "harness/ports/user.h"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace callgate::engine {

namespace {

constexpr std::chrono::milliseconds kQuietStart{100};  ///< without a readiness: so long nothing happens any more
constexpr std::chrono::seconds kLongestStart{2};       ///< without a readiness: then it is taken for started
constexpr std::chrono::milliseconds kQuiet{20};
constexpr std::chrono::seconds kLastToGo{2};  ///< for descendants to end after the first process
constexpr std::chrono::hours kWhileHeld{24};  ///< to look at a process that is held
constexpr std::chrono::minutes kPrepareTakes{10};

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

Stage::Stage(const RunPlan& plan, const Suite& suite, const InstancePlan& instance, ports::Runner& runner,
             const core::Cancel& cancel)
    : plan_{plan}, suite_{suite}, instance_plan_{instance}, runner_{runner}, cancel_{cancel} {}

core::Status Stage::set_up() {
    auto place = InstancePlace::make();
    if (!place) return core::fail(place.error());
    place_ = std::move(*place);
    workdir_ = place_->workdir();
    auto ports = LoopbackPorts::take(instance_plan_.ports);
    if (!ports) return core::fail(ports.error());
    ports_ = std::move(*ports);
    variables_ = ports_.variables();
    variables_.emplace("workdir", workdir_);
    auto session = instance_plan_.build(variables_);
    if (!session) return core::fail(session.error());
    session_ = std::move(*session);
    environment_ = as_environment(session_.workload.env);
    if (!session_.workload.user.empty()) {
        auto identity = ports::find_user(session_.workload.user);
        if (!identity) return core::fail(identity.error());
        identity_ = std::move(*identity);
    }
    auto mounted = mount();
    return mounted ? place_->put_files(session_.workload.files, identity_) : mounted;
}

core::Status Stage::mount() {
    for (const auto& file : session_.workload.files) {
        if (file.kind != ports::FileSpec::Kind::tmpfs) continue;
        const auto directory = place_->workdir() / file.path;
        std::error_code error;
        std::filesystem::create_directories(directory, error);
        if (error) return core::fail(fmt::format("cannot make {}: {}", directory.string(), error.message()));
        auto mounted = runner_.mount_memory(directory, file.size);
        if (!mounted) return core::fail(mounted.error().context(fmt::format("workload file '{}'", file.path)));
        mounts_.push_back(std::move(*mounted));
    }
    return {};
}

core::Status Stage::launch() {
    auto done = prepare();
    return done ? start() : done;
}

core::Status Stage::prepare() {
    for (const auto& command : session_.workload.prepare) {
        auto with = context(kPrepareTakes);
        with.identity = identity_ ? &*identity_ : nullptr;
        for (const auto& result : command->run(with)) {
            if (result.outcome == model::Outcome::passed) continue;
            return core::fail(fmt::format("preparing the start, '{}': {}", result.name, result.message));
        }
    }
    return {};
}

core::Status Stage::start() {
    const auto& workload = session_.workload;
    auto program = find_program(workload.command.front(), workload.env, workdir_);
    if (!program) return core::fail(program.error());
    const core::UniqueFd input{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const core::UniqueFd log{::open(place_->log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
    if (!input || !log) return core::fail(core::system_error("cannot open the workload's streams", errno));

    ports::LaunchRequest request;
    request.executable = std::move(*program);
    request.argv = workload.command;
    request.env = environment_;
    request.directory = workdir_;
    request.identity = identity_;
    request.standard_input = input.get();
    request.standard_output = log.get();
    request.standard_error = log.get();
    request.record = static_cast<bool>(suite_.recorded);
    if (suite_.candidate) {
        request.confinement = ports::Confinement{suite_.mode, suite_.candidate->program, suite_.candidate->filter_flags,
                                                 plan_.never_let_through, plan_.hold};
    }
    if (!workload_.launched()) launched_ = now();
    auto launched = runner_.launch(request);
    if (!launched) return core::fail(launched.error());
    const auto leader = core::read_stat((*launched)->leader());
    root_ = leader ? leader->parent : 0;
    end_expected_ = false;
    workload_.adopt(std::move(*launched));
    return {};
}

model::StepResult Stage::wait_ready() {
    model::StepResult result;
    if (session_.workload.ready) {
        auto steps = session_.workload.ready->run(context(session_.workload.ready_within));
        if (!steps.empty()) result = std::move(steps.back());
    } else {
        (void)wait_for_rest(root_, kQuietStart, now() + kLongestStart, cancel_);
    }
    return result;
}

Rest Stage::rest(core::Milliseconds at_most) const {
    return wait_for_rest(root_, kQuiet, now() + at_most, cancel_);
}

core::Milliseconds Stage::patient(core::Milliseconds limit) const {
    return ports::patient(suite_.speed, limit);
}

bool Stage::cancelled_within(core::Milliseconds time) const {
    return cancel_.wait_until(now() + time);
}

ports::StepContext Stage::context(core::Milliseconds limit) {
    limit = patient(limit);
    if (plan_.hold) limit += kWhileHeld;
    return {workload_,     runner_, session_.workload.ready.get(), environment_, workdir_,   cancel_,
            now() + limit, nullptr, place_->log().string(),        this,         plan_.seed, nullptr,
            suite_.speed};
}

void Stage::made_request() {
    const auto rate = meter_.count(now());
    if (rate && on_load_) on_load_(*rate);
}

std::pair<model::Outcome, std::string> Stage::restart(int signal, core::Milliseconds within) {
    using model::Outcome;
    within = patient(within);
    if (auto sent = workload_.signal(workload_.leader(), signal); !sent)
        return {Outcome::setup_failed, sent.error().message};
    const bool ended = workload_.wait_leader(now() + within);
    const auto end = workload_.leader_end();
    const bool gone = ended && workload_.wait_gone(now() + kLastToGo);
    const auto left = ended && !gone ? process_names(workload_.processes()) : std::vector<std::string>{};
    workload_.kill_all();
    if (!ended) {
        return {Outcome::timed_out, fmt::format("the workload still ran {} ms after {}, and was killed", within.count(),
                                                signal_name(signal))};
    }
    if (!left.empty()) {
        return {Outcome::expectation_missed,
                fmt::format("outlived the workload's first process, and killed: {}", fmt::join(left, ", "))};
    }
    const auto& stop = session_.workload.stop;
    // What another signal does to the workload is the scenario's own affair.
    auto problem = signal == stop.signal ? stop_problem(stop, end) : std::string{};
    if (auto launched = start(); !launched) return {Outcome::setup_failed, launched.error().message};
    auto ready = wait_ready();
    if (const auto again = workload_.leader_end(); again.kind != model::ProcessEnd::Kind::running)
        return {Outcome::workload_failed, fmt::format("the workload {} when started again", what_happened(again))};
    if (ready.outcome == Outcome::passed)
        return {problem.empty() ? Outcome::passed : Outcome::expectation_missed, std::move(problem)};
    return {ready.outcome, "started again, the workload did not get ready: " + ready.message};
}

core::Milliseconds Stage::start_limit() const {
    return session_.workload.ready_within + kLastToGo;
}

}  // namespace callgate::engine
