#include "harness/cli/repeat.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace callgate::cli {

namespace {

using Texts = std::vector<std::string>;

/// A run of a plan in a directory of its own, where its files are as they were.
class Recorded {
public:
    Recorded() : directory_{core::TempDir::make("callgate-test-").value()} {
        run = tests::violated_run();
        run.directory = directory_.path();
        for (auto& input : run.inputs) {
            write(input.path, input.path);
            input.sha256 = core::sha256(input.path);
        }
    }

    void write(const std::string& name, const std::string& text) const {
        REQUIRE(core::write_file(directory_.path() / name, text));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() / name; }

    [[nodiscard]] Texts scenarios(const std::string& scenario) {
        run.cases[0].scenario = scenario;
        return repetition_of(run, run.cases[0]).value().scenarios;
    }

    model::RunResult run;

private:
    core::TempDir directory_;
};

model::CaseResult in_log_mode(const std::string& scenario) {
    model::CaseResult c;
    c.profile = "nginx.json";
    c.mode = model::Mode::log;
    c.scenario = scenario;
    return c;
}

}  // namespace

TEST_CASE("a case is run again with its own plan, profile, mode and scenario", "[cli]") {
    Recorded recorded;
    const auto what = repetition_of(recorded.run, recorded.run.cases[2]);
    REQUIRE(what);
    CHECK(what->words == recorded.run.command);
    CHECK(what->plan == recorded.path("plan.yaml"));
    CHECK(what->profile == recorded.path("nginx.json"));
    CHECK(what->mode == model::Mode::log);
    CHECK(what->scenarios == Texts{"reload-under-load"});
    CHECK(what->warnings.empty());
}

TEST_CASE("a phase is run again with the scenarios that it needs and no others", "[cli]") {
    Recorded recorded;
    recorded.run.cases = {in_log_mode("startup"),     in_log_mode("startup"),     in_log_mode("load"),
                          in_log_mode("reload: [x]"), in_log_mode("shutdown"),    in_log_mode("gc: startup"),
                          in_log_mode("gc"),          in_log_mode("gc: shutdown")};
    recorded.run.cases.push_back(in_log_mode("other"));
    recorded.run.cases.back().mode = model::Mode::error;
    CHECK(recorded.scenarios("startup").empty());
    CHECK(recorded.scenarios("shutdown") == Texts{"load", "reload: \\[x]"});
    CHECK(recorded.scenarios("gc: startup") == Texts{"gc"});
    CHECK(recorded.scenarios("gc: shutdown") == Texts{"gc"});
    CHECK(recorded.scenarios("gc") == Texts{"gc"});
    CHECK(recorded.scenarios("reload: [x]") == Texts{"reload: \\[x]"});
}

TEST_CASE("what has changed since the report was made is warned of", "[cli]") {
    Recorded recorded;
    recorded.write("nginx.json", "another");
    recorded.run.inputs.push_back({"nginx.conf.in", std::string(64, 'e')});
    const auto what = repetition_of(recorded.run, recorded.run.cases[0]);
    REQUIRE(what);
    CHECK(what->warnings ==
          Texts{"nginx.json has changed since the report was made", "nginx.conf.in is no longer there"});
}

TEST_CASE("a plan or a profile that is gone is refused", "[cli]") {
    Recorded recorded;
    const auto gone = GENERATE(as<std::string>{}, "plan.yaml", "nginx.json");
    std::filesystem::remove(recorded.path(gone));
    const auto what = repetition_of(recorded.run, recorded.run.cases[0]);
    REQUIRE_FALSE(what);
    CHECK(what.error().message == std::string{"the "} + (gone == "plan.yaml" ? "plan" : "profile") + " '" + gone +
                                      "' of the report is not there any more; call `callgate repro` in the directory "
                                      "in which the report was made");
}

TEST_CASE("a report from another machine is repeated with the files that are here", "[cli]") {
    Recorded recorded;
    recorded.run.plan = recorded.path("plan.yaml");
    recorded.run.cases[0].profile = recorded.path("nginx.json");
    recorded.run.directory = "/no/such/directory";
    recorded.run.inputs.clear();
    const auto what = repetition_of(recorded.run, recorded.run.cases[0]);
    REQUIRE(what);
    CHECK(what->plan == recorded.path("plan.yaml"));
    CHECK(what->warnings.empty());
}

TEST_CASE("a command line that the report does not hold whole is not run again", "[cli]") {
    Recorded recorded;
    recorded.run.plan.clear();
    recorded.run.cases[0].profile = recorded.path("nginx.json");
    recorded.run.command = {"callgate", "run", "-p", "nginx.json", "--", "./server", "--password=***"};
    CHECK(repetition_of(recorded.run, recorded.run.cases[0]).error().message ==
          "the report holds *** in place of a secret of the command line; call `callgate run` again with the words "
          "that it had");
    recorded.run.command.back() = std::string(4093, 'x') + "…";
    CHECK(repetition_of(recorded.run, recorded.run.cases[0]).error().message ==
          "the report holds only the first 4096 bytes of a word of the command line; call `callgate run` again with "
          "the words that it had");
    recorded.run.command.back() = "…";
    CHECK(repetition_of(recorded.run, recorded.run.cases[0]));
}

TEST_CASE("a report that no command line made is not run again", "[cli]") {
    Recorded recorded;
    const auto words = GENERATE(Texts{}, Texts{"callgate"}, Texts{"callgate", "run", "x"});
    recorded.run.command = words;
    CHECK(repetition_of(recorded.run, recorded.run.cases[0]).error().message ==
          "the report does not come from `callgate test` or `callgate run`: nothing says how to run it again");
}

}  // namespace callgate::cli
