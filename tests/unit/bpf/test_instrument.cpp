#include "harness/bpf/instrument.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

namespace callgate::bpf {

namespace {

Instruction returns(std::uint32_t value) {
    return {BPF_RET | BPF_K, 0, 0, value};
}

const std::vector<std::uint32_t> kReturns{SECCOMP_RET_ALLOW,      SECCOMP_RET_LOG,        SECCOMP_RET_ERRNO | 1,
                                          SECCOMP_RET_ERRNO | 38, SECCOMP_RET_ERRNO | 1,  SECCOMP_RET_TRAP,
                                          SECCOMP_RET_TRACE | 9,  SECCOMP_RET_USER_NOTIF, SECCOMP_RET_KILL_PROCESS,
                                          SECCOMP_RET_KILL_THREAD};

Program all_returns() {
    Program program{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0}, {BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 5}};
    for (const auto value : kReturns) program.push_back(returns(value));
    return program;
}

std::vector<std::uint32_t> returned(const Program& program) {
    std::vector<std::uint32_t> values;
    for (const auto& instruction : program) {
        if (instruction.code == (BPF_RET | BPF_K)) values.push_back(instruction.k);
    }
    return values;
}

}  // namespace

TEST_CASE("in log mode every refusing return is traced with the index of its original", "[bpf]") {
    const auto done = instrument(all_returns(), model::Mode::log);
    REQUIRE(done.has_value());
    CHECK(done->originals == std::vector<std::uint32_t>{SECCOMP_RET_ERRNO | 1, SECCOMP_RET_ERRNO | 38, SECCOMP_RET_TRAP,
                                                        SECCOMP_RET_TRACE | 9, SECCOMP_RET_USER_NOTIF,
                                                        SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD});
    CHECK(returned(done->program) ==
          std::vector<std::uint32_t>{SECCOMP_RET_ALLOW, SECCOMP_RET_LOG, SECCOMP_RET_TRACE | 0, SECCOMP_RET_TRACE | 1,
                                     SECCOMP_RET_TRACE | 0, SECCOMP_RET_TRACE | 2, SECCOMP_RET_TRACE | 3,
                                     SECCOMP_RET_TRACE | 4, SECCOMP_RET_TRACE | 5, SECCOMP_RET_TRACE | 6});
    CHECK(done->program[0] == all_returns()[0]);
    CHECK(done->program[1] == all_returns()[1]);
}

TEST_CASE("in errno mode what kills and traps stays as it is", "[bpf]") {
    const auto done = instrument(all_returns(), model::Mode::error);
    REQUIRE(done.has_value());
    CHECK(done->originals == std::vector<std::uint32_t>{SECCOMP_RET_ERRNO | 1, SECCOMP_RET_ERRNO | 38,
                                                        SECCOMP_RET_TRACE | 9, SECCOMP_RET_USER_NOTIF});
    CHECK(returned(done->program) ==
          std::vector<std::uint32_t>{SECCOMP_RET_ALLOW, SECCOMP_RET_LOG, SECCOMP_RET_TRACE | 0, SECCOMP_RET_TRACE | 1,
                                     SECCOMP_RET_TRACE | 0, SECCOMP_RET_TRAP, SECCOMP_RET_TRACE | 2,
                                     SECCOMP_RET_TRACE | 3, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD});
}

TEST_CASE("an action that the kernel does not know is a kill", "[bpf]") {
    const auto done = instrument({returns(0x12340000)}, model::Mode::log);
    REQUIRE(done.has_value());
    CHECK(done->originals == std::vector<std::uint32_t>{0x12340000});
    CHECK(instrument({returns(0x12340000)}, model::Mode::error)->originals.empty());
}

TEST_CASE("in enforce mode nothing is rewritten, whatever the filter returns", "[bpf]") {
    auto program = all_returns();
    program.push_back({BPF_RET | BPF_A, 0, 0, 0});
    const auto done = instrument(program, model::Mode::enforce);
    REQUIRE(done.has_value());
    CHECK(done->program == program);
    CHECK(done->originals.empty());
}

TEST_CASE("a filter that computes its answer cannot be instrumented", "[bpf]") {
    const auto mode = GENERATE(model::Mode::log, model::Mode::error);
    const auto done = instrument({returns(SECCOMP_RET_ALLOW), {BPF_RET | BPF_A, 0, 0, 0}}, mode);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().message ==
          "instruction 1 of 2 returns a value computed at run time: such a filter can be run in enforce mode only");
}

TEST_CASE("a filter that may divide by zero cannot be run in log mode", "[bpf]") {
    const Program program{{BPF_ALU | BPF_DIV | BPF_X, 0, 0, 0}, returns(SECCOMP_RET_ALLOW)};
    const auto done = instrument(program, model::Mode::log);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().message ==
          "instruction 0 of 2 divides by a value computed at run time, which may kill without a return that could be "
          "rewritten: such a filter cannot be run in log mode");
    CHECK(instrument(program, model::Mode::error).has_value());
}

}  // namespace callgate::bpf
