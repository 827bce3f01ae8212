#include "harness/engine/as_planned.h"

#include <catch2/catch.hpp>

namespace callgate::engine {

TEST_CASE("what callgate chose for an instance is said as the plan says it", "[engine]") {
    const ports::Variables variables{{"port.http", "3456"}, {"workdir", "/tmp/a"}, {"env.HOME", "/root"}};
    CHECK(as_planned("http GET http://127.0.0.1:3456/a", variables) == "http GET http://127.0.0.1:${port.http}/a");
    CHECK(as_planned("tcp :3456 :3456", variables) == "tcp :${port.http} :${port.http}");
    CHECK(as_planned("http :34567 and 3456", variables) == "http :34567 and 3456");
    CHECK(as_planned("exec /tmp/a/x /root", variables) == "exec ${workdir}/x /root");
    CHECK(as_planned("plain", {{"port.x", ""}, {"workdir", ""}}) == "plain");
}

}  // namespace callgate::engine
