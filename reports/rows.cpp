#include "reports/rows.h"

namespace callgate::reports {

std::size_t append_fitting(std::string& out, const std::vector<std::string>& pieces, std::size_t limit) {
    std::size_t used = 0;
    std::size_t written = 0;
    for (const auto& piece : pieces) {
        if (used + piece.size() > limit) break;
        used += piece.size();
        out += piece;
        ++written;
    }
    return pieces.size() - written;
}

}  // namespace callgate::reports
