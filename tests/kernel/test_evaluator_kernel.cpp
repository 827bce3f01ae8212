// The evaluator against the kernel: filters with argument rules are installed in a child process, which makes calls
// that are all refused; the errno that the kernel answers must be the one that evaluate() foretells.
#include "harness/bpf/evaluate.h"
#include "harness/core/diagnostics.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "profiles/load.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>

namespace callgate {

namespace {

constexpr std::size_t kCalls = 300;
constexpr int kInstallFailed = 9;

/// Nothing of these is ever executed: the filter permits only what the child needs to store its results and end.
const std::vector<std::string> kNames{"lseek", "fcntl",   "dup3",       "getpriority",    "personality", "socket",
                                      "ioctl", "madvise", "membarrier", "prctl",          "clone",       "umask",
                                      "bind",  "flock",   "fadvise64",  "sync_file_range"};
const std::vector<std::string> kOperators{"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};

class Source {
public:
    explicit Source(unsigned seed) : engine_{seed} {}

    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(engine_); }

    /// Where comparisons go wrong: around zero, the borders of 32 bits and the sign bits, and near each other.
    std::uint64_t value() {
        static constexpr std::array<std::uint64_t, 8> kBorders{0,
                                                               1,
                                                               8,
                                                               0x7FFFFFFF,
                                                               0x80000000,
                                                               0x100000000,
                                                               0x7FFFFFFFFFFFFFFF,
                                                               std::numeric_limits<std::uint64_t>::max()};
        return kBorders.at(below(kBorders.size())) + below(4) - 1;
    }

    const std::string& one_of(const std::vector<std::string>& words) { return words[below(words.size())]; }

private:
    std::mt19937 engine_;
};

std::string random_rule(Source& source, int error) {
    std::string args;
    const auto first = source.below(4);
    const auto count = 1 + source.below(2);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& op = source.one_of(kOperators);
        const auto value = source.value();
        args += i > 0 ? ", " : "";
        args += "{\"index\": " + std::to_string(first + i) + ", \"value\": " + std::to_string(value) +
                ", \"valueTwo\": " + std::to_string(op == "MASKED_EQ" ? source.value() & value : 0) +
                ", \"op\": \"SCMP_CMP_" + op + "\"}";
    }
    return ",\n{\"names\": [\"" + source.one_of(kNames) +
           "\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": " + std::to_string(error) + ", \"args\": [" + args +
           "]}";
}

/// None when libseccomp finds two of the random rules to contradict each other.
std::optional<bpf::Program> random_filter(Source& source) {
    std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1000, "syscalls": [
{"names": ["exit_group", "exit"], "action": "SCMP_ACT_ALLOW"})";
    for (int error = 1001; error < 1040; ++error) text += random_rule(source, error);
    const auto document = std::make_shared<const core::SourceText>(core::SourceText{"random.json", text + "]}"});
    core::Diagnostics diagnostics;
    const auto profile = profiles::load(document, diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(profile.has_value());
    auto compiled = profiles::compile(*profile);
    if (!compiled) return std::nullopt;
    return std::move(compiled->program);
}

std::vector<model::Call> random_calls(Source& source) {
    std::vector<model::Call> calls(kCalls);
    for (auto& call : calls) {
        call.audit_arch = model::native_arch().token;
        call.nr = model::syscall_number(model::native_arch(), source.one_of(kNames)).value_or(1000);
        if (source.below(8) == 0) call.nr = static_cast<std::int32_t>(500 + source.below(100));
        for (auto& argument : call.args) argument = source.value();
    }
    return calls;
}

/// In the child. Only system calls that the filter answers itself, and exit_group.
[[noreturn]] void make_calls(const bpf::Program& program, const std::vector<model::Call>& calls, int* answers) {
    std::vector<sock_filter> code;
    for (const auto& i : program) code.push_back({i.code, i.jump_true, i.jump_false, i.k});
    const sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(kInstallFailed);
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) ::_exit(kInstallFailed);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const auto& a = calls[i].args;
        const long result = ::syscall(calls[i].nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        answers[i] = result == -1 ? errno : -1;
    }
    ::_exit(0);
}

}  // namespace

TEST_CASE("the evaluator answers as the kernel does", "[kernel]") {
    const auto seed = GENERATE(range(1U, 21U));
    INFO("seed " << seed);
    Source source{seed};
    std::optional<bpf::Program> program;
    for (int attempt = 0; attempt < 100 && !program; ++attempt) program = random_filter(source);
    REQUIRE(program.has_value());
    const auto calls = random_calls(source);

    constexpr std::size_t kSize = kCalls * sizeof(int);
    void* const shared = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    const std::unique_ptr<void, void (*)(void*)> unmap{shared, [](void* memory) { ::munmap(memory, kSize); }};
    auto* const answers = static_cast<int*>(shared);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) make_calls(*program, calls, answers);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kInstallFailed &&
        std::getenv("CALLGATE_REQUIRE_KERNEL") == nullptr) {
        WARN("skipped: this host takes no seccomp filter");
        return;
    }
    REQUIRE(status == 0);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const auto foretold = model::Action::from_return(bpf::evaluate(*program, calls[i]));
        INFO("call " << i << ", nr " << calls[i].nr);
        REQUIRE(foretold.kind == model::ActionKind::error);
        REQUIRE(answers[i] == foretold.data);
    }
}

}  // namespace callgate
