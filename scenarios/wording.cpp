#include "scenarios/wording.h"

#include <cctype>

namespace callgate::scenarios {

std::string uncapitalised(std::string text) {
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
        text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    }
    return text;
}

}  // namespace callgate::scenarios
