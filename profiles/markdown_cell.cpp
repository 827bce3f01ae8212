#include "profiles/markdown_cell.h"

#include "harness/core/printable.h"

namespace callgate::profiles {

std::string markdown_cell(std::string_view text) {
    std::string out;
    for (const char c : core::printable(text)) {
        if (c == '|') out += '\\';
        out += c == '`' ? '\'' : c;
    }
    return out.empty() ? out : "`" + out + "`";
}

}  // namespace callgate::profiles
