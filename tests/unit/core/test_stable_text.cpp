#include "harness/core/stable_text.h"

#include <catch2/catch.hpp>

namespace callgate::core {

TEST_CASE("what differs from run to run is taken out of a text", "[core]") {
    CHECK(stable_text("") == "");
    CHECK(stable_text("no numbers") == "no numbers");
    CHECK(stable_text("PID#1234: mkdir() failed (13)") == "PID#0: mkdir() failed (0)");
    CHECK(stable_text("2026/11/26 01:02:03 [emerg]") == "0/0/0 0:0:0 [emerg]");
    CHECK(stable_text("id 3f2a9c01be and deadbeef and c0ffee") == "id 0 and deadbeef and c0ffee");
    CHECK(stable_text("worker7a, 1") == "worker0a, 0");
    CHECK(stable_text("open /srv/x1/a.log", "/srv/x1") == "open ${workdir}/a.log");
}

}  // namespace callgate::core
