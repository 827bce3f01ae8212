#pragma once

#include "harness/model/profile.h"
#include "harness/model/run_result.h"

#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// One thing that two profiles say differently.
struct Difference {
    enum class Kind { added, removed, changed };
    enum class Subject { default_action, architecture, flag, listener, syscall };
    Kind kind = Kind::changed;
    Subject subject = Subject::syscall;
    std::string name;    ///< of the system call, architecture, flag or key
    std::string before;  ///< "ALLOW", "ALLOW when arg0 == 1"; of a call without a rule: the default action
    std::string after;
    model::Place a;  ///< in the first profile; line 0 where it says nothing of it
    model::Place b;  ///< in the second
};

/// What the second profile says otherwise than the first, as filters: how they are laid out, the order of rules that do
/// not contradict each other, an errnoRet that says the default and rules that never take effect make no difference.
/// In the order default action, architectures, flags, listener, system calls by name.
std::vector<Difference> diff(const model::Profile& a, const model::Profile& b);

/// One line each, for a terminal; "no difference" when there is none.
std::string render_text(std::span<const Difference> differences);

/// A table for a pull request.
std::string render_markdown(std::span<const Difference> differences);

/// An object with a list `differences`.
std::string render_json(std::span<const Difference> differences);

}  // namespace callgate::profiles
