#include "profiles/audit_records.h"

#include "harness/core/number.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "profiles/audit_journal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>

namespace callgate::profiles {

namespace {

constexpr auto kNone = std::string_view::npos;

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// --- which event it is -----------------------------------------------------------------------------------------------

struct Stamp {
    std::optional<std::uint32_t> serial;
    std::optional<std::int64_t> at_ms;
    bool interpreted = false;  ///< by ausearch -i: the time is one of the reader's time zone, texts are decoded
    std::size_t end = 0;       ///< behind the ")"
};

/// `SEC.mmm`, milliseconds since 1970; none for what is no time of this age of the world.
std::optional<std::int64_t> milliseconds_in(std::string_view text) {
    constexpr std::int64_t kLatest = 253402300800;  // the year 10000, which no date in ISO 8601 has
    constexpr std::int64_t kMilliseconds = 1000;
    const auto point = std::min(text.find('.'), text.size());
    const auto seconds = core::number_in<std::int64_t>(text.substr(0, point));
    if (!seconds || *seconds < 0 || *seconds >= kLatest) return std::nullopt;
    std::int64_t fraction = 0;
    std::int64_t unit = kMilliseconds;
    for (const char c : text.substr(std::min(point + 1, text.size()))) {
        if (!is_digit(c)) return std::nullopt;
        unit /= 10;
        fraction += (c - '0') * unit;
    }
    return *seconds * kMilliseconds + fraction;
}

/// `audit(1622229872.180:55)`.
std::optional<Stamp> stamp_in(std::string_view text) {
    constexpr std::string_view kOpening = "audit(";
    constexpr std::size_t kLongest = 60;
    for (auto begin = text.find(kOpening); begin != kNone; begin = text.find(kOpening, begin + 1)) {
        const auto from = begin + kOpening.size();
        const auto inside = text.substr(from, std::min(text.substr(from, kLongest).find(')'), kLongest));
        const auto colon = inside.rfind(':');
        if (colon == kNone || from + inside.size() >= text.size()) continue;
        const auto serial = core::number_in<std::uint32_t>(inside.substr(colon + 1));
        if (!serial) continue;
        const auto time = inside.substr(0, colon);
        return Stamp{serial, milliseconds_in(time), time.find_first_of("/ -") != kNone, from + inside.size() + 1};
    }
    return std::nullopt;
}

/// What `node=` of audispd says: the host.
std::string node_in(std::string_view text) {
    constexpr std::string_view kNode = "node=";
    const auto begin = text.find(kNode);
    if (begin == kNone) return {};
    const auto value = text.substr(begin + kNode.size());
    return std::string{value.substr(0, value.find(' '))};
}

// --- what a record says ----------------------------------------------------------------------------------------------

/// Where the fields of a seccomp record begin; none where the text is no such record.
std::optional<std::size_t> fields_in(std::string_view text, const std::optional<Stamp>& stamp) {
    // journald leaves type and event out: "audit[7645]: SECCOMP auid=…".
    for (const std::string_view mark : {"type=1326 audit(", "type=SECCOMP msg=audit(", "type=1326 msg=audit(",
                                        "type=UNKNOWN[1326] msg=audit(", "SECCOMP auid="}) {
        if (const auto begin = text.find(mark); begin != kNone) return begin;
    }
    // A netlink message has its type in the header. Only this one has all of these fields.
    if (!stamp) return std::nullopt;
    std::size_t at = stamp->end;
    for (const std::string_view field : {" sig=", " arch=", " syscall=", " compat=", " ip=", " code="}) {
        at = text.find(field, at);
        if (at == kNone) return std::nullopt;
    }
    return stamp->end;
}

/// The fields of a record. What stands last counts: only `subj`, which comes first, holds words of other people.
class Fields {
public:
    Fields(std::string_view text, std::size_t begin) : text_{text}, begin_{begin} {}

    /// Bytes of the text, up to a blank or the separator of enriched records; empty where the field is not there.
    [[nodiscard]] std::string_view value(std::string_view key) const {
        const auto from = behind(key);
        return from == kNone ? std::string_view{} : text_.substr(from, text_.find_first_of(" \t\x1d", from) - from);
    }

    /// A quoted text, or one in hexadecimal digits; where neither (ausearch -i), up to the field `next`.
    [[nodiscard]] std::string text(std::string_view key, std::string_view next, bool interpreted) const {
        const auto from = behind(key);
        if (from == kNone) return {};
        const auto rest = text_.substr(from);
        if (rest.starts_with('"')) return std::string{rest.substr(1, rest.find('"', 1) - 1)};
        const auto end = interpreted ? rest.find(next) : rest.find_first_of(" \t\x1d");
        const auto word = rest.substr(0, end);
        if (word == "(null)") return {};
        return interpreted ? std::string{word} : decoded(word);
    }

private:
    [[nodiscard]] std::size_t behind(std::string_view key) const {
        for (auto at = text_.rfind(key); at != kNone && at > begin_; at = text_.rfind(key, at - 1)) {
            const bool whole = text_[at - 1] == ' ' && text_.substr(at + key.size(), 1) == "=";
            if (whole) return at + key.size() + 1;
        }
        return kNone;
    }

    /// The kernel writes a text that holds a blank, a quote or a control character in upper-case digits.
    static std::string decoded(std::string_view word) {
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        if (word.empty() || word.size() % 2 != 0 || word.find_first_not_of(kDigits) != kNone) return std::string{word};
        std::string text;
        for (std::size_t i = 0; i < word.size(); i += 2)
            text += static_cast<char>(kDigits.find(word[i]) << 4U | kDigits.find(word[i + 1]));
        return text;
    }

    std::string_view text_;
    std::size_t begin_;
};

/// What ausearch -i puts in brackets where it knows no name: "unknown-syscall(467)"; all of it where there are none.
std::string_view unknown_in(std::string_view word) {
    const auto begin = word.find('(');
    return word.starts_with("unknown-") && word.ends_with(")") && begin != kNone
               ? word.substr(begin + 1, word.size() - begin - 2)
               : word;
}

std::optional<std::uint32_t> arch_in(std::string_view word) {
    if (const auto number = core::number_in<std::uint32_t>(unknown_in(word), 16)) return number;
    for (const auto& info : model::known_archs()) {
        // ausearch -i calls arm by one of the names that `uname -m` may have for it.
        if (info.short_name == word || (info.short_name == "arm" && word.starts_with("arm")))
            return model::audit_arch(info.arch);
    }
    return std::nullopt;
}

std::optional<model::ActionKind> action_in(std::string_view word) {
    constexpr std::string_view kHex = "0x";
    if (word.starts_with(kHex)) {
        // Where the separator got lost, "AUID=" stands behind the number: the kernel's own digits are lower-case.
        word.remove_prefix(kHex.size());
        const auto number =
            core::number_in<std::uint32_t>(word.substr(0, word.find_first_not_of("0123456789abcdef")), 16);
        return number ? std::optional{model::Action::from_return(*number).kind} : std::nullopt;
    }
    using model::ActionKind;
    // The words of ausearch -i (auparse). Its "kill" is either of two.
    constexpr std::array<std::pair<std::string_view, ActionKind>, 5> kWords{{{"trap", ActionKind::trap},
                                                                             {"errno", ActionKind::error},
                                                                             {"user-notify", ActionKind::user_notif},
                                                                             {"trace", ActionKind::trace},
                                                                             {"log", ActionKind::log}}};
    const auto* found =
        std::find_if(kWords.begin(), kWords.end(), [&](const auto& entry) { return entry.first == word; });
    return found == kWords.end() ? std::nullopt : std::optional{found->second};
}

/// The number of a call that may have been written by name.
std::optional<std::int32_t> number_of_call(const AuditRecord& record) {
    if (const auto number = core::number_in<std::int32_t>(unknown_in(record.call))) return number;
    if (!record.audit_arch) return std::nullopt;
    return model::syscall_number(model::Arch{*record.audit_arch}, record.call);
}

int signal_in(std::string_view word) {
    return word == "SIGSYS" ? SIGSYS : core::number_in<int>(word).value_or(0);
}

AuditRecord record_of(std::string_view text, std::size_t begin, bool interpreted) {
    const Fields fields{text, begin};
    AuditRecord record;
    const auto call = fields.value("syscall");
    record.call = call;
    if (!call.empty()) {
        record.call_begin = static_cast<std::size_t>(call.data() - text.data());
        record.call_end = record.call_begin + call.size();
    }
    record.audit_arch = arch_in(fields.value("arch"));
    record.nr = number_of_call(record);
    record.action = action_in(fields.value("code"));
    record.signal = signal_in(fields.value("sig"));
    record.comm = fields.text("comm", " exe=", interpreted);
    record.exe = fields.text("exe", " sig=", interpreted);
    return record;
}

// --- what got lost ---------------------------------------------------------------------------------------------------

struct LossMark {
    std::string_view mark;
    std::string_view also;  ///< must stand in the line as well
    AuditLoss::Cause cause;
    enum class Number { none, before, behind } number;
};

using Cause = AuditLoss::Cause;
constexpr std::array kLossMarks{
    LossMark{" callbacks suppressed", "audit", Cause::rate_limit, LossMark::Number::before},
    LossMark{" printk messages dropped", "", Cause::rate_limit, LossMark::Number::before},
    LossMark{"audit_lost=", "", Cause::kernel_lost, LossMark::Number::behind},
    LossMark{"audit: backlog limit exceeded", "", Cause::kernel_full, LossMark::Number::none},
    LossMark{"audit: rate limit exceeded", "", Cause::kernel_full, LossMark::Number::none},
    LossMark{" queue overflow", "kauditd", Cause::kernel_full, LossMark::Number::none},
    LossMark{" kernel messages", "Missed ", Cause::journal, LossMark::Number::before},
    LossMark{" messages lost due to rate-limiting", "", Cause::syslog, LossMark::Number::before},
    LossMark{"dropping event", "audi", Cause::daemon, LossMark::Number::none},
    LossMark{"event lost", "audi", Cause::daemon, LossMark::Number::none},
};

std::uint64_t number_before(std::string_view text, std::size_t end) {
    auto begin = end;
    while (begin > 0 && is_digit(text[begin - 1])) --begin;
    return core::number_in<std::uint64_t>(text.substr(begin, end - begin)).value_or(0);
}

std::uint64_t number_behind(std::string_view text, std::size_t begin) {
    auto end = begin;
    while (end < text.size() && is_digit(text[end])) ++end;
    return core::number_in<std::uint64_t>(text.substr(begin, end - begin)).value_or(0);
}

std::optional<AuditLoss> loss_in(std::string_view text) {
    for (const auto& mark : kLossMarks) {
        const auto at = text.find(mark.mark);
        if (at == kNone || text.find(mark.also) == kNone) continue;
        AuditLoss loss{mark.cause, 0};
        if (mark.number == LossMark::Number::before) loss.count = number_before(text, at);
        if (mark.number == LossMark::Number::behind) loss.count = number_behind(text, at + mark.mark.size());
        return loss;
    }
    return std::nullopt;
}

// --- lines -----------------------------------------------------------------------------------------------------------

AuditLine read_text(std::string_view text) {
    AuditLine line;
    const auto stamp = stamp_in(text);
    if (stamp) {
        line.kind = AuditLine::Kind::event;
        line.serial = stamp->serial;
        line.at_ms = stamp->at_ms;
        line.origin = node_in(text.substr(0, stamp->end));
    }
    if (const auto fields = fields_in(text, stamp)) {
        line.kind = AuditLine::Kind::record;
        line.record = record_of(text, *fields, stamp && stamp->interpreted);
    } else if (const auto loss = stamp ? std::nullopt : loss_in(text)) {
        line.kind = AuditLine::Kind::loss;
        line.loss = *loss;
    }
    return line;
}

/// Any program may write a line into the journal that looks like the kernel's.
bool is_from_audit(const JournalEntry& entry) {
    return entry.transport.empty() || entry.transport == "kernel" || entry.transport == "audit" ||
           entry.identifier.starts_with("audi");
}

}  // namespace

AuditLine read_audit_line(std::string_view text) {
    const auto entry = read_journal_entry(text);
    if (!entry) return read_text(text);
    auto line = read_text(entry->message);
    if (line.kind != AuditLine::Kind::loss && line.kind != AuditLine::Kind::other && !is_from_audit(*entry))
        line = AuditLine{AuditLine::Kind::foreign, {}, {}, {}, {}, {}};
    if (line.origin.empty()) line.origin = entry->boot;
    // The audit transport has the event in fields of its own; when it was, journald may not know.
    if (!line.serial && entry->event_ms && entry->transport == "audit") {
        line.serial = entry->serial;
        line.at_ms = entry->event_ms;
        if (line.serial && line.kind == AuditLine::Kind::other) line.kind = AuditLine::Kind::event;
    }
    if (!line.at_ms) line.at_ms = entry->at_ms;
    line.record.call_begin = 0;
    line.record.call_end = 0;
    return line;
}

}  // namespace callgate::profiles
