#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "harness/model/arch.h"
#include "runners/record/learnt.h"
#include "runners/trap/abis.h"

#include <catch2/catch.hpp>

namespace callgate::runners {

namespace {

model::Call call_of(const std::string& name, std::array<std::uint64_t, 6> args = {}) {
    const auto number = numbers_of(name).front();
    return {number.second, number.first, 0, args};
}

model::RecordedCall seen(const std::string& name, std::vector<std::vector<std::uint64_t>> values = {}) {
    model::RecordedCall call;
    call.nr = call_of(name).nr;
    call.audit_arch = call_of(name).audit_arch;
    call.count = 1;
    for (auto& one : values) call.values.push_back({std::move(one), 1});
    return call;
}

bool permits(const Learnt& learnt, const model::Call& call) {
    const auto filter = learnt.filter();
    REQUIRE(bpf::check(filter));
    return !model::refuses(model::Action::from_return(bpf::evaluate(filter, call)));
}

}  // namespace

TEST_CASE("what nothing was learnt of permits nothing", "[runners]") {
    const Learnt nothing{{}};
    CHECK(!permits(nothing, call_of("read")));
    CHECK(!nothing.knows(call_of("read").audit_arch, call_of("read").nr, {}));
}

TEST_CASE("a call that was learnt is permitted, on its architecture", "[runners]") {
    const std::vector<model::RecordedCall> calls{seen("read"), seen("futex")};
    const Learnt learnt{calls};
    CHECK(permits(learnt, call_of("read", {1, 2, 3, 4, 5, 6})));
    CHECK(permits(learnt, call_of("futex")));
    CHECK(!permits(learnt, call_of("write")));
    auto elsewhere = call_of("read");
    elsewhere.audit_arch ^= 1;
    CHECK(!permits(learnt, elsewhere));
    CHECK(learnt.knows(call_of("read").audit_arch, call_of("read").nr, {}));
}

TEST_CASE("recorded arguments are permitted with the values that were seen, together", "[runners]") {
    const std::uint64_t wide = 0x1'0000'0002;
    const std::vector<model::RecordedCall> calls{seen("socket", {{1, 2, 3}, {4, 5, wide}}),
                                                 seen("prctl", {{15}, {4, 1}}), seen("socket", {{7, 7, 7}})};
    const Learnt learnt{calls};
    CHECK(permits(learnt, call_of("socket", {1, 2, 3})));
    CHECK(permits(learnt, call_of("socket", {4, 5, wide})));
    CHECK(permits(learnt, call_of("socket", {7, 7, 7})));
    CHECK(!permits(learnt, call_of("socket", {1, 2, wide})));
    CHECK(!permits(learnt, call_of("socket", {4, 5, 2})));
    CHECK(!permits(learnt, call_of("socket", {1, 5, 3})));
    // PR_SET_NAME (15) has an address behind it, PR_SET_DUMPABLE (4) a value.
    CHECK(permits(learnt, call_of("prctl", {15, 0x7fff0000})));
    CHECK(permits(learnt, call_of("prctl", {4, 1})));
    CHECK(!permits(learnt, call_of("prctl", {4, 0})));
    const auto socket = call_of("socket");
    CHECK(learnt.knows(socket.audit_arch, socket.nr, {1, 2, 3}));
    CHECK(!learnt.knows(socket.audit_arch, socket.nr, {1, 2, 4}));
}

TEST_CASE("values in memory are known and never permitted unseen", "[runners]") {
    const std::vector<model::RecordedCall> calls{seen("clone3", {{0x100}})};
    const Learnt learnt{calls};
    const auto clone3 = call_of("clone3");
    CHECK(!permits(learnt, clone3));
    CHECK(learnt.knows(clone3.audit_arch, clone3.nr, {0x100}));
    CHECK(!learnt.knows(clone3.audit_arch, clone3.nr, {0x200}));
}

TEST_CASE("what does not fit into a filter is left out of it", "[runners]") {
    std::vector<model::RecordedCall> calls;
    for (const auto* const name : {"socket", "socketpair", "setsockopt", "getsockopt", "mmap", "ioctl", "fcntl"}) {
        std::vector<std::vector<std::uint64_t>> values;
        for (std::uint64_t i = 0; i < 64; ++i) {
            const auto count = model::recorded_arguments(name)->arguments.size();
            values.emplace_back(count, i);
        }
        calls.push_back(seen(name, values));
    }
    calls.push_back(seen("read"));
    const Learnt learnt{calls};
    CHECK(learnt.filter().size() < bpf::kMaxInstructions - 400);
    CHECK(permits(learnt, call_of("read")));
    std::size_t permitted = 0;
    for (const auto& call : calls) {
        for (const auto& values : call.values) {
            model::Call made{call.nr, call.audit_arch, 0, {}};
            const auto* kept = model::recorded_arguments(model::syscall_name(call.audit_arch, call.nr));
            for (std::size_t i = 0; i < values.values.size(); ++i) made.args.at(kept->arguments[i]) = values.values[i];
            if (permits(learnt, made)) ++permitted;
        }
    }
    CHECK(permitted > 200);
    CHECK(permitted < 7 * 64);
}

}  // namespace callgate::runners
