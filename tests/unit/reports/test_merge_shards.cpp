#include "reports/merge_shards.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::reports {

namespace {

std::vector<std::string> names_of(const model::RunResult& run) {
    std::vector<std::string> names;
    for (const auto& one : run.cases) names.push_back(one.name);
    return names;
}

/// The cases of the run dealt out to so many shards, one after the other.
std::vector<ReadRun> dealt(const model::RunResult& whole, std::size_t total) {
    std::vector<ReadRun> shards;
    for (std::size_t i = 1; i <= total; ++i) {
        auto run = whole;
        run.cases.clear();
        run.shard = model::Shard{i, total, "digest", names_of(whole)};
        for (auto c = i - 1; c < whole.cases.size(); c += total) run.cases.push_back(whole.cases[c]);
        shards.push_back({"shard-" + std::to_string(i), std::move(run)});
    }
    return shards;
}

std::string refusal_of(std::vector<ReadRun> shards) {
    const auto merged = merge_shards(std::move(shards));
    REQUIRE_FALSE(merged);
    return merged.error().message;
}

}  // namespace

TEST_CASE("shards in any order become the run that they are together") {
    const auto whole = tests::violated_run();
    REQUIRE(whole.cases.size() > 2);
    auto shards = dealt(whole, 3);
    shards[1].run.duration = whole.duration + core::Milliseconds{5};
    shards[2].run.started_at = "2000-01-01T00:00:00";
    shards[2].run.kernel = "9.9";
    std::rotate(shards.begin(), shards.begin() + 1, shards.end());
    const auto merged = merge_shards(std::move(shards)).value();
    CHECK(names_of(merged) == names_of(whole));
    CHECK_FALSE(merged.shard);
    CHECK(merged.duration == whole.duration + core::Milliseconds{5});
    CHECK(merged.started_at == "2000-01-01T00:00:00");
    CHECK(merged.kernel == whole.kernel + ", 9.9");
    CHECK(merged.notes == whole.notes);
    CHECK(merged.proposals.size() == whole.proposals.size());
    CHECK(model::exit_code(merged) == model::exit_code(whole));
}

TEST_CASE("what each shard used of a profile adds up") {
    auto shards = dealt(tests::covered_run(), 2);
    auto& other = shards[1].run.coverage.front();
    other.cases = {"startup", "soak"};
    other.permissions[0].by_case = {{"startup", 4}};
    other.permissions[2].by_case = {{"soak", 1}};
    const auto merged = merge_shards(std::move(shards)).value();
    REQUIRE(merged.coverage.size() == 2);
    const auto& coverage = merged.coverage.front();
    CHECK(coverage.cases == std::vector<std::string>{"startup", "load", "shutdown", "soak"});
    CHECK(coverage.permissions[0].by_case == std::map<std::string, std::uint64_t>{{"startup", 7}, {"load", 5}});
    CHECK(coverage.permissions[1].unsure == 4);
    CHECK(coverage.used() == 2);
    CHECK(merged.coverage.back().why_not == tests::covered_run().coverage.back().why_not);
}

TEST_CASE("what one shard could not measure was not measured") {
    auto shards = dealt(tests::covered_run(), 2);
    shards[1].run.coverage.front() = {"p.json", "no recorder", {}, {}};
    const auto merged = merge_shards(std::move(shards)).value();
    CHECK(merged.coverage.front().why_not == "no recorder");
    CHECK(merged.coverage.front().permissions.empty());
}

TEST_CASE("a run that is no shard stays as it is") {
    const auto whole = tests::passing_run();
    CHECK(names_of(merge_shards({{"run.json", whole}}).value()) == names_of(whole));
}

TEST_CASE("what several shards ran without a profile stands once, in front") {
    const auto whole = tests::violated_run();
    auto shards = dealt(whole, 2);
    model::CaseResult beside;
    beside.name = "no profile / baseline / startup";
    for (auto& shard : shards) shard.run.cases.push_back(beside);
    auto wanted = names_of(whole);
    wanted.insert(wanted.begin(), beside.name);
    CHECK(names_of(merge_shards(std::move(shards)).value()) == wanted);
}

TEST_CASE("an interrupted shard interrupts the whole run") {
    auto shards = dealt(tests::passing_run(), 2);
    shards[1].run.interrupted_by = 15;
    CHECK(merge_shards(std::move(shards)).value().interrupted_by == 15);
}

TEST_CASE("shards that are not one whole run are refused, with what is wrong") {
    const auto whole = tests::violated_run();
    auto shards = dealt(whole, 4);
    SECTION("some are missing") {
        shards.erase(shards.begin());
        shards.pop_back();
        CHECK(refusal_of(shards) == "of 4 shards these are missing: 1, 4");
    }
    SECTION("one is there twice") {
        shards.push_back(shards[2]);
        shards.back().from = "again";
        CHECK(refusal_of(shards) == "shard 3 of 4 is there twice: shard-3 and again");
    }
    SECTION("one is of another run") {
        shards[3].run.shard->run = "another";
        CHECK_THAT(refusal_of(shards), Catch::StartsWith("shard-1 and shard-4 are not of the same run"));
    }
    SECTION("one is of another number of shards") {
        shards[3].run.shard->total = 5;
        CHECK_THAT(refusal_of(shards), Catch::StartsWith("shard-1 and shard-4 are not of the same run"));
    }
    SECTION("one is a whole run") {
        shards[3].run.shard.reset();
        CHECK_THAT(refusal_of(shards), Catch::StartsWith("shard-4 is no shard but a whole run"));
    }
    SECTION("there is a single one of several") {
        shards.resize(1);
        CHECK(refusal_of(shards) == "of 4 shards these are missing: 2, 3, 4");
    }
}

TEST_CASE("proposals for the same profile become one") {
    auto shards = dealt(tests::passing_run(), 2);
    model::Proposal first{"a.json", {"read", "dup"}, {"look"}, "", "", true};
    model::Proposal second{"a.json", {"dup", "close"}, {"look", "there"}, "", "", false};
    shards[0].run.proposals = {first};
    shards[1].run.proposals = {second, {"b.json", {"bpf"}, {}, "", "", true}};
    const auto merged = merge_shards(std::move(shards)).value();
    REQUIRE(merged.proposals.size() == 2);
    CHECK(merged.proposals[0].added == std::vector<std::string>{"close", "dup", "read"});
    CHECK(merged.proposals[0].notes == std::vector<std::string>{"look", "there"});
    CHECK_FALSE(merged.proposals[0].complete);
    CHECK(merged.proposals[1].profile == "b.json");
}

}  // namespace callgate::reports
