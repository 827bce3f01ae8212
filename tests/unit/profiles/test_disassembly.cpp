#include "profiles/annotate.h"
#include "profiles/disassembly.h"
#include "profiles/filter.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

namespace callgate::profiles {

namespace {

constexpr auto kProfile = R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
{"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}]})";

Filter filter() {
    auto filter = Filter::of(profile_of(kProfile));
    if (!filter) FAIL(filter.error().message);
    return std::move(*filter);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

bool has_line(const std::vector<std::string>& lines, const std::vector<std::string>& parts) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return std::all_of(parts.begin(), parts.end(),
                           [&](const std::string& part) { return line.find(part) != std::string::npos; });
    });
}

}  // namespace

TEST_CASE("each instruction is shown with the rules that it belongs to", "[profiles]") {
    const auto f = filter();
    const auto lines = lines_of(disassembly_text(f));
    CHECK(lines.size() == f.program().size());
    CHECK(has_line(lines, {"A = arch"}));
    CHECK(has_line(lines, {"A == 1", "p.json:2 write"}));
    CHECK(has_line(lines, {"135", "p.json:3 personality"}));
    CHECK(has_line(lines, {"A = args[0] low", "p.json:3 personality"}));
    CHECK(has_line(lines, {"RET_ALLOW", "p.json:2 (2 names)", "p.json:3 personality"}));
    CHECK(has_line(lines, {"RET_ERRNO|1", "p.json:1 (default action)"}));
    CHECK(!has_line(lines, {"A = arch", "p.json"}));
    CHECK(!has_line(lines, {"if A", "default action"}));
}

TEST_CASE("the path of a call is the part of the filter that the kernel executes", "[profiles]") {
    const auto f = filter();
    const auto path = lines_of(path_text(f, call_of("x86_64", "write")));
    REQUIRE(!path.empty());
    CHECK(path.size() < f.program().size());
    CHECK(has_line(path, {"A == 1", "write"}));
    CHECK(!has_line(path, {"args[0]"}));
    CHECK(path.back().find("RET_ALLOW") != std::string::npos);
}

TEST_CASE("a filter without a profile has no notes", "[profiles]") {
    const auto notes = notes_of(Filter{"p.bpf", filter().program()});
    CHECK(std::all_of(notes.begin(), notes.end(), [](const std::string& note) { return note.empty(); }));
}

}  // namespace callgate::profiles
