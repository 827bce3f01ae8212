#pragma once

#include "harness/engine/case_draft.h"
#include "harness/engine/oracle.h"
#include "harness/engine/reference.h"
#include "harness/engine/stage.h"

#include <string>
#include <vector>

namespace callgate::engine {

/// Looks at the workload at the end of each case of one instance, and has the oracles judge what it sees.
/// Borrows everything for its lifetime.
class Inspection {
public:
    Inspection(const RunPlan& plan, const Suite& suite, Stage& stage) : plan_{plan}, suite_{suite}, stage_{stage} {}

    /// A case begins: what is there already is not of its making.
    void begin();

    /// Waits until the workload has come to rest, which belongs to the case.
    void let_rest();

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
        bool may_settle = false;
    };
    [[nodiscard]] std::vector<Miss> misses(const Snapshot& snapshot, const Snapshot* reference,
                                           const ports::OracleSettings& own) const;

    const RunPlan& plan_;
    const Suite& suite_;
    Stage& stage_;
    FileSizes before_;
    Rest rest_;
};

}  // namespace callgate::engine
