#include "reports/wording.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace callgate;
using model::StackFrame;

TEST_CASE("a frame says the function, where it is written and where it lies", "[reports]") {
    const auto [frame, words] = GENERATE(table<StackFrame, std::string>({
        {{"/usr/sbin/nginx", "ngx_main", 0x41c2a, "src/nginx.c", 612}, "ngx_main at src/nginx.c:612 (nginx+0x41c2a)"},
        {{"/usr/sbin/nginx", "ngx_main", 0x41c2a, "", 0}, "ngx_main in nginx+0x41c2a"},
        {{"/usr/sbin/nginx", "", 0x41c2a, "src/nginx.c", 612}, "nginx+0x41c2a at src/nginx.c:612"},
        {{"/usr/sbin/nginx", "", 0x41c2a, "", 0}, "nginx+0x41c2a"},
        {{"[vdso]", "", 0x10, "", 0}, "[vdso]+0x10"},
        {{"", "", 0x7f0000001000, "", 0}, "?+0x7f0000001000"},
    }));
    CHECK(reports::frame_words(frame) == words);
}

TEST_CASE("of a deep stack the innermost frames are shown and the others counted", "[reports]") {
    const std::vector<StackFrame> stack(5, {"/bin/x", "f", 0x10, "", 0});
    CHECK(reports::stack_lines(stack, 2) ==
          std::vector<std::string>{"#0 f in x+0x10", "#1 f in x+0x10", "3 outer frames in run.json"});
    CHECK(reports::stack_lines(stack, 4).back() == "1 outer frame in run.json");
    CHECK(reports::stack_lines(stack, 5).size() == 5);
    CHECK(reports::stack_lines({}, 5).empty());
}

TEST_CASE("in short a call is made where the program last was outside of the C library", "[reports]") {
    const StackFrame libc{"/usr/lib/x86_64-linux-gnu/libc.so.6", "mkdir", 0xf8e57, "misc/mkdir.c", 29};
    const StackFrame caller{"/usr/sbin/nginx", "ngx_create_paths", 0x41c2a, "src/core/ngx_file.c", 612};
    CHECK(reports::site_words({libc, caller}) == "in ngx_create_paths at src/core/ngx_file.c:612");
    CHECK(reports::site_words({libc, {"/usr/sbin/nginx", "main", 0x10, "", 0}}) == "in main in nginx+0x10");
    CHECK(reports::site_words({libc, {"/usr/sbin/nginx", "", 0x10, "", 0}}) == "in nginx+0x10");
    CHECK(reports::site_words({{"[vdso]", "", 0, "", 0}, libc}).empty());
    CHECK(reports::site_words({}).empty());
}

TEST_CASE("a call is shown with what the application saw of it", "[reports]") {
    model::Violation v;
    v.syscall = "mkdir";
    CHECK(reports::call_words(v) == "mkdir");
    v.decoded = "mkdir(\"/x\", 0700)";
    CHECK(reports::call_words(v) == "mkdir(\"/x\", 0700)");
    v.returned = "-1 EPERM (Operation not permitted)";
    CHECK(reports::call_words(v) == "mkdir(\"/x\", 0700) = -1 EPERM (Operation not permitted)");
}
