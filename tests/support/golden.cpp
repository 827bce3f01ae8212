#include "tests/support/golden.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace callgate::tests {

namespace {

std::string first_difference(std::string_view expected, std::string_view actual) {
    const auto [there, here] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
    const auto offset = static_cast<std::size_t>(there - expected.begin());
    const auto line = std::count(expected.begin(), there, '\n') + 1;
    const auto begin = expected.substr(0, offset).rfind('\n') + 1;  // npos + 1 is 0
    const auto line_of = [&](std::string_view text) {
        return text.substr(begin, text.find('\n', std::min(offset, text.size())) - begin);
    };
    return fmt::format("line {}\n  expected: {}\n  actual:   {}", line, line_of(expected), line_of(actual));
}

}  // namespace

void check_golden(const std::string& name, std::string_view actual) {
    const auto path = std::filesystem::path{CALLGATE_SOURCE_DIR} / "tests" / "golden" / name;
    if (const char* update = std::getenv("CALLGATE_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
        std::ofstream{path, std::ios::binary} << actual;
        return;
    }
    std::ifstream file{path, std::ios::binary};
    INFO("golden file " << path.string() << "; CALLGATE_UPDATE_GOLDEN=1 rewrites it");
    REQUIRE(file.is_open());
    const std::string expected{std::istreambuf_iterator<char>{file}, {}};
    if (expected == actual) {
        SUCCEED();
    } else {
        FAIL_CHECK("differs in " << first_difference(expected, actual));
    }
}

CommandResult run_shell(const std::string& line) {
    CommandResult result;
    const auto command = "{ " + line + "\n} 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        result.output.append(buffer.data(), got);
    }
    const int status = ::pclose(pipe);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return result;
}

}  // namespace callgate::tests
