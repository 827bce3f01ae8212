#pragma once

#include <cstddef>
#include <string>

namespace callgate::model {

/// A place in a file that the user knows; line 0 when nowhere.
struct Place {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
};

}  // namespace callgate::model
