#include "runners/trap/trap_record.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace callgate::runners {

TEST_CASE("a gap counts once, a note once in each phase", "[runners]") {
    TrapRecord record;
    for (const int phase : {0, 1}) {
        record.set_phase(phase);
        for (int i = 0; i < 3; ++i) {
            record.add_gap("a gap");
            record.add_note("a note");
        }
    }
    CHECK(record.gaps() == ports::Gaps{"a gap"});
    CHECK(record.notes() == std::vector<ports::Note>{{0, "a note"}, {1, "a note"}});
}

TEST_CASE("a workload that gives cause for gaps and notes without end fills no memory", "[runners]") {
    constexpr std::size_t kMost = 50;  // as the record says
    TrapRecord record;
    for (std::size_t i = 0; i < 3 * kMost; ++i) {
        record.add_gap(fmt::format("gap {:03}", i));
        record.add_note(fmt::format("note {:03}", i));
    }
    REQUIRE(record.gaps().size() == kMost);
    REQUIRE(record.notes().size() == kMost);
    CHECK(record.gaps().back() == "gap 049");
    CHECK(record.notes().front().text == "note 000");
}

}  // namespace callgate::runners
