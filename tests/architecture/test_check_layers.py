#!/usr/bin/env python3
"""Each rule of check_layers.py: it holds on a good tree, and a tree that breaks it is told where and what would be right."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).resolve().parent / "check_layers.py"

REGISTRIES = {
    "scenarios/step_kinds.inc": "// What a scenario can do.\nCALLGATE_STEP_KIND(http)\nCALLGATE_STEP_KIND(tls_renegotiate)\n",
    "profiles/formats.inc": "CALLGATE_PROFILE_FORMAT(oci)\n",
    "reports/formats.inc": "CALLGATE_REPORT_FORMAT(junit)  // for the pipeline\n",
    "runners/runner_kinds.inc": "CALLGATE_RUNNER_KIND(process)\n",
    "runners/trap_backends.inc": "#ifndef CALLGATE_TRAP_BACKEND\n#error define it\n#endif\nCALLGATE_TRAP_BACKEND(ptrace)\n",
    "runners/recorder_kinds.inc": "CALLGATE_RECORDER_KIND(bpf)\n",
    "harness/cli/commands.inc": "CALLGATE_COMMAND(test)\n",
}

GOOD = {
    **REGISTRIES,
    "harness/core/result.h": "#pragma once\n#include <string>\n",
    "harness/core/result.cpp": '#include "harness/core/result.h"\n\n#include <fmt/format.h>\n',
    "harness/model/profile.h": '#pragma once\n#include "harness/core/result.h"\n',
    "harness/document/node.cpp": '#include <yaml-cpp/yaml.h>\n#include "harness/core/result.h"\n',
    "harness/bpf/program.h": '#pragma once\n#include "harness/model/profile.h"\n',
    "harness/ports/clock.h": '#pragma once\n#include "harness/bpf/program.h"\n#include "harness/document/node.h"\n',
    "harness/plan/plan.h": '#pragma once\n#include "harness/ports/clock.h"\n',
    "harness/engine/run.cpp": '#include "harness/ports/clock.h"\n',
    "harness/cli/main.cpp": '#include "harness/engine/run.h"\n#include "runners/launch/launch.h"\n',
    "harness/cli/commands/test.cpp": '#include "harness/plan/plan.h"\n#include "harness/cli/commands.inc"\n',
    "harness/demo/tls.h": "#pragma once\n#include <openssl/ssl.h>\n",
    "harness/demo/server.cpp": '#include "harness/demo/tls.h"\nint child() { return fork(); }\n',
    "scenarios/steps/http.cpp": '#include "harness/ports/clock.h"\n#include <boost/beast.hpp>\n',
    "scenarios/steps/tls_renegotiate.cpp": '#include "scenarios/step.h"\n',
    "scenarios/library/load.yaml": "name: load\n",
    "profiles/formats/oci.cpp": '#include "harness/model/profile.h"\n',
    "profiles/library/default.json": "{}\n",
    "reports/formats/junit.cpp": "#include <tinyxml2.h>\n",
    "runners/launch/process.cpp": "int go() { return ::vfork(); }\n",
    "runners/launch/pipes.cpp": "int wait() { return waitpid(-1, nullptr, 0); }\n",
    "runners/record/bpf.cpp": "int x;\n",
    "runners/trap/ptrace.cpp": "long x = ptrace(1, 2, 3, 4);\nlong y = syscall(SYS_seccomp);\n",
    "tests/unit/core/result_test.cpp": '#include <catch2/catch.hpp>\n#include "runners/launch/launch.h"\nint p = fork();\n',
}


class CheckLayers(unittest.TestCase):
    def run_on(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                if text is None:
                    continue
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return subprocess.run(
                [sys.executable, os.fspath(CHECKER), folder], capture_output=True, text=True, check=False, timeout=60
            )

    def assert_clean(self, changes=None):
        result = self.run_on({**GOOD, **(changes or {})})
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def assert_told(self, changes, *lines):
        """The good tree with these changes (None removes a file) is told exactly these lines."""
        result = self.run_on({**GOOD, **changes})
        self.assertEqual(result.stdout.splitlines(), list(lines))
        self.assertEqual(result.returncode, 1, result.stderr)

    # --- a good tree, and no tree ---

    def test_accepts_a_good_tree(self):
        self.assert_clean()

    def test_says_how_much_it_checked(self):
        sources = [name for name in GOOD if name.endswith((".cpp", ".h")) and not name.startswith("tests/")]
        self.assertIn(f"{len(sources)} files checked, 0 violations", self.run_on(GOOD).stderr)

    def test_refuses_a_folder_without_sources(self):
        result = self.run_on({"README.md": "nothing here\n"})
        self.assertEqual(result.returncode, 2)
        self.assertIn("give the root of the source tree", result.stderr)

    def test_refuses_a_wrong_command_line(self):
        result = subprocess.run([sys.executable, os.fspath(CHECKER)], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("usage:", result.stderr)

    # --- (a) includes go down only ---

    def test_core_includes_no_other_module(self):
        self.assert_told(
            {"harness/core/error.h": '#pragma once\n\n#include "harness/model/profile.h"\n'},
            'harness/core/error.h:3: core includes "harness/model/profile.h" of model; core may include: nothing but itself',
        )

    def test_model_and_document_do_not_know_each_other(self):
        self.assert_told(
            {
                "harness/model/rule.h": '#include "harness/document/node.h"\n',
                "harness/document/tree.h": '#include "harness/model/profile.h"\n',
            },
            'harness/document/tree.h:1: document includes "harness/model/profile.h" of model; document may include: core',
            'harness/model/rule.h:1: model includes "harness/document/node.h" of document; model may include: core',
        )

    def test_siblings_do_not_include_each_other(self):
        below = "bpf, core, decode, document, model, ports"
        self.assert_told(
            {
                "runners/launch/pipes.cpp": '#include "harness/plan/plan.h"\n',
                "reports/formats/junit.cpp": '#include "harness/ports/clock.h"\n#include "scenarios/step.h"\n',
            },
            f'reports/formats/junit.cpp:2: reports includes "scenarios/step.h" of scenarios; reports may include: {below}',
            f'runners/launch/pipes.cpp:1: runners includes "harness/plan/plan.h" of plan; runners may include: {below}',
        )

    def test_nothing_below_includes_the_cli(self):
        self.assert_told(
            {"harness/engine/run.cpp": '#include "harness/cli/options.h"\n'},
            'harness/engine/run.cpp:1: engine includes "harness/cli/options.h" of cli; '
            "engine may include: bpf, core, decode, document, model, ports",
        )

    def test_demo_includes_only_itself_and_nobody_includes_it(self):
        self.assert_told(
            {
                "harness/demo/log.cpp": '#include "harness/core/result.h"\n',
                "harness/cli/main.cpp": '#include "harness/demo/tls.h"\n',
            },
            'harness/cli/main.cpp:1: cli includes "harness/demo/tls.h" of demo; cli may include: bpf, core, decode, document, '
            "engine, model, plan, ports, profiles, reports, runners, scenarios",
            'harness/demo/log.cpp:1: demo includes "harness/core/result.h" of core; demo may include: nothing but itself',
        )

    def test_includes_are_written_from_the_project_root(self):
        right = 'write it from the project root, as "harness/core/result.h"'
        self.assert_told(
            {
                "harness/core/error.h": '#include "result.h"\n',
                "harness/core/span.h": '#include "../model/profile.h"\n',
                "harness/core/text.h": '#include "harness/core/../model/profile.h"\n',
                "harness/core/time.h": '#include "tests/support/clock.h"\n',
            },
            f'harness/core/error.h:1: "result.h" is not a path into a module; {right}',
            f'harness/core/span.h:1: "../model/profile.h" is not a path into a module; {right}',
            f'harness/core/text.h:1: "harness/core/../model/profile.h" is not a path into a module; {right}',
            f'harness/core/time.h:1: "tests/support/clock.h" is not a path into a module; {right}',
        )

    def test_sees_includes_with_odd_spacing(self):
        self.assert_told(
            {"harness/core/error.h": '  #  include"harness/model/profile.h"\n'},
            'harness/core/error.h:1: core includes "harness/model/profile.h" of model; core may include: nothing but itself',
        )

    def test_includes_in_comments_and_strings_do_not_count(self):
        self.assert_clean(
            {
                "harness/core/error.h": '// #include "harness/model/profile.h"\n/*\n#include "harness/model/profile.h"\n*/\n',
                "harness/core/text.cpp": 'auto s = R"x(\n#include "harness/model/profile.h"\n)x";\n',
            }
        )

    def test_a_comment_mark_inside_a_string_hides_nothing(self):
        self.assert_told(
            {"harness/core/error.h": 'auto s = "/*";\n#include "harness/model/profile.h"\n'},
            'harness/core/error.h:2: core includes "harness/model/profile.h" of model; core may include: nothing but itself',
        )

    def test_a_folder_that_is_not_on_the_map_is_refused(self):
        self.assert_told(
            {"harness/extra/thing.cpp": "int x;\n"},
            "harness/extra/thing.cpp:1: this folder is not on the map; put it into one of: harness/bpf, harness/cli, "
            "harness/core, harness/decode, harness/demo, harness/document, harness/engine, harness/model, harness/plan, "
            "harness/ports, profiles, reports, runners, scenarios",
        )

    # --- (b) own header first ---

    def test_own_header_comes_first(self):
        right = 'its own header "harness/core/result.h" comes first'
        self.assert_told(
            {"harness/core/result.cpp": '#include <string>\n#include "harness/core/result.h"\n'},
            f"harness/core/result.cpp:1: includes <string> first; {right}",
        )
        self.assert_told(
            {"harness/core/result.cpp": '\n#include "harness/core/span.h"\n#include "harness/core/result.h"\n'},
            f'harness/core/result.cpp:2: includes "harness/core/span.h" first; {right}',
        )
        self.assert_told(
            {"harness/core/result.cpp": "int x;\n"}, f"harness/core/result.cpp:1: includes nothing first; {right}"
        )

    # --- (c) third-party headers stay in .cpp files ---

    def test_third_party_headers_stay_out_of_headers(self):
        right = "include it in the .cpp and declare what you need"
        for name in (
            "boost/asio.hpp",
            "yaml-cpp/yaml.h",
            "nlohmann/json.hpp",
            "fmt/format.h",
            "tinyxml2.h",
            "CLI/CLI.hpp",
            "openssl/ssl.h",
            "seccomp.h",
            "catch2/catch.hpp",
        ):
            with self.subTest(name):
                self.assert_told(
                    {"reports/page.h": f"#pragma once\n#include <{name}>\n"},
                    f"reports/page.h:2: third-party header {name} in a header; {right}",
                )

    def test_kernel_headers_with_similar_names_are_not_third_party(self):
        self.assert_clean({"runners/filter.h": "#include <linux/seccomp.h>\n#include <linux/bpf.h>\n"})

    def test_the_demo_may_show_openssl_and_nothing_else_in_headers(self):
        self.assert_told(
            {"harness/demo/tls.h": "#include <openssl/ssl.h>\n#include <fmt/format.h>\n"},
            "harness/demo/tls.h:2: third-party header fmt/format.h in a header; "
            "include it in the .cpp and declare what you need",
        )

    # --- (d) kernel calls live in runners/ ---

    def test_kernel_calls_live_in_runners(self):
        for call, text in (
            ("fork", "int x = fork();"),
            ("vfork", "int x = ::vfork ();"),
            ("ptrace", "if (ptrace(1, 2, 3, 4) < 0) {}"),
            ("waitpid", "while (waitpid(-1, &s, 0) > 0) {}"),
            ("ioctl", "return ioctl(fd, 1);"),
            ("SYS_seccomp", "syscall(SYS_seccomp, 1, 0, &p);"),
            ("__NR_ptrace", "syscall(__NR_ptrace);"),
            ("seccomp_load", "seccomp_load(context);"),
        ):
            with self.subTest(call):
                self.assert_told(
                    {"profiles/compile.cpp": f"\n{text}\n"},
                    f"profiles/compile.cpp:2: kernel call {call}; kernel calls live in runners/",
                )

    def test_names_that_only_look_like_kernel_calls_are_left_alone(self):
        self.assert_clean(
            {
                "harness/engine/run.cpp": "\n".join(
                    (
                        "// fork() happens in runners/",
                        "/* ptrace(PTRACE_SEIZE) too */",
                        'auto hint = "fork() failed, see ptrace(2)";',
                        "auto big = 1'000'000; child.fork(); child->waitpid(1); ours::ptrace(2); pitchfork();",
                        "auto fork = 1; is_ioctl(fork); char quote = '\"'; int ioctl_count = 0;",
                    )
                )
            }
        )

    def test_a_raw_string_and_a_digit_separator_hide_no_call(self):
        self.assert_told(
            {"harness/engine/run.cpp": 'auto r = R"(")";\nauto n = 1\'000; auto p = fork(); char c = \'x\';\n'},
            "harness/engine/run.cpp:2: kernel call fork; kernel calls live in runners/",
        )

    # --- (e) library/ ---

    def test_library_holds_no_code(self):
        self.assert_told(
            {"scenarios/library/load.cpp": "int x;\n", "profiles/library/deep/x.h": "#pragma once\n"},
            "profiles/library/deep/x.h:1: code in profiles/library; library/ holds data only; code goes into profiles/",
            "scenarios/library/load.cpp:1: code in scenarios/library; library/ holds data only; code goes into scenarios/",
        )

    def test_data_of_scenarios_and_profiles_lives_in_library(self):
        self.assert_told(
            {"scenarios/steps/example.yaml": "a: 1\n"},
            "scenarios/steps/example.yaml:1: data in scenarios; ready-made files go into scenarios/library/",
        )

    # --- (f) registries ---

    def test_every_entry_has_its_file(self):
        for registry, (entry, file) in {
            "scenarios/step_kinds.inc": ("CALLGATE_STEP_KIND", "scenarios/steps/new_one.cpp"),
            "profiles/formats.inc": ("CALLGATE_PROFILE_FORMAT", "profiles/formats/new_one.cpp"),
            "reports/formats.inc": ("CALLGATE_REPORT_FORMAT", "reports/formats/new_one.cpp"),
            "runners/runner_kinds.inc": ("CALLGATE_RUNNER_KIND", "runners/launch/new_one.cpp"),
            "runners/trap_backends.inc": ("CALLGATE_TRAP_BACKEND", "runners/trap/new_one.cpp"),
            "runners/recorder_kinds.inc": ("CALLGATE_RECORDER_KIND", "runners/record/new_one.cpp"),
            "harness/cli/commands.inc": ("CALLGATE_COMMAND", "harness/cli/commands/new_one.cpp"),
        }.items():
            with self.subTest(registry):
                text = REGISTRIES[registry]
                line = text.count("\n") + 1
                self.assert_told(
                    {registry: f"{text}{entry}(new_one)\n"},
                    f"{registry}:{line}: 'new_one' has no file; add {file} or drop the line",
                )
                self.assert_clean({registry: f"{text}{entry}(new_one)\n", file: "int x;\n"})

    def test_every_file_has_its_entry(self):
        for file, registry in {
            "scenarios/steps/new_one.cpp": "scenarios/step_kinds.inc",
            "profiles/formats/new_one.cpp": "profiles/formats.inc",
            "reports/formats/new_one.cpp": "reports/formats.inc",
            "harness/cli/commands/new_one.cpp": "harness/cli/commands.inc",
        }.items():
            with self.subTest(file):
                self.assert_told(
                    {file: "int x;\n"},
                    f"{file}:1: 'new_one' is not registered; add CALLGATE_...(new_one) to {registry}",
                )

    def test_files_are_named_with_underscores(self):
        self.assert_told(
            {"scenarios/steps/tls-renegotiate.cpp": "int x;\n"},
            "scenarios/steps/tls-renegotiate.cpp:1: 'tls-renegotiate' is not registered; name the file tls_renegotiate.cpp "
            "and add CALLGATE_...(tls_renegotiate) to scenarios/step_kinds.inc",
        )

    def test_a_registry_holds_entries_only_and_each_once(self):
        right = "one per line: CALLGATE_KIND(name), the name with underscores"
        self.assert_told(
            {
                "reports/formats.inc": "CALLGATE_REPORT_FORMAT(junit)\nCALLGATE_REPORT_FORMAT(j-unit)\n"
                "/* two\nlines */ int x;\nCALLGATE_REPORT_FORMAT(junit)\n"
            },
            f"reports/formats.inc:2: 'CALLGATE_REPORT_FORMAT(j-unit)' is no entry; {right}",
            f"reports/formats.inc:4: 'int x;' is no entry; {right}",
            "reports/formats.inc:5: 'junit' is registered twice; the first time is line 1; keep one",
        )

    def test_a_commented_entry_does_not_count(self):
        self.assert_told(
            {"reports/formats.inc": "// CALLGATE_REPORT_FORMAT(junit)\n"},
            "reports/formats/junit.cpp:1: 'junit' is not registered; add CALLGATE_...(junit) to reports/formats.inc",
        )

    def test_a_missing_registry_is_told(self):
        self.assert_told(
            {"runners/trap_backends.inc": None},
            "runners/trap_backends.inc:1: registry is missing; add it, with one line per file of runners/trap/",
        )

    def test_a_missing_module_needs_no_registry(self):
        self.assert_clean({name: None for name in GOOD if name.startswith("reports/")})

    # --- (g) length ---

    def test_files_have_at_most_500_lines(self):
        self.assert_clean({"harness/core/long.cpp": "int x;\n" * 500})
        self.assert_told(
            {"harness/core/long.cpp": "int x;\n" * 501},
            "harness/core/long.cpp:501: 501 lines; at most 500: look for the second idea in it and give that its own file",
        )

    def test_tests_may_be_longer(self):
        self.assert_clean({"tests/unit/core/long_test.cpp": "int x;\n" * 900})

    # --- (h) names ---

    def test_names_say_what_is_inside(self):
        for stem in ("util", "utils", "helper", "helpers", "misc", "common", "Utils"):
            for path in (f"harness/core/{stem}.h", f"tests/support/{stem}.py"):
                with self.subTest(path):
                    self.assert_told(
                        {path: "\n"},
                        f"{path}:1: the name '{stem}' explains nothing; name the file after the one thing it does",
                    )


if __name__ == "__main__":
    unittest.main()
