#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/document/expand.h"
#include "harness/plan/variables.h"
#include "harness/plan/workload.h"
#include "tests/unit/plan/plan_text.h"

#include <catch2/catch.hpp>

namespace callgate::plan {

namespace {

const Environment kEnvironment{{"HOME", "/root"}, {"TOKEN", "secret"}, {"DISPLAY", ":0"}};

/// A workload as one instance would get it.
struct Instance {
    PlanText text;
    core::Diagnostics diagnostics;
    std::optional<ports::Workload> workload;

    explicit Instance(const std::string& yaml, const std::filesystem::path& directory = "/plans")
        : text{kStart + "workload:\n" + yaml, kEnvironment, directory} {
        if (!text.plan) return;
        const auto known = variables(*text.plan, kEnvironment, "/tmp/w", {{"http", 8080}});
        const auto expanded = document::expand(text.plan->workload, known, diagnostics);
        workload = read_workload(expanded, *text.plan, known, kEnvironment, diagnostics);
    }
};

}  // namespace

TEST_CASE("a workload is read with its variables replaced", "[plan]") {
    const Instance instance{R"(
  command: [server, --port, "${port.http}", "${workdir}/a", "$${HOME}", ""]
  ports: [http]
  env: {GOGC: 1, WHO: "${env.HOME}"}
  inherit: [DISPLAY, NOT_SET]
  user: www-data
  stop: {signal: SIGQUIT, within: 3s, expect: {signal: SIGQUIT}}
)"};
    REQUIRE(instance.text.said().empty());
    REQUIRE(core::render(instance.diagnostics).empty());
    const auto& workload = instance.workload.value();
    CHECK(workload.command == std::vector<std::string>{"server", "--port", "8080", "/tmp/w/a", "${HOME}", ""});
    CHECK(workload.env ==
          std::map<std::string, std::string>{{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                                             {"HOME", "/tmp/w"},
                                             {"TMPDIR", "/tmp/w"},
                                             {"LANG", "C.UTF-8"},
                                             {"GOGC", "1"},
                                             {"WHO", "/root"},
                                             {"DISPLAY", ":0"}});
    CHECK(workload.user == "www-data");
    CHECK(workload.stop.signal == 3);
    CHECK(workload.stop.within == core::Milliseconds{3000});
    CHECK(workload.stop.expect == model::ProcessEnd{model::ProcessEnd::Kind::signaled, 3});
}

TEST_CASE("files are text, a source beside the plan, a certificate, a directory or a tmpfs", "[plan]") {
    const auto directory = core::TempDir::make("callgate-test").value().path();
    std::filesystem::create_directories(directory);
    REQUIRE(core::write_file(directory / "server.conf.in", "port=${port.http}\nkeep $${this}\nwho=${env.TOKEN}"));
    const Instance instance{R"(
  command: [server]
  ports: [http]
  files:
    - {path: server.conf, source: server.conf.in, mode: "0640"}
    - {path: "${workdir}/sub/../motd", text: "on ${port.http}"}
    - {path: tls, certificate: localhost}
    - {path: data/, directory: true}
    - {path: small, tmpfs: 16MiB}
)",
                            directory};
    std::filesystem::remove_all(directory);
    INFO(instance.text.said());
    REQUIRE(instance.workload.has_value());
    const auto& files = instance.workload->files;
    REQUIRE(files.size() == 5);
    CHECK(files[0].path == "server.conf");
    CHECK(files[0].text == "port=8080\nkeep ${this}\nwho=secret");
    CHECK(files[0].mode == 0640);
    REQUIRE(files[0].source);
    CHECK(files[0].source->path == (directory / "server.conf.in").string());
    CHECK(files[0].source->sha256 == core::sha256("port=${port.http}\nkeep $${this}\nwho=${env.TOKEN}"));
    CHECK_FALSE(files[1].source);
    CHECK(files[1].path == "motd");
    CHECK(files[1].text == "on 8080");
    CHECK(files[2].kind == ports::FileSpec::Kind::certificate);
    CHECK(files[2].common_name == "localhost");
    CHECK(files[3].kind == ports::FileSpec::Kind::directory);
    CHECK(files[3].path == "data");
    CHECK(files[4].kind == ports::FileSpec::Kind::tmpfs);
    CHECK(files[4].size == 16U << 20);
}

TEST_CASE("an unknown variable in a source is shown in the source", "[plan]") {
    const auto directory = core::TempDir::make("callgate-test").value().path();
    std::filesystem::create_directories(directory);
    REQUIRE(core::write_file(directory / "a.in", "one\ntwo ${port.htp}\n"));
    const Instance instance{"  command: [a]\n  ports: [http]\n  files: [{path: a, source: a.in}]\n", directory};
    std::filesystem::remove_all(directory);
    CHECK(instance.text.said() == directory.string() + "/a.in:2:5: error: unknown variable '${port.htp}'\n" +
                                      R"(  2 | two ${port.htp}
    |     ^~~~~~~~~~~
    = hint: did you mean 'port.http'?
)");
    CHECK(!instance.workload.has_value());
}

TEST_CASE("mistakes in a workload", "[plan]") {
    const auto [yaml, message] = GENERATE(table<std::string, std::string>({
        {"  {}", "a plan has"},
        {"  command: run it", "'run it' stands where a list of strings is wanted"},
        {"  command: [\"\"]", "an empty string stands where some text is wanted"},
        {"  command: [\"a\\0b\"]", "a zero byte stands in a string"},
        {"  command: [a]\n  env: [A]", "a list stands where variables are wanted"},
        {"  command: [a]\n  env: {1A: x}", "'1A' is not a variable's name"},
        {"  command: [a]\n  env: {A: }", "variable 'A' has no value"},
        {"  command: [a]\n  inherit: [A=B]", "'A=B' is not a variable's name"},
        {"  command: [a]\n  user: []", "a list stands where a string is wanted"},
        {"  command: [a]\n  stop: {signal: KILL}", "'KILL' is not a signal"},
        {"  command: [a]\n  stop: {expect: {}}", "the expected end has none of 'exit', 'signal'"},
        {"  command: [a]\n  stop: {expect: {exit: 0, signal: SIGTERM}}", "'signal' stands beside 'exit'"},
        {"  command: [a]\n  stop: {expect: {exit: 256}}", "'256' is not a whole number from 0 to 255"},
        {"  command: [a]\n  files: {path: a}", "a mapping stands where a list of files is wanted"},
        {"  command: [a]\n  files: [{text: a}]", "a file has no 'path'"},
        {"  command: [a]\n  files: [{path: a}]",
         "a file has none of 'source', 'text', 'certificate', 'directory', 'tmpfs'"},
        {"  command: [a]\n  files: [{path: a, text: b, source: c}]", "cannot open"},
        {"  command: [a]\n  files: [{path: ../a, text: b}]", "'../a' is not below the working directory"},
        {"  command: [a]\n  files: [{path: /etc/passwd, text: b}]", "'/etc/passwd' is not below the working directory"},
        {"  command: [a]\n  files: [{path: ., directory: true}]", "'.' is not below the working directory"},
        {"  command: [a]\n  files: [{path: a, text: b}, {path: ./a, text: c}]", "file 'a' is written twice"},
        {"  command: [a]\n  files: [{path: a, source: /dev/null}]", "'/dev/null' is not a regular file"},
        {"  command: [a]\n  files: [{path: a, text: b, mode: \"4755\"}]", "'4755' is not a file mode"},
        {"  command: [a]\n  files: [{path: a, certificate: \"a/CN=b\"}]", "'a/CN=b' is not a host"},
        {"  command: [a]\n  files: [{path: a, directory: false}]", "'directory: false' says nothing"},
        {"  command: [a]\n  files: [{path: a, tmpfs: 16MB}]", "'16MB' is not a size"},
        {"  command: [a]\n  files: [{path: a, tmpfs: 2GiB}]", "a tmpfs of 2GiB is too large"},
        {"  command: [a]\n  comand: [b]", "workload does not know the key 'comand'"},
    }));
    const Instance instance{yaml + "\n"};
    INFO(instance.text.said());
    CHECK(!instance.workload.has_value());
    if (yaml != "  {}") CHECK(instance.text.said().find(message) != std::string::npos);
}

TEST_CASE("an override merges the environment and replaces everything else", "[plan]") {
    const PlanText text{kStart + R"(workload: {command: [a, b], env: {A: 1, B: 1}, user: x}
scenarios:
  - {name: a, steps: [sleep: 1s], workload: {command: [c], env: {B: 2, C: 2}}}
)"};
    REQUIRE(text.said().empty());
    const auto merged = merge_workload(text.plan->workload, *text.plan->scenarios[0].workload_override);
    core::Diagnostics diagnostics;
    const auto workload = read_workload(merged, *text.plan, {{"workdir", "/w"}}, {}, diagnostics);
    REQUIRE(workload.has_value());
    CHECK(workload->command == std::vector<std::string>{"c"});
    CHECK(workload->env.at("A") == "1");
    CHECK(workload->env.at("B") == "2");
    CHECK(workload->env.at("C") == "2");
    CHECK(workload->user == "x");
}

TEST_CASE("only the variables that a plan mentions are taken from the environment", "[plan]") {
    const PlanText text{kStart + R"(workload: {command: [a, "${env.HOME}"], ports: [http]}
scenarios:
  - {name: a, steps: [exec: ["${env.TOKEN}"]]}
)",
                        kEnvironment};
    REQUIRE(text.said().empty());
    CHECK(known_variables(*text.plan, kEnvironment) == ports::Variables{{"env.HOME", "/root"},
                                                                        {"env.TOKEN", "secret"},
                                                                        {"plan.dir", "/plans"},
                                                                        {"port.http", "1"},
                                                                        {"workdir", "/workdir"}});
}

}  // namespace callgate::plan
