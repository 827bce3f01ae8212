#include "harness/core/cancel.h"

#include <catch2/catch.hpp>

#include <poll.h>

#include <csignal>
#include <thread>

namespace callgate::core {

namespace {

bool readable(const Cancel& cancel) {
    pollfd poller{cancel.fd(), POLLIN, 0};
    return ::poll(&poller, 1, 0) == 1;
}

}  // namespace

TEST_CASE("nothing is cancelled until it is requested", "[core]") {
    const Cancel cancel;
    CHECK_FALSE(cancel.requested());
    CHECK(cancel.reason() == 0);
    CHECK_FALSE(readable(cancel));
    CHECK_FALSE(cancel.wait_until(system_clock().now()));
    CHECK_FALSE(cancel.wait_until(SteadyTime{}));
}

TEST_CASE("a request stays, with the reason that came first", "[core]") {
    Cancel cancel;
    cancel.request(SIGINT);
    cancel.request(SIGTERM);
    CHECK(cancel.requested());
    CHECK(cancel.reason() == SIGINT);
    CHECK(readable(cancel));
    CHECK(readable(cancel));
    CHECK(cancel.wait_until(SteadyTime{}));
}

TEST_CASE("a request from another thread ends the waiting", "[core]") {
    Cancel cancel;
    const std::jthread other{[&] { cancel.request(SIGTERM); }};
    CHECK(cancel.wait_until(system_clock().now() + std::chrono::minutes{1}));
}

TEST_CASE("a deadline of less than a millisecond is waited for and not spun away", "[core]") {
    const Cancel cancel;
    const auto deadline = system_clock().now() + std::chrono::microseconds{300};
    CHECK_FALSE(cancel.wait_until(deadline));
    CHECK(system_clock().now() >= deadline);
}

}  // namespace callgate::core
