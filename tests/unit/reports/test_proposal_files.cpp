#include "reports/proposal_files.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace callgate;

namespace {

std::string stem_of(const std::string& profile) {
    model::RunResult run;
    run.proposals = {{"other.json", {}, {}, "", "", true}, {profile, {}, {}, "", "", true}};
    const auto name = reports::proposal_names(run)[1].diff;
    return name.substr(0, name.size() - std::string{".diff"}.size());
}

}  // namespace

TEST_CASE("the proposal for a single profile has the names that pipelines collect", "[reports]") {
    const auto run = tests::violated_run();
    const auto files = reports::proposal_files(run);
    REQUIRE(files.size() == 2);
    CHECK(files[0] == std::pair<std::string, std::string>{"profile.proposed.json", run.proposals[0].text});
    CHECK(files[1] == std::pair<std::string, std::string>{"profile.diff", run.proposals[0].diff});
}

TEST_CASE("proposals for several profiles are named after them", "[reports]") {
    model::RunResult run;
    run.proposals = {{"a/nginx.json", {}, {}, "1", "2", true},
                     {"b/nginx.json", {}, {}, "3", "", true},
                     {"NGINX.json", {}, {}, "4", "", true}};
    const auto files = reports::proposal_files(run);
    REQUIRE(files.size() == 4);
    CHECK(files[0].first == "nginx.proposed.json");
    CHECK(files[1].first == "nginx.diff");
    CHECK(files[2].first == "nginx-2.proposed.json");
    CHECK(files[3].first == "NGINX-3.proposed.json");
}

TEST_CASE("there is no file for a profile that needs no change", "[reports]") {
    CHECK(reports::proposal_files(tests::passing_run()).empty());
}

TEST_CASE("no name of a profile leads out of the report directory", "[reports]") {
    const auto [profile, stem] = GENERATE(table<std::string, std::string>({
        {"nginx.json", "nginx"},
        {"profiles/nginx.v2.json", "nginx.v2"},
        {"../../etc/passwd", "passwd"},
        {"..", "profile"},
        {"/", "profile"},
        {"", "profile"},
        {".hidden.json", "hidden"},
        {"-rf.json", "rf"},
        {"a b\n$(x);é.json", "a_b___x____"},
        {std::string("nul\0.json", 9), "nul_"},
        {std::string(300, 'x') + ".json", std::string(64, 'x')},
    }));
    CHECK(stem_of(profile) == stem);
}
