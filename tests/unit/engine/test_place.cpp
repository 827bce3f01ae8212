#include "harness/engine/place.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace callgate::engine {

namespace {

namespace fs = std::filesystem;
using Kind = ports::FileSpec::Kind;

InstancePlace place() {
    auto made = InstancePlace::make();
    REQUIRE(made);
    return std::move(*made);
}

ports::FileSpec file(std::string path, Kind kind, unsigned mode = 0, std::string text = {}) {
    ports::FileSpec spec;
    spec.path = std::move(path);
    spec.kind = kind;
    spec.text = std::move(text);
    spec.common_name = "localhost";
    spec.mode = mode;
    return spec;
}

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::string content(const fs::path& path) {
    const auto text = core::read_file(path);
    REQUIRE(text);
    return *text;
}

std::string said(const core::Status& status) {
    return status ? "" : status.error().message;
}

}  // namespace

TEST_CASE("an instance has a directory of its own that goes with it", "[engine]") {
    fs::path workdir;
    {
        const auto mine = place();
        const auto other = place();
        workdir = mine.workdir();
        CHECK(workdir != other.workdir());
        CHECK(fs::is_directory(workdir));
        CHECK(fs::is_empty(workdir));
        CHECK(mine.log().parent_path() == workdir.parent_path());
        // Whoever the workload becomes reaches its files.
        CHECK(mode_of(workdir) == 0755);
        CHECK(mode_of(workdir.parent_path()) == 0755);
    }
    CHECK_FALSE(fs::exists(workdir.parent_path()));
}

TEST_CASE("files are put with their text and mode, directories are made on the way", "[engine]") {
    const auto mine = place();
    const auto elsewhere = place();
    const auto absolute = (elsewhere.workdir() / "abs.txt").string();
    REQUIRE(said(mine.put_files({file("a.txt", Kind::text, 0, "one\n"), file("deep/down/b.sh", Kind::text, 0750, "two"),
                                 file("empty", Kind::text), file("dir", Kind::directory),
                                 file("x/y/private", Kind::directory, 0700), file(absolute, Kind::text, 0, "three")},
                                std::nullopt)) == "");
    const auto work = mine.workdir();
    CHECK(content(work / "a.txt") == "one\n");
    CHECK(mode_of(work / "a.txt") == 0644);
    CHECK(content(work / "deep/down/b.sh") == "two");
    CHECK(mode_of(work / "deep/down/b.sh") == 0750);
    CHECK(content(work / "empty").empty());
    CHECK(mode_of(work / "dir") == 0755);
    CHECK(mode_of(work / "x/y/private") == 0700);
    CHECK(content(absolute) == "three");
}

TEST_CASE("a certificate is a directory with a public and a private half", "[engine]") {
    const auto mine = place();
    REQUIRE(said(mine.put_files({file("tls", Kind::certificate)}, std::nullopt)) == "");
    const auto tls = mine.workdir() / "tls";
    CHECK(content(tls / "cert.pem").find("-----BEGIN CERTIFICATE-----\n") == 0);
    CHECK(content(tls / "key.pem").find("-----BEGIN PRIVATE KEY-----\n") == 0);
    CHECK(mode_of(tls / "cert.pem") == 0644);
    CHECK(mode_of(tls / "key.pem") == 0600);
}

TEST_CASE("a file that cannot be put is told by its name", "[engine]") {
    const auto mine = place();
    CHECK(said(mine.put_files({file("a", Kind::text), file("a/b", Kind::text)}, std::nullopt)).find("a") !=
          std::string::npos);
    CHECK(said(mine.put_files({file("d", Kind::directory), file("d", Kind::text)}, std::nullopt))
              .find("workload file 'd': ") == 0);
}

TEST_CASE("everything in the working directory is given to the workload's user", "[engine]") {
    const auto mine = place();
    const ports::Identity me{::getuid(), ::getgid(), {}};
    CHECK(said(mine.put_files({file("x/y", Kind::text), file("d", Kind::directory)}, me)) == "");
    if (::getuid() != 0) return;
    const ports::Identity other{12345, 54321, {}};
    REQUIRE(said(mine.put_files({file("x/z", Kind::text)}, other)) == "");
    for (const auto* path : {"", "x", "x/y", "x/z", "d"}) {
        struct stat status {};
        REQUIRE(::stat((mine.workdir() / path).c_str(), &status) == 0);
        CHECK(status.st_uid == 12345);
        CHECK(status.st_gid == 54321);
    }
}

}  // namespace callgate::engine
