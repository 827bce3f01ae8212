#include "profiles/seen_call.h"

#include "harness/bpf/field.h"
#include "harness/model/recording.h"

namespace callgate::profiles {

std::pair<model::Call, bpf::Condition> seen_call(std::uint32_t audit_arch, std::int32_t nr,
                                                 const std::vector<std::uint64_t>& values) {
    model::Call call;
    call.audit_arch = audit_arch;
    call.nr = nr;
    std::vector<bpf::Test> tests;
    const auto* kept = model::recorded_arguments(model::syscall_name(audit_arch, nr));
    for (std::size_t i = 0; kept != nullptr && !kept->in_memory && i < values.size(); ++i) {
        const auto place = kept->arguments.at(i);
        call.args.at(place) = values[i];
        bpf::Test test;
        test.field = static_cast<bpf::Field>(place);
        test.ranges = {{values[i], values[i]}};
        tests.push_back(std::move(test));
    }
    return {call, {{std::move(tests)}}};
}

std::optional<model::Arch> arch_called(std::string_view short_name) {
    for (const auto& info : model::known_archs()) {
        if (info.short_name == short_name) return info.arch;
    }
    return std::nullopt;
}

}  // namespace callgate::profiles
