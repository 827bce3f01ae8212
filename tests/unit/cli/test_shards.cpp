#include "harness/cli/shards.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace callgate::cli {

namespace {

using Environment = std::map<std::string, std::string>;
using Shares = std::vector<std::size_t>;

std::string chosen(const std::string& wanted, const Environment& environment = {}) {
    const auto choice = choose_shard(wanted, environment);
    return choice ? std::to_string(choice->index) + "/" + std::to_string(choice->total) : choice.error().message;
}

}  // namespace

TEST_CASE("a shard is I of N, from 1") {
    CHECK(chosen("1/1") == "1/1");
    CHECK(chosen("4/4") == "4/4");
    for (const auto* wrong : {"0/4", "5/4", "1/0", "-1/4", "1/4x", "/4", "1/", "1/99999", "1/4/4", " 1/4"})
        CHECK_THAT(chosen(wrong), Catch::Contains("is no shard"));
    CHECK_THAT(chosen("second"), Catch::Contains("neither I/N, such as 2/4, nor auto"));
}

TEST_CASE("auto reads what each CI system sets, from the number that it begins with") {
    CHECK(chosen("auto", {{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "3"}}) == "2/3");
    CHECK(chosen("auto", {{"CIRCLE_NODE_INDEX", "0"}, {"CIRCLE_NODE_TOTAL", "3"}}) == "1/3");
    CHECK(chosen("auto", {{"BUILDKITE_PARALLEL_JOB", "2"}, {"BUILDKITE_PARALLEL_JOB_COUNT", "3"}}) == "3/3");
    CHECK(chosen("auto", {{"SYSTEM_JOBPOSITIONINPHASE", "1"}, {"SYSTEM_TOTALJOBSINPHASE", "3"}}) == "1/3");
    CHECK(chosen("auto", {{"BITBUCKET_PARALLEL_STEP", "1"}, {"BITBUCKET_PARALLEL_STEP_COUNT", "3"}}) == "2/3");
    CHECK(chosen("auto", {{"JOB_COMPLETION_INDEX", "0"}, {"CALLGATE_SHARD_TOTAL", "3"}}) == "1/3");
    CHECK(chosen("auto", {{"CALLGATE_SHARD_INDEX", "3"}, {"CALLGATE_SHARD_TOTAL", "3"}}) == "3/3");
}

TEST_CASE("callgate's own pair counts more than that of a system") {
    CHECK(chosen("auto", {{"CALLGATE_SHARD_INDEX", "1"},
                          {"CALLGATE_SHARD_TOTAL", "2"},
                          {"CI_NODE_INDEX", "5"},
                          {"CI_NODE_TOTAL", "6"}}) == "1/2");
}

TEST_CASE("auto is refused where the environment does not say") {
    CHECK_THAT(chosen("auto"), Catch::Contains("no variable says which shard this is"));
    // GitLab sets the total in every job, the index with `parallel` only.
    CHECK_THAT(chosen("auto", {{"CI_NODE_TOTAL", "1"}}), Catch::Contains("no variable says which shard this is"));
    CHECK_THAT(chosen("auto", {{"JOB_COMPLETION_INDEX", "1"}}), Catch::Contains("set CALLGATE_SHARD_TOTAL"));
    CHECK_THAT(chosen("auto", {{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "3"}}), Catch::Contains("is no shard"));
    CHECK_THAT(chosen("auto", {{"CIRCLE_NODE_INDEX", "3"}, {"CIRCLE_NODE_TOTAL", "3"}}),
               Catch::Contains("is no shard"));
    CHECK_THAT(
        chosen(
            "auto",
            {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "2"}, {"CIRCLE_NODE_INDEX", "1"}, {"CIRCLE_NODE_TOTAL", "2"}}),
        Catch::Contains("say 1/2") && Catch::Contains("say 2/2"));
}

TEST_CASE("the heaviest goes first, each to the lightest so far") {
    CHECK(share_out({5, 3, 3, 2, 2, 1}, 2) == Shares{0, 1, 1, 0, 1, 0});
    CHECK(share_out({1, 1, 1}, 1) == Shares{0, 0, 0});
    CHECK(share_out({}, 3).empty());
}

TEST_CASE("more shards than there is to do leave some empty, none twice") {
    CHECK(share_out({1, 9}, 4) == Shares{1, 0});
}

TEST_CASE("what is shared out is far from even by no more than its heaviest part") {
    std::vector<std::uint64_t> weights;
    for (std::uint64_t i = 0; i < 60; ++i) weights.push_back(1 + i * i % 17);
    for (std::size_t total = 1; total <= 7; ++total) {
        const auto shares = share_out(weights, total);
        std::vector<std::uint64_t> sums(total);
        for (std::size_t i = 0; i < weights.size(); ++i) sums[shares[i]] += weights[i];
        const auto [least, most] = std::minmax_element(sums.begin(), sums.end());
        CHECK(*most - *least <= 17);
    }
}

}  // namespace callgate::cli
