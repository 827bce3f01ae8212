// The evaluator and the prover against the kernel: filters are installed in a child process, which makes calls that are
// all refused, each with an errno that says what the filter decided.
#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "profiles/compile.h"
#include "profiles/load.h"
#include "profiles/resolve.h"
#include "tests/kernel/kernel_answers.h"
#include "tests/support/published_profiles.h"
#include "tests/support/random_profiles.h"

#include <catch2/catch.hpp>

#include <linux/audit.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace callgate {

namespace {

constexpr std::int32_t kNumbers = 1024;  // behind them are those that other ABIs have for themselves

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

/// Made of 32 bits where the architecture has no more.
model::Call call_of(std::uint32_t audit_arch, std::int32_t nr, std::array<std::uint64_t, 6> args) {
    if (audit_arch == AUDIT_ARCH_I386) {
        for (auto& argument : args) argument &= 0xFFFFFFFF;
    }
    return {nr, audit_arch, 0, args};
}

void add_random_calls(std::vector<model::Call>& calls, test::ProfileSource& source, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto nr = source.below(2) == 0
                            ? model::syscall_number(model::native_arch(), source.one_of(kNames)).value_or(1000)
                            : static_cast<std::int32_t>(source.below(kNumbers));
        std::array<std::uint64_t, 6> args{};
        for (auto& argument : args) argument = source.value();
        calls.push_back(call_of(model::native_arch().token, nr, args));
    }
}

/// Every number without arguments, on every architecture that the kernel takes.
void add_every_number(std::vector<model::Call>& calls) {
    constexpr std::uint32_t kX32Bit = 0x40000000;
    for (std::int32_t nr = 0; nr < kNumbers; ++nr) {
        calls.push_back(call_of(model::native_arch().token, nr, {}));
        if (model::native_arch().token == AUDIT_ARCH_X86_64)
            calls.push_back(
                call_of(AUDIT_ARCH_X86_64, static_cast<std::int32_t>(static_cast<std::uint32_t>(nr) | kX32Bit), {}));
        if (test::kernel_takes(AUDIT_ARCH_I386)) calls.push_back(call_of(AUDIT_ARCH_I386, nr, {}));
    }
}

/// Of each region that a process can reach here, the witness, and its arguments changed a little.
std::size_t add_calls_of_regions(std::vector<model::Call>& calls, const bpf::Program& program) {
    const auto regions = bpf::partition(program);
    INFO((regions ? "" : regions.error().message));
    REQUIRE(regions.has_value());
    const auto before = calls.size();
    for (const auto& region : *regions) {
        const auto& call = region.witness;
        if (!test::kernel_takes(call.audit_arch) || call.nr < 0 || call.nr >= kNumbers) continue;
        calls.push_back(call_of(call.audit_arch, call.nr, call.args));
        for (std::size_t i = 0; i < call.args.size(); ++i) {
            for (const auto change : {std::uint64_t{1}, std::uint64_t{1} << 32U, ~std::uint64_t{0}}) {
                auto args = call.args;
                args.at(i) += change;
                calls.push_back(call_of(call.audit_arch, call.nr, args));
            }
        }
    }
    return calls.size() - before;
}

/// False where the host takes no filter, which is said.
bool check_against_kernel(const bpf::Program& program, std::vector<model::Call> calls) {
    std::erase_if(calls, test::passes_by_filters);
    const auto filter = test::numbered(program);
    const auto answers = test::kernel_answers(filter.program, calls);
    if (!answers) {
        REQUIRE(std::getenv("CALLGATE_REQUIRE_KERNEL") == nullptr);
        WARN("skipped: this host takes no seccomp filter");
        return false;
    }
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (answers->at(i) == filter.errno_of.at(bpf::evaluate(program, calls[i]))) continue;
        INFO("call " << i << ", arch " << calls[i].audit_arch << ", nr " << calls[i].nr);
        CHECK(answers->at(i) == filter.errno_of.at(bpf::evaluate(program, calls[i])));
        if (++wrong == 5) break;
    }
    CHECK(wrong == 0);
    return true;
}

/// What is installed for a file, if it is a profile that can be: for its own engine where it has conditions.
std::optional<bpf::Program> filter_in(const std::filesystem::path& path) {
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{path.filename().string(), text});
    core::Diagnostics diagnostics;
    auto profile = profiles::load(source, diagnostics);
    if (!profile) return std::nullopt;
    if (model::is_conditional(*profile)) {
        const auto target = profiles::own_target(*profile, {6, 1, 0});
        profile = profiles::resolve(*profile, target).profile;
    }
    auto compiled = profiles::compile(*profile);
    if (!compiled) return std::nullopt;
    return std::move(compiled->program);
}

}  // namespace

TEST_CASE("the kernel decides about random calls as the evaluator and the prover say", "[kernel]") {
    // 40 filters with 39 rules about arguments each, 2,500 random calls each: 100,000 pairs.
    const auto seed = GENERATE(range(1U, 41U));
    INFO("seed " << seed);
    test::ProfileSource source{seed};
    std::optional<bpf::Program> program;
    for (int attempt = 0; attempt < 100 && !program; ++attempt) program = random_filter(source);
    REQUIRE(program.has_value());
    std::vector<model::Call> calls;
    add_random_calls(calls, source, 2500);
    CHECK(add_calls_of_regions(calls, *program) > 100);
    check_against_kernel(*program, std::move(calls));
}

TEST_CASE("the kernel decides about every call of published profiles as the evaluator and the prover say", "[kernel]") {
    std::size_t installed = 0;
    std::vector<std::string> left_out;
    for (const auto& path : test::published_profiles()) {
        INFO(path);
        const auto program = filter_in(path);
        if (!program) {
            left_out.push_back(path.filename().string());
            continue;
        }
        std::vector<model::Call> calls;
        add_every_number(calls);
        add_calls_of_regions(calls, *program);
        test::ProfileSource source{1};
        add_random_calls(calls, source, 500);
        if (!check_against_kernel(*program, std::move(calls))) return;
        ++installed;
    }
    CHECK(installed >= 3);
    for (const auto& name : left_out) UNSCOPED_INFO("no profile that can be installed here by itself: " << name);
    CHECK(left_out.size() <= 6);
}

}  // namespace callgate
