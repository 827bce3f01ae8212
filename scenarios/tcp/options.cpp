#include "scenarios/tcp/options.h"

#include "harness/core/closest.h"
#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/step_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace callgate::scenarios::tcp {

namespace {

using document::MappingReader;
using document::Node;
using Kind = Action::Kind;

constexpr std::int64_t kMostConnections = 100'000;
constexpr std::int64_t kMostRounds = 1'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 40U;
constexpr std::int64_t kLargestText = std::int64_t{64} * 1024 * 1024;
constexpr core::Milliseconds kRoom{10'000};

constexpr std::array<std::pair<std::string_view, Kind>, 8> kWords{{
    {"send", Kind::send},
    {"expect", Kind::expect},
    {"receive", Kind::receive},
    {"hold", Kind::hold},
    {"finish", Kind::finish},
    {"closed", Kind::closed},
    {"reset", Kind::reset},
    {"close", Kind::close},
}};
constexpr std::string_view kSendBytes = "send_bytes";

bool takes_value(Kind kind) {
    return kind == Kind::send || kind == Kind::expect || kind == Kind::receive || kind == Kind::hold;
}

void unknown(const core::Span& span, const std::string& word, core::Diagnostics& diagnostics) {
    std::vector<std::string> names{std::string{kSendBytes}};
    for (const auto& [name, kind] : kWords) names.emplace_back(name);
    diagnostics.error(span, fmt::format("'{}' is not something to do with a connection", word),
                      core::suggestion(word, names));
}

const Kind* find_kind(std::string_view word) {
    const auto* const found =
        std::find_if(kWords.begin(), kWords.end(), [&](const auto& one) { return one.first == word; });
    return found == kWords.end() ? nullptr : &found->second;
}

/// A line with a value: `send: text`.
std::optional<Action> read_with_value(const document::Member& member, core::Diagnostics& diagnostics) {
    Action action;
    if (member.key == kSendBytes) {
        action.kind = Kind::send;
        const auto size = document::read_integer(member.value, 1, kLargestText, diagnostics);
        action.text.assign(static_cast<std::size_t>(size.value_or(0)), 'x');
        return action;
    }
    const auto* kind = find_kind(member.key);
    if (kind == nullptr) {
        unknown(member.key_span, member.key, diagnostics);
        return std::nullopt;
    }
    if (!takes_value(*kind)) {
        diagnostics.error(member.key_span, fmt::format("'{}' takes no value", member.key), "- " + member.key);
        return std::nullopt;
    }
    action.kind = *kind;
    if (*kind == Kind::hold) {
        action.duration = ports::read_positive_duration(member.value, diagnostics).value_or(core::Milliseconds{0});
    } else if (*kind == Kind::receive) {
        action.bytes =
            static_cast<std::uint64_t>(document::read_integer(member.value, 1, kMostBytes, diagnostics).value_or(0));
    } else {
        action.text = document::read_string(member.value, diagnostics).value_or("");
        if (action.text.empty()) diagnostics.error(member.value.span, fmt::format("'{}' has no text", member.key));
    }
    return action;
}

std::optional<Action> read_action(const Node& node, core::Diagnostics& diagnostics) {
    if (node.kind == Node::Kind::mapping && node.members.size() == 1) {
        return read_with_value(node.members.front(), diagnostics);
    }
    if (node.kind != Node::Kind::scalar) {
        diagnostics.error(node.span, fmt::format("{} stands where one thing to do is wanted", kind_name(node)),
                          "a word and its value, as - send: hello");
        return std::nullopt;
    }
    const auto* kind = find_kind(node.scalar);
    if (kind == nullptr) {
        unknown(node.span, node.scalar, diagnostics);
        return std::nullopt;
    }
    if (takes_value(*kind)) {
        diagnostics.error(node.span, fmt::format("'{}' needs a value", node.scalar),
                          fmt::format("- {}: {}", node.scalar, *kind == Kind::hold ? "5s" : "..."));
        return std::nullopt;
    }
    return Action{*kind, {}, 0, core::Milliseconds{0}};
}

void read_actions(const Node& list, Options& options, core::Diagnostics& diagnostics) {
    if (list.kind != Node::Kind::sequence) {
        diagnostics.error(list.span, fmt::format("{} stands where a list of what to do is wanted", kind_name(list)));
    } else if (list.items.empty()) {
        diagnostics.error(list.span, "the list of what to do is empty");
    }
    bool ended = false;
    for (const auto& item : list.items) {
        auto action = read_action(item, diagnostics);
        if (!action) continue;
        if (std::exchange(ended, ended || action->kind == Kind::reset || action->kind == Kind::close)) {
            diagnostics.error(item.span, "nothing can be done with a connection that was ended before");
            break;
        }
        options.actions.push_back(std::move(*action));
    }
}

core::Milliseconds time_for(const Action& action, const Options& options) {
    constexpr std::int64_t kSecond = 1000;
    const auto slowly = [&](std::uint64_t bytes, std::uint64_t rate) {
        if (rate == 0) return options.timeout;
        const core::Milliseconds whole{static_cast<std::int64_t>(bytes / rate) * kSecond};
        return add_limits(whole, options.timeout);
    };
    switch (action.kind) {
        case Kind::send:
            return slowly(action.text.size(), options.send_rate);
        case Kind::receive:
            return slowly(action.bytes, options.receive_rate);
        case Kind::expect:
        case Kind::closed:
            return options.timeout;
        case Kind::hold:
            return action.duration;
        default:
            return core::Milliseconds{0};
    }
}

core::Milliseconds usual_within(const Options& options) {
    if (!options.count) return core::Milliseconds{0};
    auto sum = options.timeout;
    for (const auto& action : options.actions) sum = add_limits(sum, time_for(action, options));
    return add_limits(multiply_limit(sum, static_cast<std::int64_t>(*options.count)), kRoom);
}

}  // namespace

std::string_view action_name(Kind kind) {
    return std::find_if(kWords.begin(), kWords.end(), [&](const auto& one) { return one.second == kind; })->first;
}

Options read_options(const Node& value, bool open_ended, core::Diagnostics& diagnostics) {
    Options options;
    MappingReader reader{value, "tcp", diagnostics};
    if (const auto* connect = reader.required("connect")) {
        options.endpoint = http::read_endpoint(*connect, diagnostics).value_or(http::Endpoint{});
    }
    if (const auto* actions = reader.required("do")) read_actions(*actions, options, diagnostics);
    options.connections = static_cast<std::size_t>(reader.integer("connections", 1, kMostConnections).value_or(1));
    if (const auto count = reader.integer("count", 1, kMostRounds)) options.count = static_cast<std::uint64_t>(*count);
    if (!options.count && !open_ended) options.count = 1;
    options.send_rate = static_cast<std::uint64_t>(reader.integer("send_rate", 1, kMostBytes).value_or(0));
    options.receive_rate = static_cast<std::uint64_t>(reader.integer("receive_rate", 1, kMostBytes).value_or(0));
    options.timeout = read_within(reader, "timeout", options.timeout, diagnostics);
    options.within = read_within(reader, "within", usual_within(options), diagnostics);
    reader.finish();
    return options;
}

}  // namespace callgate::scenarios::tcp
