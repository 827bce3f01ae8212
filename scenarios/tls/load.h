#pragma once

#include "scenarios/tls/options.h"
#include "scenarios/tls/round.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace callgate::scenarios::tls {

/// What all clients of a step saw together.
struct LoadResult {
    std::string setup_problem;  ///< why nothing could be done; the rest is empty then
    std::uint64_t rounds = 0;   ///< that were done, failed ones included
    std::uint64_t failed = 0;
    std::map<std::string, std::uint64_t> failures;  ///< by text
    Tally tally;
    bool late = false;  ///< the deadline came before the last round
};

/// Goes through the actions again and again, on as many threads as there are connections, until `options.count` rounds
/// are done, `enough` says so or the limits end it. `seed`: the same one sends the same garbage. `on_first` is called
/// once, from any thread, when the first round is done, well or not.
LoadResult run_load(const Options& options, const std::string& directory, std::uint64_t seed,
                    const Channel::Limits& limits, const std::function<bool()>& enough,
                    const std::function<void()>& on_first);

}  // namespace callgate::scenarios::tls
