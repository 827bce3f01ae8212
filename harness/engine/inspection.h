#pragma once

#include "harness/engine/case_draft.h"
#include "harness/engine/oracle.h"
#include "harness/engine/reference.h"
#include "harness/engine/stage.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::engine {

/// Looks at the workload at the end of each case of one instance, and has the oracles judge what it sees.
/// Borrows everything for its lifetime.
class Inspection {
public:
    /// The same case of one more run without a profile; null where there is none.
    using SecondLook = std::function<const Snapshot*(const std::string& scenario)>;

    Inspection(const RunPlan& plan, const Suite& suite, Stage& stage, SecondLook second_look)
        : plan_{plan}, suite_{suite}, stage_{stage}, second_look_{std::move(second_look)} {}

    /// A case begins: what is there already is not of its making.
    void begin();

    /// Waits until the workload has come to rest, which belongs to the case.
    void let_rest();

    /// False when the plan or the settings of the scenario switch the oracle off.
    [[nodiscard]] bool asks(std::string_view oracle, const ports::OracleSettings& own) const {
        return setting(oracle, own).on;
    }

    /// The case is over; `own` are the settings of its scenario, `shown` what its steps and its stop have shown
    /// already. Misses go into the draft. The snapshot, for a reference.
    Snapshot judge(CaseDraft& draft, const ports::OracleSettings& own, Snapshot shown);

private:
    void look(Snapshot& snapshot);
    /// Looks until the processes are the same twice: those that are about to end are no reference.
    void settle(Snapshot& shown, core::SteadyTime until);
    [[nodiscard]] ports::OracleSetting setting(std::string_view oracle, const ports::OracleSettings& own) const;

    struct Miss {
        std::string_view oracle;
        std::string text;
        const Oracle* by = nullptr;
    };
    [[nodiscard]] std::vector<Miss> misses(const Snapshot& snapshot, const Snapshot* reference,
                                           const ports::OracleSettings& own) const;
    /// Makes notes of what two runs without a profile differ in as well.
    void drop_chance(std::vector<Miss>& missed, CaseDraft& draft, const Snapshot& reference,
                     const ports::OracleSettings& own) const;

    const RunPlan& plan_;
    const Suite& suite_;
    Stage& stage_;
    SecondLook second_look_;
    FileSizes before_;
    std::uint64_t refused_before_ = 0;
    Rest rest_;
};

}  // namespace callgate::engine
