#include "profiles/condition_words.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

using bpf::Field;
using bpf::Test;
using Tests = std::vector<Test>;

constexpr std::uint64_t kWhole = ~std::uint64_t{0};
constexpr std::uint64_t kInt = 0xffffffff;

Test equal(Field field, std::uint64_t value, std::uint64_t mask = kWhole) {
    return {field, mask, {{value, value}}, false};
}

Test unequal(Field field, std::uint64_t value, std::uint64_t mask = kWhole) {
    return {field, mask, {{value, value}}, true};
}

}  // namespace

TEST_CASE("a condition is told in the words of the kernel's headers", "[profiles]") {
    const auto [name, tests, wanted] = GENERATE(table<std::string, Tests, std::string>({
        {"clone", {equal(Field::arg0, 0x10000000, 0x10000000)}, "flags with CLONE_NEWUSER"},
        {"clone", {unequal(Field::arg0, 0x10000000, 0x10000000)}, "flags without CLONE_NEWUSER"},
        {"clone", {equal(Field::arg0, 0, 0x10000000)}, "flags without CLONE_NEWUSER"},
        {"clone", {equal(Field::arg0, 0, 0x10020000)}, "flags with none of CLONE_NEWNS|CLONE_NEWUSER"},
        {"clone", {unequal(Field::arg0, 0, 0x10020000)}, "flags with one of CLONE_NEWNS|CLONE_NEWUSER"},
        {"clone", {equal(Field::arg0, 0x10020000, 0x10020000)}, "flags with all of CLONE_NEWNS|CLONE_NEWUSER"},
        {"clone",
         {equal(Field::arg0, 0x20000, 0x10020000)},
         "flags with just CLONE_NEWNS of CLONE_NEWNS|CLONE_NEWUSER"},
        {"socket", {equal(Field::arg0, 38)}, "family == AF_ALG"},
        {"openat", {equal(Field::arg0, 0xffffff9c, kInt)}, "dfd == AT_FDCWD"},
        {"socket", {equal(Field::arg0, 38, kInt)}, "family == AF_ALG"},
        {"socket", {unequal(Field::arg0, 38)}, "family != AF_ALG"},
        {"socket", {{Field::arg0, kWhole, {{1, 2}, {10, 12}}, false}}, "family in {AF_UNIX, AF_INET, 10..12}"},
        {"socket", {{Field::arg0, kWhole, {{0, 16}}, false}}, "family <= 16"},
        {"socket", {equal(Field::arg0, 0x100000026)}, "family == 0x100000026"},
        {"ioctl", {equal(Field::arg1, 0x5412)}, "cmd == TIOCSTI"},
        {"read", {equal(Field::arg0, 0)}, "fd == 0"},
        {"mmap", {equal(Field::arg1, 0, 0xfff)}, "len & 0xfff == 0"},
        {"prctl",
         {equal(Field::arg0, 22), equal(Field::arg1, 2)},
         "option == PR_SET_SECCOMP and arg2 == SECCOMP_MODE_FILTER"},
        {"read", {equal(Field::instruction_pointer, 0x1000)}, "instruction_pointer == 0x1000"},
    }));
    CHECK(condition_words(call_of("x86_64", name), {{tests}}) == wanted);
}

TEST_CASE("alternatives are joined, and what always or never holds says so", "[profiles]") {
    const auto call = call_of("x86_64", "socket");
    CHECK(condition_words(call, {{{equal(Field::arg0, 38)}, {equal(Field::arg0, 40), equal(Field::arg2, 0)}}}) ==
          "family == AF_ALG or family == AF_VSOCK and protocol == 0");
    CHECK(condition_words(call, {{{equal(Field::arg0, 38)}, {equal(Field::arg2, 0)}}, true}) ==
          "not (family == AF_ALG or protocol == 0)");
    CHECK(condition_words(call, {{{}}}) == "always");
    CHECK(condition_words(call, {}) == "never");
}

TEST_CASE("what a condition is about is known by field", "[profiles]") {
    CHECK(touched_by({{{equal(Field::arg0, 1)}, {equal(Field::instruction_pointer, 1)}}}).to_string() == "1000001");
    CHECK(touched_by({{{}}}).none());
}

}  // namespace callgate::profiles
