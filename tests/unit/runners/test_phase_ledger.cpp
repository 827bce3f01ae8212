#include "runners/record/phase_ledger.h"

#include <catch2/catch.hpp>

using callgate::runners::PhaseLedger;
using callgate::runners::SeenCall;
using callgate::runners::SeenTally;
using callgate::runners::SeenTotals;

namespace {

const SeenCall kRead{1, false, 0};
const SeenCall kOpen{1, false, 2};

const SeenTally& share(const PhaseLedger& ledger, int phase, const SeenCall& call) {
    return ledger.shares().at({phase, call});
}

}  // namespace

TEST_CASE("a phase gets what the counters grew by while it was under way", "[runners]") {
    PhaseLedger ledger;
    ledger.close(0, {{kRead, {5, 10, 20}}});
    ledger.close(1, {{kRead, {5, 10, 20}}, {kOpen, {1, 30, 30}}});
    ledger.close(2, {{kRead, {12, 40, 50}}, {kOpen, {1, 30, 30}}});
    CHECK(ledger.shares().size() == 3);
    CHECK(share(ledger, 0, kRead) == SeenTally{5, 10, 20});
    CHECK(share(ledger, 1, kOpen) == SeenTally{1, 30, 30});
    CHECK(share(ledger, 2, kRead) == SeenTally{7, 40, 50});
}

TEST_CASE("a phase that comes again adds to what it has, and keeps its first time", "[runners]") {
    PhaseLedger ledger;
    ledger.close(3, {{kRead, {1, 10, 11}}});
    ledger.close(4, {{kRead, {2, 20, 21}}});
    ledger.close(3, {{kRead, {9, 30, 31}}});
    CHECK(share(ledger, 3, kRead) == SeenTally{8, 10, 31});
    CHECK(share(ledger, 4, kRead) == SeenTally{1, 20, 21});
}

TEST_CASE("values and calls without values grow like the counts", "[runners]") {
    PhaseLedger ledger;
    ledger.close(0, {{kOpen, {3, 1, 2, 1, {{{0, 0, 0}, 2}}}}});
    ledger.close(1, {{kOpen, {7, 3, 4, 2, {{{0, 0, 0}, 2}, {{64, 0, 0}, 3}}}}});
    CHECK(share(ledger, 0, kOpen) == SeenTally{3, 1, 2, 1, {{{0, 0, 0}, 2}}});
    CHECK(share(ledger, 1, kOpen) == SeenTally{4, 3, 4, 1, {{{64, 0, 0}, 3}}});
}

TEST_CASE("values that come after their call was counted belong to the phase of the call", "[runners]") {
    PhaseLedger ledger;
    ledger.close(0, {{kOpen, {1, 1, 1}}});
    ledger.close(1, {{kOpen, {1, 1, 1, 0, {{{2, 0, 0}, 1}}}}});
    CHECK(ledger.shares().size() == 1);
    CHECK(share(ledger, 0, kOpen) == SeenTally{1, 1, 1, 0, {{{2, 0, 0}, 1}}});
}
