#pragma once

#include "scenarios/tls/channel.h"
#include "scenarios/tls/options.h"

#include <cstdint>
#include <memory>
#include <random>
#include <string>

namespace callgate::scenarios::tls {

/// What a client saw while it went through the actions of a step.
struct Tally {
    std::uint64_t handshakes = 0;  ///< that were completed, resumed ones included
    std::uint64_t resumed = 0;
    std::uint64_t renegotiated = 0;
    std::uint64_t key_updates = 0;  ///< that the server made
    std::uint64_t asked_again = 0;  ///< handshakes made only to see whether the certificate has changed
};

/// One client that does all actions of a step in turn, on as many connections as they need. Of one thread.
class Round {
public:
    /// Everything is borrowed.
    Round(const Options& options, ssl_ctx_st* context, const std::string& directory, std::mt19937_64& random,
          Tally& tally)
        : options_{options}, context_{context}, directory_{directory}, random_{random}, tally_{tally} {}

    /// "" when everything was as wanted, else the action, what was seen and what was wanted.
    std::string run(const Channel::Limits& limits);

    /// True when the user cancelled, or the deadline of the whole step ended it.
    [[nodiscard]] bool interrupted() const { return interrupted_; }

private:
    std::string act(Action action);
    std::string connect(bool slowly, const Session* session);
    std::string shake_hands(const Session* session);
    std::string await_certificate();
    std::string resume();
    std::string renegotiate();
    std::string update_keys(bool both);
    std::string leave_half_way(bool with_alert);
    std::string send_garbage();
    std::string send_bad_record();
    std::string send_unusable(const std::string& bytes);
    std::string ensure_open();
    std::string open_channel();
    std::string exchange();
    std::string judge_handshake() const;
    std::string certificate_problem() const;
    std::string wait_for_refusal(const std::string& what);
    std::string problem_of(const Done& done);
    [[nodiscard]] Channel::Limits limits() const;
    std::string random_bytes(std::size_t count);
    void hang_up();

    const Options& options_;
    ssl_ctx_st* context_;
    const std::string& directory_;
    std::mt19937_64& random_;
    Tally& tally_;
    Channel::Limits whole_;
    std::unique_ptr<Channel> channel_;
    Session session_;
    bool interrupted_ = false;
};

}  // namespace callgate::scenarios::tls
