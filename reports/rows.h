#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace callgate::reports {

/// Appends whole pieces of a text, in their order, as long as they take no more than `limit` bytes together. Returns
/// how many are left out, so that the caller can say so.
std::size_t append_fitting(std::string& out, const std::vector<std::string>& pieces, std::size_t limit);

}  // namespace callgate::reports
