#include "harness/model/action.h"

#include <catch2/catch.hpp>

#include <linux/seccomp.h>

namespace callgate::model {

TEST_CASE("every return value of a filter is read, written back and named", "[model]") {
    const auto [value, kind, name, refused] = GENERATE(table<std::uint32_t, ActionKind, std::string, bool>({
        {0x80000000, ActionKind::kill_process, "KILL_PROCESS", true},
        {0x00000000, ActionKind::kill_thread, "KILL_THREAD", true},
        {0x00030000, ActionKind::trap, "TRAP", true},
        {0x00050001, ActionKind::error, "ERRNO(EPERM)", true},
        {0x7fc00000, ActionKind::user_notif, "USER_NOTIF", true},
        {0x7ff00000, ActionKind::trace, "TRACE", true},
        {0x7ffc0000, ActionKind::log, "LOG", false},
        {0x7fff0000, ActionKind::allow, "ALLOW", false},
    }));
    const auto action = Action::from_return(value);
    CHECK(action == Action{kind, static_cast<std::uint16_t>(value & 0xffffU)});
    CHECK(action.to_return() == value);
    CHECK(describe(action) == name);
    CHECK(refuses(action) == refused);
}

TEST_CASE("what a call gave back is said as a person says it", "[model]") {
    const auto [returned, words] = GENERATE(table<std::int64_t, std::string>({
        {0, "0"},
        {3, "3"},
        {4'194'304, "4194304"},
        {-1, "-1 EPERM (Operation not permitted)"},
        {-38, "-1 ENOSYS (Function not implemented)"},
        {-512, "-1 errno 512"},  // ERESTARTSYS: the kernel's own
        {-4095, "-1 errno 4095"},
        {-4096, "0xfffffffffffff000"},
        {0x7f3a12004000, "0x7f3a12004000"},
    }));
    CHECK(returned_words(returned) == words);
}

TEST_CASE("the data of every action survives", "[model]") {
    const auto kind = GENERATE(ActionKind::kill_process, ActionKind::kill_thread, ActionKind::trap, ActionKind::error,
                               ActionKind::user_notif, ActionKind::trace, ActionKind::log, ActionKind::allow);
    const Action action{kind, 0xbeef};
    CHECK(Action::from_return(action.to_return()) == action);
}

TEST_CASE("an action that the kernel does not know kills the process", "[model]") {
    const auto value = GENERATE(std::uint32_t{0x00010000}, std::uint32_t{0x00060007}, std::uint32_t{0x7ffe0000},
                                std::uint32_t{0x80010000}, std::uint32_t{0xffff0000});
    CHECK(Action::from_return(value).kind == ActionKind::kill_process);
}

TEST_CASE("actions are ordered as the kernel ranks them, strongest first", "[model]") {
    CHECK(ActionKind::kill_process < ActionKind::kill_thread);
    CHECK(ActionKind::kill_thread < ActionKind::trap);
    CHECK(ActionKind::trap < ActionKind::error);
    CHECK(ActionKind::error < ActionKind::user_notif);
    CHECK(ActionKind::user_notif < ActionKind::trace);
    CHECK(ActionKind::trace < ActionKind::log);
    CHECK(ActionKind::log < ActionKind::allow);
}

TEST_CASE("an errno is told by name where it has one", "[model]") {
    const auto [number, name] = GENERATE(table<int, std::string>({
        {1, "EPERM"},
        {38, "ENOSYS"},
        {0, "0"},
        {4000, "errno 4000"},
        {65535, "errno 65535"},
    }));
    CHECK(errno_name(number) == name);
    CHECK(describe({ActionKind::error, static_cast<std::uint16_t>(number)}) == "ERRNO(" + name + ")");
}

}  // namespace callgate::model
