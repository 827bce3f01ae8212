#include "runners/proc_maps.h"
#include "runners/stack/modules.h"

#include <catch2/catch.hpp>

namespace callgate::runners {

namespace {

std::vector<Mapping> mappings(const std::vector<std::string>& lines) {
    std::vector<Mapping> all;
    for (const auto& line : lines) {
        INFO(line);
        const auto mapping = parse_mapping(line);
        REQUIRE(mapping);
        all.push_back(*mapping);
    }
    return all;
}

}  // namespace

TEST_CASE("a line of maps is read whole, blanks in the path included", "[runners]") {
    const Mapping expected{0x55d0c000, 0x55d0d000, 0x1000, 42, true, "/opt/a b (deleted)"};
    CHECK(parse_mapping("55d0c000-55d0d000 r-xp 00001000 fe:01 42                /opt/a b (deleted)") == expected);
    CHECK(parse_mapping("7ffc1000-7ffc2000 rw-p 00000000 00:00 0 ") ==
          Mapping{0x7ffc1000, 0x7ffc2000, 0, 0, false, {}});
    CHECK(parse_mapping("1000-2000 rw-p 00000000 00:00 0   [anon:jit /lib]")->path.empty());
    CHECK(parse_mapping("1000-2000 r-xp 00000000 00:00 0   [vdso]")->path == "[vdso]");
}

TEST_CASE("what is no line of maps gives no mapping", "[runners]") {
    const auto* const line =
        GENERATE("", "-", "1000 r-xp 0 00:00 0", "1000-2000", "1000-2000 r 0 00:00 0", "1000-2000 r-xp x 00:00 0",
                 "1000-2000 r-xp 0 00:00 x", "g-h r-xp 0 00:00 0", "11111111111111111-2 r-xp 0 00:00 0");
    INFO(line);
    CHECK_FALSE(parse_mapping(line));
}

TEST_CASE("an address is told by module and offset in the file, or by itself where there is no file", "[runners]") {
    const auto all = mappings({"1000-2000 r--p 00000000 fe:01 7 /lib/a", "2000-3000 r-xp 00001000 fe:01 7 /lib/a",
                               "5000-6000 rwxp 00000000 00:00 0", "7000-8000 r-xp 00000000 00:00 0 [vdso]"});
    const auto place = [&](std::uint64_t address) {
        const auto frame = locate(all, address);
        return std::pair{frame.module, frame.offset};
    };
    CHECK(place(0x2010) == std::pair{std::string{"/lib/a"}, std::uint64_t{0x1010}});
    CHECK(place(0x5010) == std::pair{std::string{}, std::uint64_t{0x5010}});
    CHECK(place(0x7010) == std::pair{std::string{"[vdso]"}, std::uint64_t{0x10}});
    CHECK(place(0x4000) == std::pair{std::string{}, std::uint64_t{0x4000}});
    CHECK(place(0x8000) == std::pair{std::string{}, std::uint64_t{0x8000}});
}

TEST_CASE("mappings of one file make one module, a second copy another, and parts without the header none",
          "[runners]") {
    const auto modules =
        modules_of(mappings({"1000-2000 r--p 00000000 fe:01 7 /lib/a", "2000-3000 r-xp 00001000 fe:01 7 /lib/a",
                             "3000-4000 rw-p 00000000 00:00 0 ",  // zeroed memory of the first copy
                             "4000-5000 r--p 00000000 fe:01 7 /lib/a", "5000-6000 r-xp 00001000 fe:01 7 /lib/a",
                             "6000-7000 r-xp 00003000 fe:01 8 /data", "7000-8000 r--p 00004000 fe:01 7 /lib/a",
                             "9000-a000 r-xp 00000000 00:00 0 [vdso]", "b000-c000 rw-p 00000000 00:00 0 [stack]"}));
    REQUIRE(modules.size() == 3);
    CHECK(modules[0].first.begin == 0x1000);
    CHECK(modules[0].end == 0x3000);
    CHECK(modules[1].first.begin == 0x4000);
    CHECK(modules[1].end == 0x6000);
    CHECK(modules[2].first.path == "[vdso]");
}

}  // namespace callgate::runners
