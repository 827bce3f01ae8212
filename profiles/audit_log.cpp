#include "profiles/audit_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>
#include <tuple>

namespace callgate::profiles {

namespace {

constexpr std::size_t kMostFindings = 10000;
constexpr std::size_t kMostPrograms = 10000;

/// The kernel's own limit for a record is 8 KiB (MAX_AUDIT_MESSAGE_LENGTH); the journal says each byte in five.
constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

constexpr std::size_t kLongestPath = 4096;  // PATH_MAX
constexpr std::size_t kLongestComm = 64;    // TASK_COMM_LEN is 16

struct Magic {
    std::string_view bytes;
    std::string_view what;
    std::string_view remedy;
};

/// What is no text, by how it begins, and what makes text of it.
constexpr std::array kMagics{
    Magic{"\x1f\x8b", "compressed with gzip", "zcat"},
    Magic{"\xfd"
          "7zXZ",
          "compressed with xz", "xzcat"},
    Magic{"\x28\xb5\x2f\xfd", "compressed with zstd", "zstdcat"},
    Magic{"LPKSHHRH", "a file of journald", "journalctl -o json --file"},
};

}  // namespace

/// Which events were there: a set of up to kMost in open addressing, 8 bytes each and no more than twice that.
class AuditReader::Seen {
public:
    /// False when it was there.
    bool add(std::int64_t at_ms, std::uint32_t serial) {
        if (full()) return true;
        if (2 * count_ >= slots_.size()) grow();
        auto& slot = find(mixed(static_cast<std::uint64_t>(at_ms), serial));
        if (slot != kFree) return false;
        slot = mixed(static_cast<std::uint64_t>(at_ms), serial);
        ++count_;
        return true;
    }

    [[nodiscard]] bool full() const { return count_ >= kMost; }

private:
    static constexpr std::size_t kMost = std::size_t{4} * 1024 * 1024;
    static constexpr std::uint64_t kFree = 0;

    /// splitmix64's finish: two events with one value are one in billions.
    static std::uint64_t mixed(std::uint64_t at_ms, std::uint32_t serial) {
        auto x = at_ms * 0x9e3779b97f4a7c15U + serial;
        x = (x ^ x >> 30U) * 0xbf58476d1ce4e5b9U;
        x = (x ^ x >> 27U) * 0x94d049bb133111ebU;
        x ^= x >> 31U;
        return x == kFree ? 1 : x;
    }

    std::uint64_t& find(std::uint64_t value) {
        auto at = value & (slots_.size() - 1);
        while (slots_[at] != kFree && slots_[at] != value) at = (at + 1) & (slots_.size() - 1);
        return slots_[at];
    }

    void grow() {
        constexpr std::size_t kFirst = 1024;
        const auto old = std::exchange(slots_, std::vector<std::uint64_t>(std::max(kFirst, 2 * slots_.size()), kFree));
        for (const auto value : old) {
            if (value != kFree) find(value) = value;
        }
    }

    std::vector<std::uint64_t> slots_;
    std::size_t count_ = 0;
};

void AuditCount::take(std::optional<std::int64_t> at_ms) {
    ++count;
    if (!at_ms) return;
    first_ms = std::min(first_ms.value_or(*at_ms), *at_ms);
    last_ms = std::max(last_ms.value_or(*at_ms), *at_ms);
}

bool AuditFinding::refused() const {
    return !action || model::refuses({*action, 0});
}

bool AuditLog::incomplete(bool filtered) const {
    return lines == 0 || unreadable != 0 || !losses.empty() || (!filtered && (gaps.missing != 0 || !gaps.all_seen));
}

AuditReader::AuditReader() : records_{std::make_unique<Seen>()} {}
AuditReader::~AuditReader() = default;

core::Status AuditReader::read(std::istream& in, const std::string& name) {
    log_.sources.push_back(name);
    std::string buffer(kLongestLine, '\0');
    std::string line;
    bool too_long = false;
    bool begins = true;
    const auto end_line = [&] {
        ++log_.lines;
        if (too_long) ++log_.cut;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        take(line);
        line.clear();
        too_long = false;
    };
    while (in) {
        in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        std::string_view rest{buffer.data(), static_cast<std::size_t>(in.gcount())};
        for (const auto& [bytes, what, remedy] : kMagics) {
            if (begins && rest.starts_with(bytes))
                return core::fail(fmt::format("'{}' is {}: {} FILE | callgate audit -", name, what, remedy));
        }
        begins = false;
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            const auto piece = rest.substr(0, end);
            const auto fits = piece.substr(0, kLongestLine - line.size());
            too_long |= fits.size() < piece.size();
            line += fits;
            if (end == std::string_view::npos) break;
            end_line();
            rest.remove_prefix(end + 1);
        }
    }
    if (in.bad()) return core::fail(fmt::format("'{}' cannot be read to its end", name));
    if (!line.empty()) end_line();
    end_source();
    return {};
}

void AuditReader::take(std::string_view text) {
    const auto line = read_audit_line(text);
    using Kind = AuditLine::Kind;
    if (line.serial && line.at_ms) serials_.add(line.origin, *line.at_ms, *line.serial);
    if (line.kind == Kind::event) ++log_.events;
    if (line.kind == Kind::foreign) ++log_.foreign;
    if (line.kind == Kind::record) take_record(line);
    if (line.kind != Kind::loss) return;
    const auto known = std::find_if(log_.losses.begin(), log_.losses.end(),
                                    [&](const AuditLossSum& sum) { return sum.cause == line.loss.cause; });
    auto& sum = known != log_.losses.end() ? *known : log_.losses.emplace_back(AuditLossSum{line.loss.cause, 0, 0});
    ++sum.lines;
    // The kernel's counter goes on, the other lines each have their own.
    sum.count =
        sum.cause == AuditLoss::Cause::kernel_lost ? std::max(sum.count, line.loss.count) : sum.count + line.loss.count;
}

void AuditReader::take_record(const AuditLine& line) {
    const auto& record = line.record;
    const bool is_new = !line.serial || records_->add(line.at_ms.value_or(0), *line.serial);
    if (!is_new) ++log_.repeated;
    if (!record.audit_arch || !record.nr) {
        if (is_new) ++log_.unreadable;
        return;
    }
    auto* tally = &unlisted_;
    model::Call call;
    call.audit_arch = *record.audit_arch;
    call.nr = *record.nr;
    const Key key{call, record.action};
    if (groups_.size() < kMostFindings || groups_.count(key) != 0) {
        auto& group = groups_[key];
        group.signal = std::max(group.signal, record.signal);
        const std::pair program{record.exe.substr(0, kLongestPath), record.comm.substr(0, kLongestComm)};
        auto known = group.programs.find(program);
        if (known == group.programs.end() && programs_ < kMostPrograms) {
            known = group.programs.emplace(program, Tally{}).first;
            ++programs_;
        }
        tally = known != group.programs.end() ? &known->second : &group.others;
    }
    ++(line.serial ? tally->numbered : tally->bare);
    if (line.serial && is_new) tally->seen.take(line.at_ms);
    // Counted when the source is over: it may come again with its number.
    if (!line.serial && line.at_ms) {
        tally->seen.take(line.at_ms);
        --tally->seen.count;
    }
}

void AuditReader::end_source() {
    const auto end = [&](Tally& tally) {
        const auto alone = tally.bare - std::min(tally.bare, tally.numbered);
        log_.repeated += tally.bare - alone;
        tally.seen.count += alone;
        tally.numbered = 0;
        tally.bare = 0;
    };
    for (auto& [key, group] : groups_) {
        for (auto& [program, tally] : group.programs) end(tally);
        end(group.others);
    }
    end(unlisted_);
}

AuditLog AuditReader::finish() {
    const auto add = [](AuditCount& sum, const AuditCount& part) {
        sum.count += part.count;
        if (part.first_ms) sum.first_ms = std::min(sum.first_ms.value_or(*part.first_ms), *part.first_ms);
        if (part.last_ms) sum.last_ms = std::max(sum.last_ms.value_or(*part.last_ms), *part.last_ms);
    };
    auto log = std::move(log_);
    for (auto& [key, group] : groups_) {
        AuditFinding finding{key.first, key.second, group.signal, group.others.seen, {}, group.others.seen.count};
        for (auto& [program, tally] : group.programs) {
            add(finding.seen, tally.seen);
            finding.programs.push_back({program.first, program.second, tally.seen});
        }
        std::stable_sort(finding.programs.begin(), finding.programs.end(),
                         [](const auto& a, const auto& b) { return a.seen.count > b.seen.count; });
        add(log.records, finding.seen);
        log.findings.push_back(std::move(finding));
    }
    add(log.records, unlisted_.seen);
    log.unlisted = unlisted_.seen.count;
    std::stable_sort(log.findings.begin(), log.findings.end(), [](const auto& a, const auto& b) {
        return std::make_tuple(a.refused(), a.seen.count) > std::make_tuple(b.refused(), b.seen.count);
    });
    log.gaps = serials_.gaps();
    log.repeats_seen = !records_->full();
    log_ = {};
    serials_ = {};
    records_ = std::make_unique<Seen>();
    groups_.clear();
    unlisted_ = {};
    programs_ = 0;
    return log;
}

}  // namespace callgate::profiles
