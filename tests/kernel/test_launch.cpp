#include "runners/runner_kind.h"
#include "under_profile.h"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdio>

using callgate::model::Mode;
using callgate::model::Outcome;
using callgate::tests::denying;
using callgate::tests::run_under;

namespace {

const std::string kNothingRefused = R"({"defaultAction": "SCMP_ACT_ALLOW"})";

std::unique_ptr<callgate::ports::Runner> runner() {
    return callgate::runners::runner_kinds().front()->make(*callgate::runners::trap_backends().front(), nullptr);
}

callgate::ports::LaunchRequest request(std::vector<std::string> command) {
    callgate::ports::LaunchRequest request;
    request.executable = command.front();
    request.argv = std::move(command);
    request.env = {"PATH=/usr/bin:/bin"};
    return request;
}

/// Of a shell command that this process starts without callgate.
std::string output_of(const std::string& command) {
    std::string output;
    FILE* pipe = ::popen(command.c_str(), "re");
    REQUIRE(pipe != nullptr);
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    ::pclose(pipe);
    return output;
}

auto soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds{20};
}

}  // namespace

TEST_CASE("a workload that ends at once is seen completely, every time", "[kernel]") {
    const auto mode = GENERATE(Mode::log, Mode::error, Mode::enforce);
    for (int i = 0; i < 100; ++i) {
        const auto ran = run_under(kNothingRefused, mode, {"/bin/true"});
        REQUIRE(ran.result.reasons == std::vector<std::string>{});
        REQUIRE(ran.result.outcome == Outcome::passed);
    }
}

TEST_CASE("the workload starts with the signals that callgate was started with, not with callgate's own", "[kernel]") {
    const auto mode = GENERATE(Mode::log, Mode::enforce);
    const auto ran = run_under(kNothingRefused, mode, {"/bin/sed", "-n", "/^Sig[BIC]/p", "/proc/self/status"});
    CHECK(ran.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n");
}

TEST_CASE("the workload inherits no descriptor of callgate's", "[kernel]") {
    // Those that callgate itself was started with stay, as they would without it.
    CHECK(run_under(kNothingRefused, Mode::log, {"/bin/ls", "/proc/self/fd"}).output ==
          output_of("exec ls /proc/self/fd"));
}

TEST_CASE("destroying an instance takes the whole tree with it", "[kernel]") {
    const auto confined = GENERATE(true, false);
    auto starter = runner();
    auto command = request({CALLGATE_PROGRAMS "/family", "3"});
    if (confined) {
        const callgate::bpf::Program allow{{0x06, 0, 0, 0x7fff0000}};
        command.confinement = callgate::ports::Confinement{Mode::log, allow, 0, {}};
    }
    std::vector<pid_t> family;
    {
        auto instance = starter->launch(command);
        REQUIRE(instance);
        const auto deadline = soon();
        // One look may find the daemon's short-lived parent and the next one not: it is one and the same look that
        // counts.
        while (family.size() < 5 && std::chrono::steady_clock::now() < deadline) {
            ::usleep(1000);
            family = (*instance)->processes();
        }
        CHECK(family.size() >= 5);
        CHECK_FALSE((*instance)->wait_gone(std::chrono::steady_clock::now()));
    }
    for (const pid_t pid : family) CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("what is wrong with a launch is said in words", "[kernel]") {
    auto starter = runner();
    auto command = request({"/no/such/program"});
    SECTION("no program") {}
    SECTION("no directory") {
        command = request({"/bin/true"});
        command.directory = "/no/such/directory";
    }
    auto instance = starter->launch(command);
    REQUIRE(instance);
    CHECK((*instance)->wait_gone(soon()));
    CHECK_THAT((*instance)->start_failure(), Catch::Matchers::Contains("No such file or directory"));
}

TEST_CASE("a filter that the kernel does not take is a start failure", "[kernel]") {
    auto starter = runner();
    auto command = request({"/bin/true"});
    const callgate::bpf::Program no_return{{0x00, 0, 0, 0}};
    command.confinement = callgate::ports::Confinement{Mode::enforce, no_return, 0, {}};
    auto instance = starter->launch(command);
    REQUIRE(instance);
    CHECK((*instance)->wait_gone(soon()));
    CHECK((*instance)->start_failure() == "the kernel does not take the filter: Invalid argument (errno 22)");
}

TEST_CASE("the first process's end is told before its descendants are gone", "[kernel]") {
    auto starter = runner();
    auto instance = starter->launch(request({"/bin/sh", "-c", "sleep 600 & exit 4"}));
    REQUIRE(instance);
    CHECK((*instance)->wait_leader(soon()));
    CHECK((*instance)->leader_end() == callgate::model::ProcessEnd{callgate::model::ProcessEnd::Kind::exited, 4});
    CHECK_FALSE((*instance)->wait_gone(std::chrono::steady_clock::now()));
    CHECK((*instance)->processes().size() == 1);
}

TEST_CASE("a filter that cannot be watched is not launched", "[kernel]") {
    auto starter = runner();
    auto command = request({"/bin/true"});
    const callgate::bpf::Program computes{{0x16, 0, 0, 0}};  // return A
    command.confinement = callgate::ports::Confinement{Mode::log, computes, 0, {}};
    const auto instance = starter->launch(command);
    REQUIRE_FALSE(instance);
    CHECK(instance.error().message ==
          "instruction 0 of 1 returns a value computed at run time: such a filter can be run in enforce mode only");
}
