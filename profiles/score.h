#pragma once

#include "harness/core/result.h"
#include "harness/model/arch.h"
#include "profiles/filter.h"
#include "profiles/risks.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// Whether a call happens, over all arguments that it may have.
enum class Happens {
    never,
    sometimes,  ///< with some arguments
    always,
};

/// A dangerous call, and whether it happens.
struct ScoredRisk {
    const Risk* risk = nullptr;
    Happens happens = Happens::never;
    std::string witness;  ///< "clone(clone_flags=CLONE_NEWUSER)": one that happens; where none does, the call
};

/// Those of one class that an architecture has, in the order of risks().
struct ClassScore {
    RiskClass reaches = RiskClass::kernel;
    std::vector<ScoredRisk> risks;

    [[nodiscard]] std::size_t count(Happens happens) const;
    [[nodiscard]] std::size_t permitted() const { return count(Happens::always) + count(Happens::sometimes); }
};

/// Every call that the table of system calls has for an architecture, by what becomes of it.
struct ArchScore {
    model::Arch arch;
    std::vector<std::string> always;  ///< sorted, as the others
    std::vector<std::string> sometimes;
    std::vector<std::string> never;
    std::vector<ClassScore> classes;  ///< every class, in the order of RiskClass

    [[nodiscard]] std::size_t permitted() const { return always.size() + sometimes.size(); }
    [[nodiscard]] std::size_t known() const { return permitted() + never.size(); }
};

/// What happens under one filter and not under another.
struct BesideFilter {
    std::string name;  ///< of the other
    model::Arch arch;
    bool listed = true;             ///< false: the other does not list the architecture, so that nothing happens there
    std::vector<std::string> more;  ///< happen with some arguments here and not there
    std::vector<std::string> fewer;
};

/// The attack surface of a filter.
struct Score {
    std::string profile;
    std::vector<ArchScore> archs;  ///< those that the filter tells apart, the native one where it tells none
    std::vector<BesideFilter> beside;
};

/// Counts what happens under a filter, by proof: a call that is counted as never happening does not, whatever its
/// arguments are. Numbers without a name in the table are not counted. Fails with "too complex: ..." where it cannot be
/// found out in bounded time. Compares with `others` as well.
core::Result<Score> score(const Filter& filter, std::span<const Filter> others = {});

/// What must not be exceeded, on any architecture.
struct Gates {
    std::optional<std::size_t> max_permitted;
    std::vector<RiskClass> no_classes;
};

/// A gate that a profile does not pass.
struct Exceeded {
    std::string profile;
    model::Arch arch;
    std::string gate;  ///< "--max-permitted 300", "--no-class kernel"
    std::size_t limit = 0;
    std::size_t found = 0;
    std::vector<std::string> calls;  ///< witnesses of the class
};

std::vector<Exceeded> exceeded(const Score& score, const Gates& gates);

}  // namespace callgate::profiles
