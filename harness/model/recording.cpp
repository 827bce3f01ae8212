#include "harness/model/recording.h"

#include <algorithm>

namespace callgate::model {

namespace {

/// Of prctl(2): those whose second argument is a number, as PR_SET_DUMPABLE (4). With the others it is an address
/// (PR_SET_NAME, PR_GET_...) or means nothing.
std::vector<std::uint8_t> prctl_options_with_values() {
    return {1, 4, 6, 8, 10, 12, 14, 20, 22, 23, 24, 26, 28, 29, 33, 35, 36, 38, 41, 45, 47, 50, 53, 54, 57, 59, 62, 65};
}

}  // namespace

std::span<const RecordedArguments> recorded_arguments() {
    static const std::vector<RecordedArguments> kAll{
        {"arch_prctl", {0}},    {"bpf", {0}},
        {"clone", {0}},         {"clone3", {0}, true},
        {"fcntl", {1}},         {"fcntl64", {1}},
        {"getsockopt", {1, 2}}, {"ioctl", {1}},
        {"ipc", {0}},           {"keyctl", {0}},
        {"memfd_create", {1}},  {"mmap", {2, 3}},
        {"mmap2", {2, 3}},      {"mprotect", {2}},
        {"open", {1}},          {"openat", {2}},
        {"openat2", {2}, true}, {"personality", {0}},
        {"pkey_mprotect", {2}}, {"prctl", {0, 1}, false, prctl_options_with_values()},
        {"ptrace", {0}},        {"seccomp", {0, 1}},
        {"setns", {1}},         {"setsockopt", {1, 2}},
        {"shmat", {2}},         {"socket", {0, 1, 2}},
        {"socketcall", {0}},    {"socketpair", {0, 1, 2}},
        {"unshare", {0}},
    };
    return kAll;
}

const RecordedArguments* recorded_arguments(std::string_view call) {
    const auto all = recorded_arguments();
    const auto* found =
        std::lower_bound(all.data(), all.data() + all.size(), call,
                         [](const RecordedArguments& row, std::string_view name) { return row.call < name; });
    return found != all.data() + all.size() && found->call == call ? found : nullptr;
}

}  // namespace callgate::model
