#pragma once

#include "harness/model/arch.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// What a parameter always is: its bits under the mask.
struct Fixed {
    std::string_view parameter;  ///< the kernel's name for it (model::parameters)
    std::uint64_t value = 0;
    std::uint64_t mask = 0xffff'ffff;
    bool open_flags = false;  ///< value and mask are O_… as x86 numbers them
};

/// A call that programs on one architecture make where programs on another one make some other call.
struct Counterpart {
    std::string_view name;
    std::string_view why;        ///< what a C library does
    std::vector<Fixed> fixed{};  ///< its parameters when it is called in place of the other call
    /// Parameters of the other call that have another name here: theirs, then the one of this call.
    std::vector<std::pair<std::string_view, std::string_view>> renamed{};
    std::optional<Fixed> only_of{};  ///< stands for those of the other calls only whose parameter is this
    bool helps = false;              ///< is made beside the call that does the work
};

/// The calls that are made on `to` where `from` has `name`: what does the work of a call that `to` lacks
/// (model::equivalent), and what C libraries on `to` prefer to it, as fcntl64 to fcntl. Only those of which it is known
/// how the parameters correspond, and that do no more than `name`. Predicted, not observed. Any thread.
std::vector<Counterpart> counterparts(model::Arch from, model::Arch to, std::string_view name);

}  // namespace callgate::profiles
