#include "scenarios/tls/load.h"

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace callgate::scenarios::tls {

namespace {

/// After a failed round that may go on for long: a server that is gone is asked often, not in a busy loop.
constexpr core::Milliseconds kPause{20};

class Load {
public:
    Load(const Options& options, const std::string& directory, const Channel::Limits& limits,
         const std::function<bool()>& enough, const std::function<void()>& on_first)
        : options_{options}, directory_{directory}, limits_{limits}, enough_{enough}, on_first_{on_first} {}

    void run_client(ssl_ctx_st* context, std::uint64_t seed) {
        std::mt19937_64 random{seed};
        Tally tally;
        while (!over() && take()) {
            Round round{options_, context, directory_, random, tally};
            const auto problem = round.run(limits_);
            if (round.interrupted()) break;
            finished(problem);
            if (!problem.empty()) static_cast<void>(net::pause(kPause, limits_));
        }
        add(tally);
    }

    LoadResult result() {
        result_.late = std::chrono::steady_clock::now() >= limits_.deadline &&
                       !(options_.count && result_.rounds >= *options_.count);
        return std::move(result_);
    }

private:
    [[nodiscard]] bool over() const { return enough_() || std::chrono::steady_clock::now() >= limits_.deadline; }
    bool take() { return !options_.count || taken_.fetch_add(1) < *options_.count; }

    void finished(const std::string& problem) {
        const std::lock_guard lock{mutex_};
        if (!problem.empty()) {
            ++result_.failed;
            ++result_.failures[problem];
        }
        if (++result_.rounds == 1) on_first_();
    }

    void add(const Tally& tally) {
        const std::lock_guard lock{mutex_};
        result_.tally.handshakes += tally.handshakes;
        result_.tally.resumed += tally.resumed;
        result_.tally.renegotiated += tally.renegotiated;
        result_.tally.key_updates += tally.key_updates;
        result_.tally.asked_again += tally.asked_again;
    }

    const Options& options_;
    const std::string& directory_;
    const Channel::Limits limits_;
    const std::function<bool()>& enough_;
    const std::function<void()>& on_first_;
    std::atomic<std::uint64_t> taken_{0};
    std::mutex mutex_;
    LoadResult result_;
};

}  // namespace

LoadResult run_load(const Options& options, const std::string& directory, std::uint64_t seed,
                    const Channel::Limits& limits, const std::function<bool()>& enough,
                    const std::function<void()>& on_first) {
    const auto context = make_context(options.settings, directory);
    if (!context) {
        LoadResult result;
        result.setup_problem = context.error().message;
        return result;
    }
    if (!options.tickets) ::SSL_CTX_set_options(context->get(), SSL_OP_NO_TICKET);
    Load load{options, directory, limits, enough, on_first};
    {
        std::vector<std::jthread> clients;
        for (std::size_t i = 1; i < options.connections; ++i) {
            clients.emplace_back([&, number = i] { load.run_client(context->get(), seed + number); });
        }
        load.run_client(context->get(), seed);
    }
    return load.result();
}

}  // namespace callgate::scenarios::tls
