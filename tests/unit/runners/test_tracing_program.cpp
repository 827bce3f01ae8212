#include "harness/core/files.h"
#include "runners/tracing_program.h"

#include <catch2/catch.hpp>

namespace callgate::runners {

TEST_CASE("a program that traces is known by its name, or by the LeakSanitizer in it", "[runners]") {
    struct File {
        std::string name;
        std::string bytes;
        std::string why;
    };
    const std::vector<File> files{
        {"strace", "", "strace traces processes by itself"},
        {"gdb", "", "gdb traces processes by itself"},
        {"gdb-shop", "", ""},
        {"server", std::string(64, '\0') + "lsan", ""},
        {"leaky", std::string(64, '\0') + "__lsan_do_leak_check" + '\0',
         "leaky holds LeakSanitizer, which traces its own process at exit"},
    };
    const auto directory = core::TempDir::make("callgate-unit");
    REQUIRE(directory);
    for (const auto& file : files) {
        INFO(file.name);
        const auto path = directory->path() / file.name;
        REQUIRE(core::write_file(path, file.bytes));
        CHECK(why_it_traces(path) == file.why);
    }
}

TEST_CASE("a program that cannot be read is taken at its name", "[runners]") {
    CHECK(why_it_traces("/nonexistent/server").empty());
    CHECK(why_it_traces("").empty());
    CHECK(why_it_traces("/nonexistent/ltrace") == "ltrace traces processes by itself");
}

}  // namespace callgate::runners
