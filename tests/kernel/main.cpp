#define CATCH_CONFIG_RUNNER
#include "program_table.h"
#include "runners/probe.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>
#include <iostream>

// A host that cannot trap is a skip (exit code 77), or a failure where CALLGATE_REQUIRE_KERNEL is set.
int main(int argc, char** argv) {
    const bool only_lists = argc > 1 && std::strncmp(argv[1], "--list", 6) == 0;
    const auto works = only_lists ? callgate::core::Status{} : callgate::runners::probe_trace_stop();
    if (!works) {
        std::cerr << "skipped: " << works.error().message << "\n";
        return std::getenv("CALLGATE_REQUIRE_KERNEL") != nullptr ? 1 : 77;
    }
    callgate::tests::register_program_cases();
    callgate::tests::register_recorder_cases();
    return Catch::Session().run(argc, argv);
}
