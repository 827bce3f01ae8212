// The behavioural suite of the trap: programs.tests on every trap backend.
#include "program_table.h"
#include "under_profile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <linux/seccomp.h>

#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

using callgate::model::Mode;
using callgate::model::Outcome;
using callgate::model::ProcessEnd;

namespace callgate::tests {

namespace {

/// A program that cannot show anything here exits with this, and says why.
constexpr int kSkipped = 77;

void read_exception(ProgramRow& row, const std::string& line) {
    const auto begin = line.find_first_not_of(' ');
    const auto colon = line.find(": ");
    if (colon == std::string::npos) throw std::runtime_error(row.where + ": an exception has no reason: " + line);
    auto says = line.substr(colon + 2);
    for (auto at = says.find("\\n"); at != std::string::npos; at = says.find("\\n")) says.replace(at, 2, "\n");
    row.exceptions.emplace(line.substr(begin, colon - begin), says);
}

ProgramRow read_row(const std::string& where, const std::string& line) {
    ProgramRow row;
    row.where = where;
    std::istringstream words{line};
    std::string count;
    words >> count >> row.call;
    for (std::string word; words >> word;) row.command.push_back(word);
    if (row.command.empty()) throw std::runtime_error(where + ": count, call and program are wanted: " + line);
    const auto dots = count.find("..");
    row.least = std::stoull(count);
    row.most = dots == std::string::npos ? row.least : std::stoull(count.substr(dots + 2));
    return row;
}

/// Answers one number with EPERM, whatever the ABI: no profile can name a call that does not exist.
bpf::Program refusing(std::int32_t nr) {
    constexpr std::uint16_t kLoadWord = 0x20;   // BPF_LD | BPF_W | BPF_ABS
    constexpr std::uint16_t kJumpEqual = 0x15;  // BPF_JMP | BPF_JEQ | BPF_K
    constexpr std::uint16_t kReturn = 0x06;     // BPF_RET | BPF_K
    return {{kLoadWord, 0, 0, 0},
            {kJumpEqual, 0, 1, static_cast<std::uint32_t>(nr)},
            {kReturn, 0, 0, SECCOMP_RET_ERRNO | 1},
            {kReturn, 0, 0, SECCOMP_RET_ALLOW}};
}

Ran run_row(const ProgramRow& row, Mode mode, const Watch& watch) {
    if (const auto nr = number_of(row.call)) return run_under(refusing(*nr), mode, row.command, watch);
    return run_under(denying(row.call), mode, row.command, watch);
}

std::uint64_t refused_in(const Ran& ran, const std::string& call) {
    const auto nr = number_of(call);
    if (!nr) return ran.refused(call);
    std::uint64_t count = 0;
    for (const auto& total : ran.result.refused) count += total.nr == *nr ? total.count : 0;
    return count;
}

std::string end_of(const Ran& ran) {
    return ran.result.end ? describe(*ran.result.end) : "unknown";
}

void check_mode(const ProgramRow& row, Mode mode, const Watch& watch, const Ran& native) {
    const auto ran = run_row(row, mode, watch);
    INFO(model::mode_name(mode) << " mode: " << joined(ran.result.reasons));
    REQUIRE(ran.result.outcome != Outcome::timed_out);
    const auto refused = refused_in(ran, row.call);
    if (row.least == row.most) {
        CHECK(refused == row.least);
    } else {
        CHECK(refused >= row.least);
        CHECK(refused <= row.most);
    }
    CHECK(ran.refused_in_all() == refused);
    CHECK(end_of(ran) == end_of(native));
    const auto prints = row.exceptions.find(fmt::format("prints in {}", model::mode_name(mode)));
    CHECK(ran.output == (prints == row.exceptions.end() ? native.output : prints->second));
    CHECK(model::outcome_name(ran.result.outcome) == (row.most == 0 ? "passed" : "violated"));
}

class ProgramCase : public Catch::ITestInvoker {
public:
    ProgramCase(ProgramRow row, const runners::TrapBackend& backend) : row_{std::move(row)}, backend_{backend} {}

    void invoke() const override {
        INFO(row_.where);
        const auto native = run_under(denying("getppid"), Mode::baseline, row_.command);
        if (native.result.end == ProcessEnd{ProcessEnd::Kind::exited, kSkipped}) {
            WARN("skipped: " << native.output);
            return;
        }
        if (native.result.outcome == Outcome::workload_failed && row_.has("may not start")) {
            WARN("skipped: " << joined(native.result.reasons));
            return;
        }
        INFO(joined(native.result.reasons));
        REQUIRE(native.result.outcome == Outcome::passed);
        for (const auto mode : {Mode::log, Mode::error}) {
            const auto other = mode == Mode::log ? Mode::error : Mode::log;
            if (!row_.has(fmt::format("only {}", model::mode_name(other)))) {
                check_mode(row_, mode, Watch{.backend = backend_}, native);
            }
        }
    }

private:
    ProgramRow row_;
    const runners::TrapBackend& backend_;
};

}  // namespace

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::optional<std::int32_t> number_of(const std::string& call) {
    if (call.front() != '-' && std::isdigit(static_cast<unsigned char>(call.front())) == 0) return std::nullopt;
    return static_cast<std::int32_t>(std::stoll(call, nullptr, 0));
}

std::vector<ProgramRow> program_table() {
    std::ifstream file{CALLGATE_SOURCE_DIR "/tests/kernel/programs.tests"};
    std::vector<ProgramRow> rows;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.empty() || line.front() == '#') continue;
        const auto where = fmt::format("programs.tests:{}", number);
        if (line.front() != ' ') {
            rows.push_back(read_row(where, line));
        } else if (rows.empty()) {
            throw std::runtime_error(where + ": an exception without its program: " + line);
        } else {
            read_exception(rows.back(), line);
        }
    }
    if (rows.empty()) throw std::runtime_error("no programs in programs.tests");
    return rows;
}

void register_program_cases() {
    for (const auto& row : program_table()) {
        for (const auto* const backend : runners::trap_backends()) {
            if (row.has(fmt::format("not {}", backend->name))) continue;
            const auto name = fmt::format("`{}` under {}: {}", joined(row.command), backend->name, row.call);
            const auto tags = row.has(fmt::format("fails {}", backend->name)) ? "[kernel][!mayfail]" : "[kernel]";
            // Catch2 takes ownership of the invoker.
            const Catch::AutoReg registered{new ProgramCase{row, *backend}, CATCH_INTERNAL_LINEINFO, Catch::StringRef{},
                                            Catch::NameAndTags{name, tags}};
        }
    }
}

}  // namespace callgate::tests
