#include "scenarios/tcp/crowd.h"

#include "harness/ports/read.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace callgate::scenarios::tcp {

namespace {

using Kind = Action::Kind;
using net::Io;

/// As much of what came as can still be expected.
constexpr std::size_t kKept = std::size_t{1} << 20U;
constexpr std::size_t kAtOnce = 16384;
/// A reader who is slow keeps a small buffer, so that the server feels it soon; the kernel doubles it (socket(7)).
constexpr int kSmallBuffer = 2048;

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// Bytes at a time and the time between them: at least one byte, at most ten times a second.
struct Beat {
    std::size_t bytes = 1;
    core::Milliseconds pause{0};

    explicit Beat(std::uint64_t rate) {
        constexpr std::uint64_t kPerSecond = 10;
        constexpr std::uint64_t kSecond = 1000;
        bytes = static_cast<std::size_t>(std::max<std::uint64_t>(1, rate / kPerSecond));
        pause = core::Milliseconds{static_cast<std::int64_t>(bytes * kSecond / rate)};
    }
};

}  // namespace

std::uint64_t Crowd::failed() const {
    std::uint64_t sum = 0;
    for (const auto& [text, count] : failures_) sum += count;
    return sum;
}

Crowd::Limits Crowd::limits() const {
    return {context_.cancel.fd(), std::min(deadline_, now() + options_.timeout)};
}

bool Crowd::over() {
    return context_.cancel.requested() || (context_.enough != nullptr && context_.enough->requested()) ||
           now() >= deadline_;
}

bool Crowd::pause(core::Milliseconds duration) {
    const auto until = now() + duration;
    // A workload that ends closes its connections: the script sees that.
    const auto woken = wait_until(context_, std::min(until, deadline_));
    return woken == Woken::deadline ? until <= deadline_ : woken == Woken::workload_ended;
}

bool Crowd::open() {
    members_.resize(options_.connections);
    for (auto& member : members_) {
        if (over()) return false;
        auto connection =
            net::Connection::open(options_.endpoint, limits(), options_.receive_rate == 0 ? 0 : kSmallBuffer);
        if (connection) {
            member.connection = std::move(*connection);
        } else {
            ++failures_[connection.error().message];
        }
    }
    return !over();
}

bool Crowd::act(const Action& action) {
    switch (action.kind) {
        case Kind::send:
            return options_.send_rate == 0 ? send(action) : send_slowly(action);
        case Kind::expect:
        case Kind::receive:
        case Kind::closed:
            return wait_for(action);
        case Kind::hold:
            return pause(action.duration);
        case Kind::finish:
            for (auto& member : members_) {
                if (member.connection) member.connection->finish_sending();
            }
            return !over();
        case Kind::reset:
        case Kind::close:
            for (auto& member : members_) {
                if (member.connection && action.kind == Kind::reset) member.connection->reset();
                member.connection.reset();
            }
            return true;
    }
    return true;
}

void Crowd::fail(Member& member, const Action& action, const std::string& why) {
    ++failures_[fmt::format("{}: {}", action_name(action.kind), why)];
    member.connection.reset();
}

bool Crowd::send(const Action& action) {
    for (auto& member : members_) {
        if (!member.connection) continue;
        const auto how = member.connection->send(action.text, limits());
        if (how == Io::done) {
            sent_ += action.text.size();
        } else if (over()) {
            return false;
        } else {
            const auto late = fmt::format("not taken within {}", ports::duration_text(options_.timeout));
            fail(member, action, how == Io::late ? late : std::string{net::describe(how)});
        }
    }
    return !over();
}

bool Crowd::send_slowly(const Action& action) {
    const Beat beat{options_.send_rate};
    for (std::string_view rest{action.text}; !rest.empty();) {
        const auto piece = rest.substr(0, beat.bytes);
        rest.remove_prefix(piece.size());
        for (auto& member : members_) {
            if (!member.connection) continue;
            if (const auto how = member.connection->send(piece, limits()); how != Io::done) {
                if (over()) return false;
                fail(member, action, std::string{net::describe(how)});
            } else {
                sent_ += piece.size();
            }
        }
        if (!rest.empty() && !pause(beat.pause)) return false;
    }
    return !over();
}

/// Receives at most once; "" unless the connection was lost.
std::string Crowd::receive_some(Member& member, std::size_t most, const Limits& limits) {
    const auto before = member.kept.size();
    const auto how = member.connection->receive(member.kept, most, limits);
    const auto count = member.kept.size() - before;
    received_ += count;
    member.received += count;
    if (member.kept.size() > kKept) member.kept.erase(0, member.kept.size() - kKept);
    member.ended = member.ended || how == Io::closed || how == Io::reset;
    return how == Io::reset ? std::string{net::describe(how)} : std::string{};
}

bool Crowd::satisfied(Member& member, const Action& action) const {
    switch (action.kind) {
        case Kind::closed:
            return member.ended;
        case Kind::receive:
            if (member.received < action.bytes) return false;
            member.received -= action.bytes;
            return true;
        default:
            break;
    }
    const auto at = member.kept.find(action.text);
    if (at == std::string::npos) return false;
    member.kept.erase(0, at + action.text.size());
    return true;
}

std::string Crowd::lacking(const Member& member, const Action& action) const {
    switch (action.kind) {
        case Kind::closed:
            return "the server did not close the connection";
        case Kind::receive:
            return fmt::format("{} of {} bytes came", member.received, action.bytes);
        default:
            break;
    }
    constexpr std::size_t kShown = 60;
    const auto line = member.kept.substr(0, std::min(member.kept.find_first_of("\r\n"), kShown));
    return member.kept.empty() ? fmt::format("nothing came, wanted '{}'", action.text)
                               : fmt::format("no '{}' in what came, which begins with '{}'", action.text, line);
}

/// Until every connection has what the action waits for, or its time is up.
bool Crowd::wait_for(const Action& action) {
    const bool slowly = options_.receive_rate != 0;
    const Beat beat{slowly ? options_.receive_rate : 1};
    auto until = now() + options_.timeout;
    std::vector<Member*> waiting;
    for (auto& member : members_) {
        if (member.connection && !satisfied(member, action)) waiting.push_back(&member);
    }
    while (!waiting.empty()) {
        std::vector<Member*> still;
        bool moved = false;
        for (auto* member : waiting) {
            // What a slow reader waits for is the time; else the first of those who lack something waits for all.
            const bool wait = !slowly && !moved && still.empty();
            const Limits patience{context_.cancel.fd(), wait ? std::min({deadline_, until}) : now()};
            const auto received = received_;
            const auto lost = receive_some(*member, slowly ? beat.bytes : kAtOnce, patience);
            moved = moved || received_ != received || member->ended;
            if (satisfied(*member, action)) continue;
            if (member->ended) {
                const auto why = lost.empty() ? std::string{net::describe(Io::closed)} : lost;
                fail(*member, action, fmt::format("{}; {}", why, lacking(*member, action)));
            } else {
                still.push_back(member);
            }
        }
        waiting = std::move(still);
        if (waiting.empty()) break;
        if (over()) return false;
        // Bytes that come late are not late as long as they come.
        if (moved && slowly) until = now() + options_.timeout;
        if (now() >= until) break;
        if (slowly && !pause(beat.pause)) return false;
    }
    for (auto* member : waiting) {
        fail(*member, action,
             fmt::format("{} within {}", lacking(*member, action), ports::duration_text(options_.timeout)));
    }
    return !over();
}

}  // namespace callgate::scenarios::tcp
