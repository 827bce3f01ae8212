#include "harness/core/result.h"

#include <catch2/catch.hpp>

#include <cerrno>
#include <memory>

namespace callgate::core {

TEST_CASE("a result holds a value, also one that can only be moved", "[core]") {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
    REQUIRE(result);
    CHECK(result.has_value());
    CHECK(**result == 7);
    const auto taken = std::move(*result);
    CHECK(*taken == 7);
}

TEST_CASE("a result of strings tells a string from an error", "[core]") {
    const Result<std::string> good = std::string{"text"};
    const Result<std::string> bad = fail("text");
    CHECK(good->size() == 4);
    CHECK(*good == "text");
    CHECK_FALSE(bad);
    CHECK(bad.error().message == "text");
}

TEST_CASE("an error gets what was being done put in front", "[core]") {
    const Status status = fail(Error{"no such file"}.context("'a.json'").context("profile"));
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "profile: 'a.json': no such file");
    CHECK(Status{});
}

TEST_CASE("the wrong side of a result is a bug that does not pass unseen", "[core]") {
    const Result<int> good = 1;
    const Result<int> bad = fail("no");
    CHECK_THROWS(good.error());
    CHECK_THROWS(bad.value());
    CHECK_THROWS(Status{}.error());
}

TEST_CASE("a failed system call is told in words and by number", "[core]") {
    CHECK(system_error("cannot open 'x'", ENOENT).message == "cannot open 'x': No such file or directory (errno 2)");
    CHECK(system_error("ptrace", EPERM).message == "ptrace: Operation not permitted (errno 1)");
}

TEST_CASE("an invariant that holds costs nothing", "[core]") {
    ensure(true, "never said");
    SUCCEED();
}

}  // namespace callgate::core
