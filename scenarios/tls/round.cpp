#include "scenarios/tls/round.h"

#include "harness/core/files.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

namespace callgate::scenarios::tls {

namespace {

/// From one look at the certificate to the next.
constexpr core::Milliseconds kLookAgain{50};
/// How long the tickets of a server may take after its handshake (RFC 8446 section 4.6.1 sets no time).
constexpr core::Milliseconds kForTicket{2'000};

/// A record's type and the version that all of them bear (RFC 8446 section 5.1).
std::string record(char type, std::string_view content) {
    std::string text{type, '\x03', '\x03', static_cast<char>(content.size() >> 8U),
                     static_cast<char>(content.size() & 0xFFU)};
    return text.append(content);
}

}  // namespace

Channel::Limits Round::limits() const {
    return {whole_.cancel, std::min(whole_.deadline, std::chrono::steady_clock::now() + options_.timeout)};
}

std::string Round::run(const Channel::Limits& limits) {
    whole_ = limits;
    std::string problem;
    for (const auto action : options_.actions) {
        problem = act(action);
        if (interrupted_) break;
        if (!problem.empty()) {
            problem = fmt::format("{}: {}", action_name(action), problem);
            break;
        }
    }
    hang_up();
    return problem;
}

std::string Round::act(Action action) {
    switch (action) {
        case Action::handshake:
            return connect(false, nullptr);
        case Action::slow_handshake:
            return connect(true, nullptr);
        case Action::resume:
            return resume();
        case Action::renegotiate:
            return renegotiate();
        case Action::key_update:
            return update_keys(true);
        case Action::key_update_own:
            return update_keys(false);
        case Action::half_handshake:
            return leave_half_way(false);
        case Action::alert:
            return leave_half_way(true);
        case Action::garbage:
            return send_garbage();
        case Action::bad_record:
            return send_bad_record();
        case Action::close: {
            auto problem = ensure_open();
            hang_up();
            return problem;
        }
        case Action::cut: {
            auto problem = ensure_open();
            channel_.reset();
            return problem;
        }
    }
    return {};
}

/// Notes when it is the end of everything, not of this one thing.
std::string Round::problem_of(const Done& done) {
    const bool over = std::chrono::steady_clock::now() >= whole_.deadline;
    if (done.how == net::Io::cancelled || (done.how == net::Io::late && over)) interrupted_ = true;
    if (done.how == net::Io::late) return "no answer within " + ports::duration_text(options_.timeout);
    return done.problem;
}

void Round::hang_up() {
    if (!channel_) return;
    channel_->close(limits());
    channel_.reset();
}

std::string Round::open_channel() {
    hang_up();
    const auto until = limits();
    auto connection = net::Connection::open(options_.endpoint, until);
    if (!connection) {
        interrupted_ = std::chrono::steady_clock::now() >= whole_.deadline;
        return connection.error().message;
    }
    if (options_.postgres) {
        if (const auto done = start_tls_postgres(*connection, until); !done.ok()) return problem_of(done);
    }
    channel_ = std::make_unique<Channel>(std::move(*connection), context_);
    set_host(channel_->tls(), options_.settings, options_.endpoint.host, options_.endpoint.is_address());
    if (options_.ocsp) channel_->ask_for_ocsp();
    return {};
}

std::string Round::ensure_open() {
    return channel_ ? std::string{} : connect(false, nullptr);
}

std::string Round::connect(bool slowly, const Session* session) {
    if (auto problem = open_channel(); !problem.empty()) return problem;
    if (slowly) channel_->send_slowly(options_.pause);
    auto problem = shake_hands(session);
    if (!problem.empty() || !channel_) return problem;
    channel_->send_slowly(core::Milliseconds{0});
    if (problem = await_certificate(); !problem.empty()) return problem;
    if (problem = judge_handshake(); !problem.empty()) return problem;
    return exchange();
}

/// The connection is gone afterwards when it was refused as wanted.
std::string Round::shake_hands(const Session* session) {
    if (session != nullptr) channel_->offer(*session);
    const auto done = channel_->handshake(limits());
    if (options_.expect.handshake == Wanted::refused) {
        // Under TLS 1.3 the client is done before the server has looked at its certificate.
        if (done.ok()) return wait_for_refusal("the handshake was accepted");
        auto problem = done.how == net::Io::closed || done.how == net::Io::reset ? std::string{} : problem_of(done);
        channel_.reset();
        return problem;
    }
    if (!done.ok()) {
        channel_.reset();
        return problem_of(done);
    }
    ++tally_.handshakes;
    return {};
}

/// The server has to end the connection; "" when it does, and the connection is gone.
std::string Round::wait_for_refusal(const std::string& what) {
    std::string ignored;
    const auto until = limits();
    auto done = channel_->write(options_.send, until);
    while (done.ok()) {
        ignored.clear();
        done = channel_->read(ignored, until);
        if (done.ok() && !options_.send.empty()) {
            channel_.reset();
            return what + " and a request was answered, wanted it refused";
        }
    }
    channel_.reset();
    if (done.how == net::Io::closed || done.how == net::Io::reset) return {};
    if (const auto problem = problem_of(done); interrupted_) return problem;
    return fmt::format("{} and the connection stayed open for {}, wanted it refused", what,
                       ports::duration_text(options_.timeout));
}

std::string Round::await_certificate() {
    const auto until = std::chrono::steady_clock::now() + options_.await;
    while (!certificate_problem().empty() && std::chrono::steady_clock::now() < until) {
        ++tally_.asked_again;
        hang_up();
        if (net::pause(kLookAgain, whole_) != net::Io::done) {
            interrupted_ = true;
            return "interrupted";
        }
        if (auto problem = open_channel(); !problem.empty()) return problem;
        if (auto problem = shake_hands(nullptr); !problem.empty()) return problem;
    }
    return {};
}

std::string Round::certificate_problem() const {
    const auto& expect = options_.expect;
    const auto subject = channel_->subject();
    if (subject.find(expect.subject) == std::string::npos) {
        return fmt::format("the certificate is that of '{}', wanted '{}'", subject, expect.subject);
    }
    if (expect.certificate_file.empty()) return {};
    const auto path = std::filesystem::path{directory_} / expect.certificate_file;
    const auto pem = core::read_file(path);
    if (!pem) return pem.error().message;
    if (channel_->has_certificate(*pem)) return {};
    return fmt::format("the certificate, of '{}', is not the one in '{}'", subject, path.string());
}

std::string Round::judge_handshake() const {
    const auto& expect = options_.expect;
    if (auto problem = certificate_problem(); !problem.empty()) return problem;
    if (const auto seen = channel_->version(); !expect.version.empty() && seen != expect.version) {
        return fmt::format("TLS {} was agreed on, wanted {}", seen, expect.version);
    }
    if (expect.alpn) {
        const auto seen = chosen_protocol(channel_->tls());
        if (seen != *expect.alpn) return fmt::format("the server chose '{}' (ALPN), wanted '{}'", seen, *expect.alpn);
    }
    if (expect.ocsp && *expect.ocsp != channel_->stapled_ocsp()) {
        return *expect.ocsp ? "no OCSP response came with the handshake, wanted one"
                            : "an OCSP response came with the handshake, wanted none";
    }
    if (expect.client_certificate && *expect.client_certificate != channel_->asked_for_certificate()) {
        return *expect.client_certificate ? "the server asked for no client certificate, wanted it to"
                                          : "the server asked for a client certificate, wanted it not to";
    }
    return {};
}

std::string Round::exchange() {
    if (options_.send.empty()) return {};
    const auto until = limits();
    if (const auto done = channel_->write(options_.send, until); !done.ok()) return "no request: " + problem_of(done);
    // As much of an answer as is looked at.
    constexpr std::size_t kMost = std::size_t{1} << 20U;
    std::string answer;
    while (true) {
        const auto done = channel_->read(answer, until);
        const bool there = !answer.empty() && answer.find(options_.expect.answer) != std::string::npos;
        if (done.ok() && there) return {};
        if (done.ok() && answer.size() < kMost) continue;
        const bool closed = done.how == net::Io::closed;
        if (closed || !done.ok()) channel_.reset();
        if (closed && there) return {};
        if (answer.empty()) return "no answer: " + problem_of(done);
        return fmt::format("no '{}' in the answer, which begins with '{}'", options_.expect.answer,
                           answer.substr(0, answer.find_first_of("\r\n")));
    }
}

std::string Round::resume() {
    if (!channel_) {
        if (auto problem = connect(false, nullptr); !problem.empty() || !channel_) return problem;
    }
    auto for_ticket = limits();
    for_ticket.deadline = std::min(for_ticket.deadline, std::chrono::steady_clock::now() + kForTicket);
    session_ = channel_->session(for_ticket);
    const bool refusal_wanted = options_.expect.resumption == Wanted::refused;
    if (!session_) return refusal_wanted ? "" : "the server gave no session that can be resumed";
    if (auto problem = connect(false, &session_); !problem.empty() || !channel_) return problem;
    if (channel_->resumed()) ++tally_.resumed;
    if (channel_->resumed() == refusal_wanted) {
        return refusal_wanted ? "the session was resumed, wanted that refused"
                              : "the session was not resumed, a full handshake was made";
    }
    return {};
}

std::string Round::renegotiate() {
    if (auto problem = ensure_open(); !problem.empty()) return problem;
    const auto done = channel_->renegotiate(limits());
    const bool refusal_wanted = options_.expect.renegotiation == Wanted::refused;
    if (done.ok()) {
        ++tally_.renegotiated;
        return refusal_wanted ? "accepted, wanted refused" : exchange();
    }
    channel_.reset();
    auto problem = problem_of(done);
    const bool refused = done.how == net::Io::closed || done.how == net::Io::reset;
    if (interrupted_ || !refused) return problem;
    return refusal_wanted ? "" : fmt::format("refused ({}), wanted accepted", problem);
}

std::string Round::update_keys(bool both) {
    if (auto problem = ensure_open(); !problem.empty()) return problem;
    if (channel_->version() != "1.3") return fmt::format("TLS {} was agreed on, which has none", channel_->version());
    const auto before = channel_->key_updates();
    if (const auto done = channel_->update_keys(both, limits()); !done.ok()) return problem_of(done);
    if (auto problem = exchange(); !problem.empty()) return problem;
    // The answer may have ended the connection, and all that is known of it.
    if (!channel_) return {};
    const auto made = channel_->key_updates() - before;
    tally_.key_updates += static_cast<std::uint64_t>(made);
    // A server may leave its own update until it has something to send (RFC 8446 section 4.6.3).
    if (both && !options_.send.empty() && made == 0) return "the server did not update its keys";
    return {};
}

std::string Round::leave_half_way(bool with_alert) {
    if (auto problem = open_channel(); !problem.empty()) return problem;
    const auto done = channel_->half_a_handshake(limits());
    std::string problem = done.ok() ? std::string{} : problem_of(done);
    if (problem.empty() && with_alert) {
        // Fatal, handshake_failure (RFC 8446 section 6).
        const auto sent = channel_->connection().send(record('\x15', "\x02\x28"), limits());
        if (sent == net::Io::cancelled) interrupted_ = true;
    }
    channel_.reset();
    return problem;
}

std::string Round::random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random_() & 0xFFU);
    return bytes;
}

std::string Round::send_garbage() {
    if (auto problem = open_channel(); !problem.empty()) return problem;
    constexpr std::size_t kSize = 256;
    auto bytes = random_bytes(kSize);
    // Neither a handshake record (0x16) nor what SSL 2.0 began with (the high bit): a server would wait for the rest.
    bytes.front() = static_cast<char>('A' + random_() % 26);
    return send_unusable(bytes);
}

std::string Round::send_bad_record() {
    if (auto problem = ensure_open(); !problem.empty()) return problem;
    constexpr std::size_t kSize = 64;
    return send_unusable(record('\x17', random_bytes(kSize)));
}

/// A server has to end the connection over it.
std::string Round::send_unusable(const std::string& bytes) {
    const auto until = limits();
    auto how = channel_->connection().send(bytes, until);
    if (how == net::Io::done) how = channel_->connection().drain(until);
    channel_.reset();
    if (how == net::Io::closed || how == net::Io::reset) return {};
    const auto problem = problem_of({how, std::string{net::describe(how)}});
    if (interrupted_) return problem;
    return fmt::format("the connection stayed open for {}", ports::duration_text(options_.timeout));
}

}  // namespace callgate::scenarios::tls
