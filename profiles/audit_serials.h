#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// Numbers of audit events that no line of a log had, although lines had a smaller and a larger one.
struct AuditGaps {
    std::uint64_t missing = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;  ///< both included; some of them, ascending
    std::uint64_t count = 0;                                      ///< of ranges
    bool all_seen = true;  ///< false: there were more hosts or starts of hosts than are looked at
};

/// The kernel numbers audit events since the host started, also those that no log gets to see: a number that is missing
/// shows that. In bounded memory, for numbers in any order, of several hosts and starts of a host.
class AuditSerials {
public:
    /// The number of an event, with its time. Of one `origin` are the events that can have one counter; they are taken
    /// as those of another start of the host where numbers and times do not both go up.
    void add(std::string_view origin, std::int64_t at_ms, std::uint32_t serial);

    [[nodiscard]] AuditGaps gaps() const;

private:
    struct Boot {
        std::string origin;
        std::int64_t first_ms = 0;
        std::int64_t last_ms = 0;
        std::map<std::uint32_t, std::uint32_t> runs;  ///< seen: from, to; with a gap between any two
        std::uint64_t folded_missing = 0;             ///< in gaps that are not kept any more
        std::uint64_t folded_gaps = 0;
    };

    static bool fits(const Boot& boot, std::string_view origin, std::int64_t at_ms, std::uint32_t serial);
    static void insert(Boot& boot, std::uint32_t serial);
    static void fold(Boot& boot);

    std::vector<Boot> boots_;
    bool all_seen_ = true;
};

}  // namespace callgate::profiles
