// Runs the tables of tests/sim: what a filter says of single calls.
#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <sstream>
#include <vector>

namespace callgate::profiles {

namespace {

struct Row {
    std::string where;
    std::string profile;
    std::string arch;
    std::string syscall;
    std::string args;
    std::string action;
};

std::vector<Row> rows_of(const std::filesystem::path& path) {
    std::istringstream lines{file_text(path.string())};
    std::vector<Row> rows;
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (line.empty() || line.front() == '#') continue;
        Row row;
        row.where = path.filename().string() + ":" + std::to_string(number);
        std::istringstream words{line};
        words >> row.profile >> row.arch >> row.syscall >> row.args >> std::ws;
        std::getline(words, row.action);
        rows.push_back(row);
    }
    return rows;
}

model::Call call_in(const Row& row) {
    model::Call call;
    const auto archs = model::known_archs();
    const auto arch = std::find_if(archs.begin(), archs.end(), [&](const auto& a) { return a.short_name == row.arch; });
    REQUIRE(arch != archs.end());
    call.audit_arch = model::audit_arch(arch->arch);
    if (row.syscall.find_first_not_of("0123456789") == std::string::npos) {
        call.nr = std::stoi(row.syscall);
    } else if (row.arch == "i386" && row.syscall == "socket") {
        call.nr = 359;  // libseccomp resolves the name to its pseudo number for socketcall(2)
    } else {
        call.nr = model::syscall_number(arch->arch, row.syscall).value();
    }
    std::istringstream values{row.args == "-" ? "" : row.args};
    std::string value;
    for (std::size_t i = 0; std::getline(values, value, ','); ++i) call.args.at(i) = std::stoull(value, nullptr, 0);
    return call;
}

}  // namespace

TEST_CASE("filters answer calls as the tables of tests/sim say", "[profiles][bpf]") {
    const std::filesystem::path tests = std::filesystem::path{CALLGATE_SOURCE_DIR} / "tests";
    std::map<std::string, bpf::Program> programs;
    std::size_t tables = 0;
    for (const auto& entry : std::filesystem::directory_iterator{tests / "sim"}) {
        if (entry.path().extension() != ".tests") continue;
        ++tables;
        for (const auto& row : rows_of(entry.path())) {
            INFO(row.where);
            auto& program = programs[row.profile];
            if (program.empty()) {
                const auto compiled = compile(profile_of(file_text((tests / row.profile).string()), row.profile));
                REQUIRE(compiled.has_value());
                program = compiled->program;
            }
            CHECK(model::describe(model::Action::from_return(bpf::evaluate(program, call_in(row)))) == row.action);
        }
    }
    CHECK(tables >= 3);
}

}  // namespace callgate::profiles
