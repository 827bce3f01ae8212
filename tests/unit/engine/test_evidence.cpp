#include "harness/engine/evidence.h"
#include "harness/model/arch.h"

#include <catch2/catch.hpp>

namespace callgate::engine {

namespace {

constexpr std::int32_t kRead = 0;

InstanceRecording recording(std::vector<model::RecordedCall> calls) {
    InstanceRecording one;
    one.calls = std::move(calls);
    one.phases = {{"startup", ""}, {"load", ""}, {"load", "http GET /"}};
    return one;
}

model::RecordedCall made(int phase, std::uint64_t count, core::Milliseconds first, const std::string& by = "/bin/a") {
    model::RecordedCall call;
    call.nr = kRead;
    call.audit_arch = model::native_arch().token;
    call.phase = phase;
    call.count = count;
    call.executable = by;
    call.first = core::SteadyTime{} + first;
    call.last = call.first;
    call.values = {{{7}, count}};
    return call;
}

}  // namespace

TEST_CASE("recordings of phases, programs and runs are put together by call", "[engine]") {
    using std::chrono::milliseconds;
    EvidenceCollector collector{3};
    collector.add(0, recording({made(0, 2, milliseconds{5}), made(2, 3, milliseconds{50}, "/bin/b")}));
    collector.add(1, recording({made(1, 1, milliseconds{2})}));
    const auto evidence = collector.evidence();
    REQUIRE(evidence.calls.size() == 1);
    const auto& call = evidence.calls.front();
    CHECK(call.count == 6);
    CHECK(call.runs == 2);
    CHECK(evidence.runs == 3);
    CHECK(call.by_case == std::map<std::string, std::uint64_t>{{"startup", 2}, {"load", 4}});
    CHECK(call.by_step == std::map<std::string, std::uint64_t>{{"load: http GET /", 3}});
    CHECK(call.executables == std::set<std::string>{"/bin/a", "/bin/b"});
    CHECK(call.first_ms == 2);
    CHECK(call.last_ms == 50);
    CHECK(call.values == std::vector<model::ValuesEvidence>{{{7}, 6, 2}});
    CHECK(!call.only_in("startup"));
}

TEST_CASE("what the second pass adds is counted, and is of no run", "[engine]") {
    EvidenceCollector collector{2};
    collector.add(0, recording({made(1, 2, core::Milliseconds{1})}));
    CHECK(!collector.evidence().second_pass);
    auto other = made(2, 5, core::Milliseconds{1});
    other.nr = kRead + 1;
    other.stack = {{"/bin/a", "main", 1, "", 0}};
    collector.add(2, recording({made(1, 3, core::Milliseconds{1}), other}));
    const auto evidence = collector.evidence();
    CHECK(evidence.second_pass);
    CHECK(evidence.runs == 2);
    REQUIRE(evidence.calls.size() == 2);
    CHECK(evidence.calls[0].count == 5);
    CHECK(evidence.calls[0].runs == 1);
    CHECK(evidence.calls[0].values == std::vector<model::ValuesEvidence>{{{7}, 5, 1}});
    CHECK(evidence.calls[1].count == 5);
    CHECK(evidence.calls[1].runs == 0);
    CHECK(evidence.calls[1].stack.at(0).symbol == "main");
}

TEST_CASE("of a deep stack the innermost frames are kept", "[engine]") {
    auto call = made(1, 1, core::Milliseconds{1});
    for (std::uint64_t frame = 0; frame < 40; ++frame) call.stack.push_back({"/bin/a", "", frame, "", 0});
    EvidenceCollector collector{1};
    collector.add(0, recording({call}));
    const auto stack = collector.evidence().calls.at(0).stack;
    CHECK(stack.size() == 16);
    CHECK(stack.front().offset == 0);
}

TEST_CASE("a call that only startup makes is known as one", "[engine]") {
    EvidenceCollector collector{1};
    collector.add(0, recording({made(0, 2, core::Milliseconds{1})}));
    CHECK(collector.evidence().calls.front().only_in("startup"));
}

}  // namespace callgate::engine
