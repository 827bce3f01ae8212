#include "harness/engine/phases.h"
#include "tests/support/fake_instance.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace callgate::engine {

namespace {

class Listening final : public tests::FakeInstance {
public:
    void set_phase(int phase) override { now = phase; }
    int now = -1;
};

}  // namespace

TEST_CASE("steps that overlap share a phase of their own", "[engine]") {
    Listening workload;
    Phases phases{workload};
    const auto step = [&] { return phases.all().at(static_cast<std::size_t>(workload.now)).step; };
    phases.begin_case(3);
    CHECK(step().empty());
    phases.set_step("during http");
    CHECK(step() == "during http");
    phases.begin_nested("http GET /");
    CHECK(step() == "http GET /");
    phases.begin_nested("signal SIGHUP");
    CHECK(step() == "http GET / + signal SIGHUP");
    phases.end_nested("http GET /");
    CHECK(step() == "signal SIGHUP");
    phases.end_nested("signal SIGHUP");
    CHECK(step() == "during http");
    for (const auto& phase : phases.all()) CHECK(phase.case_index == 3);
}

TEST_CASE("a step that is done a thousand times has one phase in its case", "[engine]") {
    Listening workload;
    Phases phases{workload};
    phases.begin_case(0);
    for (int i = 0; i < 1000; ++i) {
        phases.begin_nested("exec true");
        phases.end_nested("exec true");
    }
    CHECK(phases.all().size() == 2);
    phases.begin_case(1);
    phases.begin_nested("exec true");
    CHECK(phases.all().size() == 4);
}

}  // namespace callgate::engine
