#pragma once

#include "harness/core/result.h"
#include "harness/model/action.h"
#include "harness/model/call.h"
#include "profiles/audit_records.h"
#include "profiles/audit_serials.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::profiles {

/// How often, and between which times where the records say them: milliseconds since 1970.
struct AuditCount {
    std::uint64_t count = 0;
    std::optional<std::int64_t> first_ms;
    std::optional<std::int64_t> last_ms;

    void take(std::optional<std::int64_t> at_ms);
};

/// A program that made a call.
struct AuditProgram {
    std::string exe;   ///< "" where the kernel knew none
    std::string comm;  ///< of the thread
    AuditCount seen;
};

/// All records of one call (architecture and number) with one action.
struct AuditFinding {
    model::Call call;                         ///< its arguments are not known, and 0 here
    std::optional<model::ActionKind> action;  ///< none where the records do not say it
    int signal = 0;
    AuditCount seen;
    std::vector<AuditProgram> programs;  ///< most often first
    std::uint64_t others = 0;            ///< of `seen`: by programs that are not listed, there are too many

    /// The call did not happen; false: it was logged and happened.
    [[nodiscard]] bool refused() const;
};

/// What was lost, of one cause; `count` is 0 where no line said how many.
struct AuditLossSum {
    AuditLoss::Cause cause = AuditLoss::Cause::rate_limit;
    std::uint64_t lines = 0;
    std::uint64_t count = 0;
};

struct AuditLog {
    std::vector<std::string> sources;
    std::uint64_t lines = 0;
    AuditCount records;                  ///< of seccomp, each once
    std::vector<AuditFinding> findings;  ///< refused ones first, of those the most frequent in front
    std::uint64_t events = 0;            ///< lines with records of other types
    std::uint64_t repeated = 0;          ///< records that were there before, by another way or in another file
    std::uint64_t unreadable = 0;        ///< records without architecture or number of the call
    std::uint64_t unlisted = 0;          ///< records that are in no finding, there are too many
    std::uint64_t foreign = 0;           ///< entries of the journal that look like records and are not the kernel's
    std::uint64_t cut = 0;               ///< lines that were longer than any record
    std::vector<AuditLossSum> losses;
    AuditGaps gaps;
    bool repeats_seen = true;  ///< false: there were too many records to find all that are there twice

    /// What shows that the log does not have all records; gaps count unless the log was `filtered` on purpose.
    [[nodiscard]] bool incomplete(bool filtered) const;
};

/// Reads logs line by line, in memory that does not grow with them.
class AuditReader {
public:
    AuditReader();
    ~AuditReader();
    AuditReader(const AuditReader&) = delete;
    AuditReader& operator=(const AuditReader&) = delete;

    /// All of the stream. `name` is what the user calls it. Fails where it cannot be read, or is no text: compressed,
    /// or a file of journald's.
    core::Status read(std::istream& in, const std::string& name);

    /// What all of them say. The reader is empty then.
    AuditLog finish();

private:
    class Seen;
    /// A record that the journal shows by two ways has its number in one of them only.
    struct Tally {
        AuditCount seen;
        std::uint64_t numbered = 0;  ///< in this source
        std::uint64_t bare = 0;
    };
    struct Group {
        int signal = 0;
        std::map<std::pair<std::string, std::string>, Tally> programs;  ///< by exe and comm
        Tally others;
    };
    using Key = std::pair<model::Call, std::optional<model::ActionKind>>;

    void take(std::string_view text);
    void take_record(const AuditLine& line);
    void end_source();

    AuditLog log_;
    AuditSerials serials_;
    std::unique_ptr<Seen> records_;
    std::map<Key, Group> groups_;
    Tally unlisted_;
    std::size_t programs_ = 0;
};

}  // namespace callgate::profiles
