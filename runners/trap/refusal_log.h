#pragma once

#include "harness/model/refusal.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace callgate::runners {

/// What makes two refusals the same finding, as cheap as a stop can afford: code at another address is resolved to its
/// module only once, when the address is seen first.
struct Site {
    std::uint32_t audit_arch = 0;
    std::int32_t nr = 0;
    std::uint64_t instruction_pointer = 0;
    std::uint64_t caller = 0;  ///< return address of the function that makes the call; 0 where nobody looked
    int phase = 0;
    bool happened = false;
    bool operator==(const Site&) const = default;
};

/// Counts refusals by site; exact. Written by one trap, read from any thread.
class RefusalLog {
public:
    /// True when count() would.
    [[nodiscard]] bool knows(const Site& site) const;

    /// Counts one more at a site that is known, and gives the finding's index; none when the site is new and add() must
    /// follow.
    [[nodiscard]] std::optional<std::size_t> count(const Site& site);

    /// The first refusal at a site. The same place in the same module, mapped elsewhere by another process, is the same
    /// finding and only counted. Gives the finding's index.
    std::size_t add(const Site& site, model::Refusal first);

    /// What the application saw of the first refusal of a finding; kept once.
    void set_returned(std::size_t index, std::int64_t returned);

    /// In order of first appearance.
    [[nodiscard]] std::vector<model::Refusal> all() const;
    [[nodiscard]] std::uint64_t total() const { return total_.load(std::memory_order_relaxed); }

private:
    struct Hash {
        std::size_t operator()(const Site& site) const;
    };
    /// Instruction and caller, each by module and offset.
    using Place =
        std::tuple<std::uint32_t, std::int32_t, int, bool, std::string, std::uint64_t, std::string, std::uint64_t>;

    /// Beyond so many sites (code that is generated anew all the time) only calls and phases are told apart.
    static constexpr std::size_t kMostSites = 10'000;

    [[nodiscard]] static Site blurred(Site site);
    [[nodiscard]] std::unordered_map<Site, std::size_t, Hash>::const_iterator find(const Site& site) const;

    mutable std::mutex mutex_;
    std::atomic<std::uint64_t> total_{0};
    std::vector<model::Refusal> refusals_;
    std::unordered_map<Site, std::size_t, Hash> by_site_;
    std::map<Place, std::size_t> by_place_;
};

}  // namespace callgate::runners
