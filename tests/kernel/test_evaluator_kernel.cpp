// The evaluator against the kernel: filters with argument rules are installed in a child process, which makes calls
// that are all refused, random ones and those of the regions that were proven; the errno that the kernel answers must
// be the one that evaluate() foretells.
#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "tests/support/random_profiles.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

namespace callgate {

namespace {

constexpr std::size_t kCalls = 300;
constexpr int kInstallFailed = 9;

/// Nothing of these is ever executed: the filter permits only what the child needs to store its results and end.
const std::vector<std::string> kNames{"lseek", "fcntl",   "dup3",       "getpriority",    "personality", "socket",
                                      "ioctl", "madvise", "membarrier", "prctl",          "clone",       "umask",
                                      "bind",  "flock",   "fadvise64",  "sync_file_range"};

/// None when libseccomp finds two of the random rules to contradict each other.
std::optional<bpf::Program> random_filter(test::ProfileSource& source) {
    std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1000, "syscalls": [
{"names": ["exit_group", "exit"], "action": "SCMP_ACT_ALLOW"})";
    for (int error = 1001; error < 1040; ++error) text += ",\n" + test::random_rule(source, kNames, error);
    const auto profile = test::profile_in(text + "]}");
    REQUIRE(profile.has_value());
    auto compiled = profiles::compile(*profile);
    if (!compiled) return std::nullopt;
    return std::move(compiled->program);
}

std::vector<model::Call> random_calls(test::ProfileSource& source) {
    std::vector<model::Call> calls(kCalls);
    for (auto& call : calls) {
        call.audit_arch = model::native_arch().token;
        call.nr = model::syscall_number(model::native_arch(), source.one_of(kNames)).value_or(1000);
        if (source.below(8) == 0) call.nr = static_cast<std::int32_t>(500 + source.below(100));
        for (auto& argument : call.args) argument = source.value();
    }
    return calls;
}

/// Of each region that a process of this architecture can reach and that refuses, the witness, and the arguments of the
/// witness changed a little.
std::vector<model::Call> calls_of_regions(const bpf::Program& program) {
    constexpr std::int32_t kNumbers = 1024;  // behind them are those that other ABIs have for themselves
    const auto regions = bpf::partition(program);
    INFO((regions ? "" : regions.error().message));
    REQUIRE(regions.has_value());
    std::vector<model::Call> calls;
    for (const auto& region : *regions) {
        auto call = region.witness;
        if (call.audit_arch != model::native_arch().token || call.nr < 0 || call.nr >= kNumbers) continue;
        if (!model::refuses(model::Action::from_return(region.returned))) continue;
        calls.push_back(call);
        for (auto& argument : call.args) {
            for (const auto change : {std::uint64_t{1}, std::uint64_t{1} << 32U, ~std::uint64_t{0}}) {
                auto changed = call;
                changed.args.at(static_cast<std::size_t>(&argument - call.args.data())) = argument + change;
                calls.push_back(changed);
            }
        }
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
    test::ProfileSource source{seed};
    std::optional<bpf::Program> program;
    for (int attempt = 0; attempt < 100 && !program; ++attempt) program = random_filter(source);
    REQUIRE(program.has_value());
    auto calls = random_calls(source);
    const auto proven = calls_of_regions(*program);
    CHECK(proven.size() > 100);
    calls.insert(calls.end(), proven.begin(), proven.end());

    const std::size_t size = calls.size() * sizeof(int);
    void* const shared = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    const auto unmap = [size](void* memory) { ::munmap(memory, size); };
    const std::unique_ptr<void, decltype(unmap)> mapped{shared, unmap};
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
