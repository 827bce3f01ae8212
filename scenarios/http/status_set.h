#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"

#include <optional>
#include <string>
#include <vector>

namespace callgate::scenarios::http {

/// The statuses that a plan wants to see.
class StatusSet {
public:
    /// 2xx and 3xx: what a server answers that has what was asked for.
    StatusSet();

    [[nodiscard]] bool contains(unsigned status) const;
    /// True when a single status is wanted.
    [[nodiscard]] bool is_one() const { return ranges_.size() == 1 && ranges_[0].least == ranges_[0].most; }
    /// "2xx or 3xx", "200".
    [[nodiscard]] const std::string& text() const { return text_; }

    /// 200, "2xx", or a list of them.
    static std::optional<StatusSet> read(const document::Node& node, core::Diagnostics& diagnostics);

private:
    struct Range {
        unsigned least = 0;
        unsigned most = 0;
    };
    static std::optional<Range> read_range(const document::Node& node, core::Diagnostics& diagnostics);

    std::vector<Range> ranges_;
    std::string text_;
};

}  // namespace callgate::scenarios::http
