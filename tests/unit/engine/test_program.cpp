#include "harness/core/files.h"
#include "harness/engine/facts.h"
#include "harness/engine/program.h"
#include "harness/ports/user.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

namespace fs = std::filesystem;

/// Two directories with programs: a/tool, b/tool, b/only, and a/data that nobody may execute.
struct Programs {
    core::TempDir root;

    Programs() : root{make()} {
        for (const auto* directory : {"a", "b", "a/sub"}) fs::create_directory(root.path() / directory);
        put("a/tool", 0755);
        put("b/tool", 0755);
        put("b/only", 0755);
        put("a/data", 0644);
        fs::create_directory(root.path() / "a/only");  // a directory is no program
    }

    [[nodiscard]] std::string at(const std::string& name) const { return (root.path() / name).string(); }

private:
    static core::TempDir make() {
        auto made = core::TempDir::make("callgate-unit");
        REQUIRE(made);
        return std::move(*made);
    }
    void put(const std::string& name, unsigned mode) const {
        REQUIRE(core::write_file(at(name), "#!/bin/sh\n"));
        REQUIRE(::chmod(at(name).c_str(), mode) == 0);
    }
};

std::string found(const core::Result<std::string>& result) {
    return result ? *result : result.error().message;
}

}  // namespace

TEST_CASE("a program without a slash is the first one in PATH", "[engine]") {
    const Programs programs;
    const auto path = programs.at("a") + ":" + programs.at("b");
    const auto reversed = programs.at("missing") + ":" + programs.at("b") + ":" + programs.at("a");
    CHECK(found(find_program("tool", {{"PATH", path}}, "/")) == programs.at("a/tool"));
    CHECK(found(find_program("tool", {{"PATH", reversed}}, "/")) == programs.at("b/tool"));
    CHECK(found(find_program("only", {{"PATH", path}}, "/")) == programs.at("b/only"));
}

TEST_CASE("a relative place in PATH is seen from where the program will run", "[engine]") {
    const Programs programs;
    const auto root = programs.root.path().string();
    CHECK(found(find_program("tool", {{"PATH", "missing:b"}}, root)) == programs.at("b/tool"));
    CHECK(found(find_program("tool", {{"PATH", "missing::b"}}, programs.at("a"))) == programs.at("a/./tool"));
    CHECK(found(find_program("tool", {{"PATH", programs.at("b")}}, "")) == programs.at("b/tool"));
}

TEST_CASE("a program that is nowhere in PATH is told with where it was looked for", "[engine]") {
    const Programs programs;
    const auto path = programs.at("a");
    CHECK(found(find_program("data", {{"PATH", path}}, "/")) ==
          "no program 'data' in PATH (" + path + "); install it or give its path");
    CHECK(found(find_program("tool", {{"PATH", ""}}, path)) ==
          "no program 'tool' in PATH (which is empty); install it or give its path");
    CHECK(found(find_program("tool", {{"HOME", path}}, path)) ==
          "no program 'tool' in PATH (which is empty); install it or give its path");
}

TEST_CASE("a program with a slash is seen from the directory", "[engine]") {
    const Programs programs;
    const auto root = programs.root.path().string();
    CHECK(found(find_program("a/tool", {}, root)) == programs.at("a/tool"));
    CHECK(found(find_program("./tool", {{"PATH", programs.at("b")}}, programs.at("a"))) == programs.at("a/./tool"));
    CHECK(found(find_program(programs.at("b/only"), {}, "/elsewhere")) == programs.at("b/only"));
    CHECK(found(find_program("./missing", {}, root)) == "'" + programs.at("./missing") + "' is not an executable file");
    CHECK(found(find_program("a/data", {}, root)) == "'" + programs.at("a/data") + "' is not an executable file");
    CHECK(found(find_program("./a", {}, root)) == "'" + programs.at("./a") + "' is not an executable file");
}

TEST_CASE("a user is found by name and by number", "[engine]") {
    for (const auto* name : {"root", "0"}) {
        const auto root = ports::find_user(name);
        REQUIRE(root);
        CHECK(root->uid == 0);
        CHECK(root->gid == 0);
        CHECK_FALSE(root->groups.empty());
    }
}

TEST_CASE("a number without a user stands for itself, in no other group", "[engine]") {
    const auto nobody = ports::find_user("3999999999");
    REQUIRE(nobody);
    CHECK(nobody->uid == 3999999999);
    CHECK(nobody->gid == 3999999999);
    CHECK(nobody->groups.empty());
}

TEST_CASE("a user that is not there is told", "[engine]") {
    const auto name = GENERATE(as<std::string>{}, "no-such-user-here", "0x", "-1", "99999999999999");
    const auto user = ports::find_user(name);
    REQUIRE_FALSE(user);
    CHECK(user.error().message == "no user '" + name + "' on this host");
}

TEST_CASE("the number that leaves the user as it is is no user", "[engine]") {
    const auto user = ports::find_user("4294967295");
    REQUIRE_FALSE(user);
    CHECK(user.error().message == "4294967295 is not the id of a user");
    CHECK(ports::find_user("4294967294").has_value());
}

TEST_CASE("an environment is written as programs get it", "[engine]") {
    CHECK(as_environment({{"PATH", "/bin"}, {"EMPTY", ""}, {"A", "b=c"}}) ==
          std::vector<std::string>{"A=b=c", "EMPTY=", "PATH=/bin"});
}

TEST_CASE("a signal has its name or its number", "[engine]") {
    CHECK(signal_name(15) == "SIGTERM");
    CHECK(signal_name(200) == "signal 200");
}

TEST_CASE("a process that is gone has no name any more", "[engine]") {
    CHECK(process_names({2147483647}) == std::vector<std::string>{"?[2147483647]"});
    CHECK(process_names({}).empty());
}

}  // namespace callgate::engine
