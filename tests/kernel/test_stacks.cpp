#include "harness/core/files.h"
#include "under_profile.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

using callgate::core::TempDir;
using callgate::model::Mode;
using callgate::model::StackFrame;
using callgate::tests::denying;
using callgate::tests::run_under;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

const std::string kSource = CALLGATE_SOURCE_DIR "/tests/programs/frames.c";

std::string text_of(const fs::path& path) {
    auto text = callgate::core::read_file(path);
    REQUIRE(text);
    return *text;
}

/// The line of frames.c that says of itself "line: NAME"; the one for this machine when there are several.
std::vector<int> lines_of(const std::string& name) {
    std::ifstream source{kSource};
    std::vector<int> lines;
    std::string line;
    for (int number = 1; std::getline(source, line); ++number) {
        if (line.find("line: " + name + " ") != std::string::npos) lines.push_back(number);
    }
    return lines;
}

std::vector<StackFrame> stack_of(std::vector<std::string> command) {
    const auto ran = run_under(denying("getppid"), Mode::log, std::move(command));
    CHECK(ran.output.empty());
    REQUIRE(ran.result.violations.size() == 1);
    return ran.result.violations[0].stack;
}

Names names_of(const std::vector<StackFrame>& stack, std::size_t most = 3) {
    Names names;
    for (std::size_t i = 0; i < std::min(most, stack.size()); ++i) names.push_back(stack[i].symbol);
    return names;
}

bool contains(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_lines(const std::vector<StackFrame>& stack) {
    REQUIRE(stack.size() >= 3);
    const Names expected{"inner", "middle", "outer"};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        INFO(expected[i]);
        CHECK(stack[i].file == kSource);
        CHECK_THAT(lines_of(expected[i]), Catch::Matchers::VectorContains(stack[i].line));
    }
}

const Names kChain{"inner", "middle", "outer"};

}  // namespace

TEST_CASE("a violation names the functions and lines that led to it, however the program was built", "[kernel]") {
    const std::string program = GENERATE("frames", "frames_no_pie", "frames_static", "frames_static_pie",
                                         "frames_no_frame_pointer", "frames_split");
    INFO(program);
    const auto stack = stack_of({program});
    CHECK(names_of(stack) == kChain);
    check_lines(stack);
    CHECK(contains(names_of(stack, 64), "main"));
    CHECK(stack[0].module == CALLGATE_PROGRAMS "/" + program);
}

TEST_CASE("a program without symbols and debug information still has places and the names that libraries export",
          "[kernel]") {
    const auto stack = stack_of({"frames_stripped"});
    REQUIRE(stack.size() >= 4);
    CHECK(stack[0].module == CALLGATE_PROGRAMS "/frames_stripped");
    CHECK(stack[0].offset != 0);
    CHECK(stack[0].symbol.empty());
    const auto names = names_of(stack, 64);
    CHECK(std::any_of(names.begin(), names.end(),
                      [](const std::string& name) { return name.rfind("__libc_start_main", 0) == 0; }));
}

TEST_CASE("without unwind tables frame pointers lead on", "[kernel]") {
    const auto names = names_of(stack_of({"frames_no_tables"}), 64);
    // inner() calls nothing and need not have a frame; then its caller is the one that a frame pointer cannot tell.
    REQUIRE(names.size() >= 2);
    CHECK(names[0] == "inner");
    CHECK(contains(names, "outer"));
}

TEST_CASE("a 32-bit program has a stack too", "[kernel]") {
    const std::string profile =
        R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
        "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO"}]})";
    if (!fs::exists(CALLGATE_PROGRAMS "/frames_32") || std::system(CALLGATE_PROGRAMS "/frames_32 2>/dev/null") != 0) {
        WARN("skipped: this compiler makes no 32-bit programs, or this kernel runs none");
        return;
    }
    const auto ran = run_under(profile, Mode::log, {"frames_32"});
    REQUIRE(ran.result.violations.size() == 1);
    const auto& stack = ran.result.violations[0].stack;
    CHECK(names_of(stack) == kChain);
    check_lines(stack);
}

TEST_CASE("a stack of any depth gives its inner frames", "[kernel]") {
    const auto stack = stack_of({"frames", "deep", "1000"});
    CHECK(stack.size() == 64);
    CHECK(names_of(stack) == kChain);
    CHECK(stack.back().symbol == "deep");
}

TEST_CASE("the stack goes on behind a signal handler", "[kernel]") {
    const auto names = names_of(stack_of({"frames", "signal"}), 64);
    CHECK(names.at(3) == "on_signal");
    CHECK(contains(names, "main"));
}

TEST_CASE("a thread has its stack after the first thread is gone", "[kernel]") {
    const auto stack = stack_of({"frames", "thread"});
    CHECK(names_of(stack) == kChain);
    CHECK(stack.at(3).symbol == "in_thread");
}

TEST_CASE("code in anonymous memory has no name, but its caller has", "[kernel]") {
    const std::string how = GENERATE("copied", "leaf");
    INFO(how);
    const auto stack = stack_of({"frames", how});
    CHECK(names_of(stack) == Names{"", "middle", "outer"});
    CHECK(stack.at(0).module.empty());
    CHECK(stack[0].offset != 0);
}

TEST_CASE("a program whose file is gone keeps its names", "[kernel]") {
    const auto directory = TempDir::make("callgate-frames");
    REQUIRE(directory);
    const auto copy = directory->path() / "frames";
    fs::copy_file(CALLGATE_PROGRAMS "/frames", copy);
    const auto removed = stack_of({copy.string(), "unlinked"});
    CHECK_FALSE(fs::exists(copy));
    CHECK(names_of(removed) == kChain);
    CHECK(removed.at(0).module == copy.string() + " (deleted)");
    const auto memory = stack_of({CALLGATE_PROGRAMS "/frames", "memfd"});
    CHECK(names_of(memory) == kChain);
    check_lines(memory);
}

TEST_CASE("damaged ELF files cost names, never the run", "[kernel]") {
    const auto directory = TempDir::make("callgate-frames");
    REQUIRE(directory);
    const auto program = GENERATE("frames", "frames_stripped");
    const auto whole = text_of(std::string{CALLGATE_PROGRAMS "/"} + program);
    // The code of inner() stays, so that each copy can make its call; all else may change.
    const auto call = static_cast<std::ptrdiff_t>(stack_of({program}).at(0).offset);
    constexpr std::ptrdiff_t kAround = 64;
    std::mt19937 random{1};
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random);
    };
    std::vector<std::string> command{std::string{CALLGATE_PROGRAMS "/"} + program, "mapped"};
    constexpr std::size_t kFiles = 60;
    for (std::size_t i = 0; i < kFiles; ++i) {
        auto damaged = whole;
        const bool headers = i % 2 == 0;
        const auto bytes = 1 + below(headers ? 20 : 2000);
        for (std::size_t n = 0; n < bytes; ++n) {
            // Half of the files are damaged where it hurts most: in the ELF header and the program headers.
            damaged[below(headers ? 1024 : damaged.size())] = static_cast<char>(below(256));
        }
        std::copy(whole.begin() + call - kAround, whole.begin() + call + kAround, damaged.begin() + call - kAround);
        if (i % 5 == 0) damaged.resize(std::max<std::size_t>(damaged.size() / 2, static_cast<std::size_t>(call) + 64));
        command.push_back((directory->path() / ("damaged" + std::to_string(i))).string());
        std::ofstream{command.back(), std::ios::binary} << damaged;
    }
    const auto ran = run_under(denying("getppid"), Mode::log, command);
    INFO(ran.output);
    CHECK(ran.result.end == callgate::model::ProcessEnd{callgate::model::ProcessEnd::Kind::exited, 0});
    CHECK(ran.result.violations.size() == kFiles);
    for (const auto& violation : ran.result.violations)
        CHECK(violation.stack.at(0).module.find("damaged") != Names::value_type::npos);
}
