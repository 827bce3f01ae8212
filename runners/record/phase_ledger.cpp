#include "runners/record/phase_ledger.h"

#include <algorithm>

namespace callgate::runners {

namespace {

void add_growth(SeenTally& share, const SeenTally& before, const SeenTally& now) {
    share.count += now.count - before.count;
    share.untold += now.untold - before.untold;
    for (const auto& [values, count] : now.values) {
        const auto known = before.values.find(values);
        const auto grown = count - (known == before.values.end() ? 0 : known->second);
        if (grown > 0) share.values[values] += grown;
    }
}

}  // namespace

void PhaseLedger::close(int phase, const SeenTotals& now) {
    for (const auto& [call, tally] : now) {
        auto& [before, latest] = before_[call];
        if (tally == before) continue;
        if (tally.count > before.count) latest = phase;
        auto& share = shares_[{latest, call}];
        if (share.count == 0) share.first = tally.first;
        add_growth(share, before, tally);
        share.last = std::max({share.last, tally.last, share.first});
        before = tally;
    }
}

}  // namespace callgate::runners
