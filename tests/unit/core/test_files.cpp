#include "harness/core/files.h"
#include "harness/core/unique_fd.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace callgate::core {

namespace {

namespace fs = std::filesystem;

TempDir directory() {
    auto made = TempDir::make("callgate-unit");
    REQUIRE(made);
    return std::move(*made);
}

std::vector<std::string> names_in(const fs::path& path) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{path}) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

void put(const fs::path& path, const std::string& text) {
    REQUIRE(write_file(path, text));
}

std::string content(const fs::path& path) {
    const auto text = read_file(path);
    REQUIRE(text);
    return *text;
}

}  // namespace

TEST_CASE("a file comes back as it was written", "[core]") {
    const auto dir = directory();
    const auto text =
        GENERATE(std::string{}, std::string{"a\n"}, std::string{"\0\xff\r\n", 4}, std::string(200'000, 'x'));
    put(dir.path() / "out", text);
    CHECK(content(dir.path() / "out") == text);
    CHECK(names_in(dir.path()) == std::vector<std::string>{"out"});
}

TEST_CASE("whoever has the old file open goes on reading the old one", "[core]") {
    const auto dir = directory();
    const auto path = dir.path() / "out";
    put(path, "old");
    fs::create_hard_link(path, dir.path() / "link");
    put(path, "new and longer");
    CHECK(content(path) == "new and longer");
    CHECK(content(dir.path() / "link") == "old");
}

TEST_CASE("writing replaces a symbolic link and leaves what it points to", "[core]") {
    const auto dir = directory();
    put(dir.path() / "victim", "precious");
    fs::create_symlink(dir.path() / "victim", dir.path() / "out");
    fs::create_symlink(dir.path() / "victim", dir.path() / fmt::format("out.{}.tmp", ::getpid()));
    put(dir.path() / "out", "new");
    CHECK(content(dir.path() / "victim") == "precious");
    CHECK(content(dir.path() / "out") == "new");
    CHECK_FALSE(fs::is_symlink(dir.path() / "out"));
    CHECK(names_in(dir.path()) == std::vector<std::string>{"out", "victim"});
}

TEST_CASE("a write that fails says why and leaves nothing behind", "[core]") {
    const auto dir = directory();
    const auto nowhere = dir.path() / "missing" / "out";
    const auto created = write_file(nowhere, "x");
    REQUIRE_FALSE(created);
    CHECK(created.error().message ==
          fmt::format("cannot create '{}.{}.tmp': No such file or directory (errno 2)", nowhere.string(), ::getpid()));

    const auto taken = dir.path() / "taken";
    fs::create_directory(taken);
    const auto renamed = write_file(taken, "x");
    REQUIRE_FALSE(renamed);
    CHECK(renamed.error().message == fmt::format("'{}': cannot rename: Is a directory (errno 21)", taken.string()));
    CHECK(names_in(dir.path()) == std::vector<std::string>{"taken"});
}

TEST_CASE("a file is read whole up to the limit and refused past it", "[core]") {
    const auto dir = directory();
    const auto path = dir.path() / "in";
    put(path, "12345");
    CHECK(*read_file(path, 5) == "12345");
    const auto refused = read_file(path, 4);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == fmt::format("'{}' is larger than 4 bytes", path.string()));
}

TEST_CASE("what has no end is refused at the limit", "[core]") {
    const auto refused = read_file("/dev/zero", 100'000);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "'/dev/zero' is larger than 100000 bytes");
}

TEST_CASE("a file that cannot be read is named", "[core]") {
    const auto dir = directory();
    const auto missing = read_file(dir.path() / "missing");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message ==
          fmt::format("cannot open '{}/missing': No such file or directory (errno 2)", dir.path().string()));
    const auto no_file = read_file(dir.path());
    REQUIRE_FALSE(no_file);
    CHECK(no_file.error().message == fmt::format("cannot read '{}': Is a directory (errno 21)", dir.path().string()));
}

TEST_CASE("the tail of a file starts at a line where one is near", "[core]") {
    const auto dir = directory();
    const auto path = dir.path() / "log";
    const auto [text, limit, tail] = GENERATE(table<std::string, std::size_t, std::string>({
        {"", 10, ""},
        {"one\ntwo\n", 8, "one\ntwo\n"},
        {"one\ntwo\n", 100, "one\ntwo\n"},
        {"one\ntwo\nthree", 7, "three"},
        {"one\ntwo\nthree", 3, "ree"},     // no line starts there
        {"one\ntwo\nthree\n", 3, "ee\n"},  // only the last line's end is there
        {"one\ntwo\n", 0, ""},
    }));
    put(path, text);
    CHECK(read_tail(path, limit) == tail);
}

TEST_CASE("the tail of what cannot be read is empty", "[core]") {
    const auto dir = directory();
    CHECK(read_tail(dir.path() / "missing", 10).empty());
    CHECK(read_tail("/dev/null", 10).empty());
}

TEST_CASE("a temporary directory goes with everything in it", "[core]") {
    fs::path path;
    {
        const auto dir = directory();
        path = dir.path();
        CHECK(path.filename().string().starts_with("callgate-unit."));
        struct stat seen {};
        REQUIRE(::stat(path.c_str(), &seen) == 0);
        CHECK((seen.st_mode & 0777U) == 0700U);
        fs::create_directories(path / "a" / "b");
        put(path / "a" / "b" / "file", "x");
        fs::create_directory_symlink("/etc", path / "elsewhere");
    }
    CHECK_FALSE(fs::exists(path));
    CHECK(fs::exists("/etc"));
}

TEST_CASE("a temporary directory is removed once, by its last owner", "[core]") {
    auto first = directory();
    const auto path = first.path();
    std::optional<TempDir> second{std::move(first)};
    CHECK(second->path() == path);
    auto third = directory();
    const auto replaced = third.path();
    third = std::move(*second);
    CHECK_FALSE(fs::exists(replaced));
    second.reset();
    CHECK(fs::exists(path));
    CHECK(third.path() == path);
}

TEST_CASE("a temporary directory that is kept stays", "[core]") {
    fs::path path;
    {
        auto dir = directory();
        path = dir.path();
        dir.keep();
    }
    CHECK(fs::is_directory(path));
    fs::remove(path);
}

TEST_CASE("an owned file descriptor is closed once", "[core]") {
    UniqueFd first{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    REQUIRE(first);
    const int number = first.get();
    UniqueFd second{std::move(first)};
    CHECK(second.get() == number);
    const int released = second.release();
    CHECK_FALSE(second);
    CHECK(::fcntl(released, F_GETFD) != -1);
    second.reset(released);
    second = UniqueFd{};
    CHECK(::fcntl(released, F_GETFD) == -1);
}

}  // namespace callgate::core
