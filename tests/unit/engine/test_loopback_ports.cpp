#include "harness/engine/loopback_ports.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace callgate::engine {
namespace {

std::vector<std::string> names(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) all.push_back("p" + std::to_string(i));
    return all;
}

TEST_CASE("no two instances get the same port", "[engine]") {
    std::set<std::string> distinct;
    std::vector<LoopbackPorts> instances;
    for (int i = 0; i < 40; ++i) {
        auto ports = LoopbackPorts::take(names(50));
        REQUIRE(ports);
        CHECK(ports->variables().size() == 50);
        for (const auto& [name, number] : ports->variables()) distinct.insert(number);
        instances.push_back(std::move(*ports));
    }
    // By chance alone some of 2,000 would be the same.
    CHECK(distinct.size() == 2'000);
}

TEST_CASE("the kernel gives a port of an instance to no connection", "[engine]") {
    int low = 0;
    int high = 0;
    std::ifstream{"/proc/sys/net/ipv4/ip_local_port_range"} >> low >> high;
    if (low < 12'000 && high > 64'000) return;  // hardly any is left
    const auto ports = LoopbackPorts::take(names(50));
    REQUIRE(ports);
    for (const auto& [name, number] : ports->variables()) {
        CHECK(std::stoi(number) > 1023);
        CHECK((std::stoi(number) < low || std::stoi(number) > high));
    }
}

TEST_CASE("who wants no port gets none", "[engine]") {
    const auto ports = LoopbackPorts::take({});
    REQUIRE(ports);
    CHECK(ports->variables().empty());
}

}  // namespace
}  // namespace callgate::engine
