#include "runners/launch/launch_page.h"

#include <catch2/catch.hpp>

#include <cerrno>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

namespace callgate::runners {

namespace {

SharedLaunchPage page() {
    auto made = SharedLaunchPage::make();
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("a launch page begins with nothing reached and nothing failed", "[runners]") {
    const auto shared = page();
    CHECK(shared->go.load() == 0);
    CHECK(shared->stage.load() == LaunchPage::Stage::waiting);
    CHECK(shared->error.load() == 0);
    CHECK_FALSE(shared->no_new_privs.load());
    CHECK(failure_text(*shared, "/bin/x", "/work").empty());
}

TEST_CASE("a launch that failed is told by its stage", "[runners]") {
    const auto [stage, error, text] = GENERATE(table<LaunchPage::Stage, int, std::string>({
        {LaunchPage::Stage::waiting, EPERM, "cannot start the workload: Operation not permitted (errno 1)"},
        {LaunchPage::Stage::streams, EBADF,
         "cannot set up the workload's standard streams: Bad file descriptor (errno 9)"},
        {LaunchPage::Stage::directory, ENOENT,
         "cannot enter the working directory '/work': No such file or directory (errno 2)"},
        {LaunchPage::Stage::identity, EPERM, "cannot become the workload's user: Operation not permitted (errno 1)"},
        {LaunchPage::Stage::filter, EINVAL, "the kernel does not take the filter: Invalid argument (errno 22)"},
        {LaunchPage::Stage::exec, ENOEXEC, "cannot execute '/bin/x': Exec format error (errno 8)"},
    }));
    LaunchPage failed;
    failed.stage = stage;
    failed.error = error;
    CHECK(failure_text(failed, "/bin/x", "/work") == text);
    failed.error = 0;  // a stage that was reached and did not fail
    CHECK(failure_text(failed, "/bin/x", "/work").empty());
}

TEST_CASE("whoever waits for the release goes on after it, and at once when it came before", "[runners]") {
    const auto shared = page();
    {
        const std::jthread waiting{[&] {
            wait_for_release(*shared);
            shared->error.store(1);
        }};
        shared.release();
    }
    CHECK(shared->error.load() == 1);
    wait_for_release(*shared);
    CHECK(shared->go.load() == 1);
}

TEST_CASE("a launch page that was handed on stays mapped", "[runners]") {
    auto first = page();
    auto* const where = &*first;
    {
        const SharedLaunchPage second{std::move(first)};
        CHECK(&*second == where);
        second->error.store(7);
        CHECK(second->error.load() == 7);
    }
}

}  // namespace callgate::runners
