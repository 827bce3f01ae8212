#include "profiles/rule_addition.h"

#include "harness/core/result.h"

#include <seccomp.h>

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <vector>

namespace callgate::profiles {

namespace {

constexpr time_t kMostSeconds = 2;
constexpr long kLookEvery = 50'000'000;  ///< nanoseconds

scmp_arg_cmp comparison(const model::Profile::Argument& argument) {
    // libseccomp's masked comparison wants the mask first, as the runtime-spec's `value` and `valueTwo` have it.
    static constexpr std::array kOperators{SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE,       SCMP_CMP_EQ,
                                           SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ};
    return {argument.index, kOperators.at(static_cast<std::size_t>(argument.op)), argument.value, argument.value_two};
}

std::vector<scmp_arg_cmp> comparisons(const Clause& clause) {
    std::vector<scmp_arg_cmp> all;
    std::transform(clause.begin(), clause.end(), std::back_inserter(all), comparison);
    return all;
}

int add(void* context, std::uint32_t action, int number, const std::vector<scmp_arg_cmp>& tests) {
    return ::seccomp_rule_add_array(context, action, number, static_cast<unsigned>(tests.size()), tests.data());
}

struct Addition {
    void* context;
    std::uint32_t action;
    int number;
    std::vector<scmp_arg_cmp> tests;
    std::optional<int> result = std::nullopt;
};

/// May be cancelled at any instruction of libseccomp: in the ring it holds no lock and allocates nothing.
void* run(void* argument) {
    auto& addition = *static_cast<Addition*>(argument);
    ::pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr);
    const int result = add(addition.context, addition.action, addition.number, addition.tests);
    ::pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, nullptr);
    addition.result = result;
    return nullptr;
}

/// True when the thread has ended and was joined.
bool ends_soon(pthread_t thread) {
    timespec until{};
    ::clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += kLookEvery;
    if (until.tv_nsec >= 1'000'000'000) {
        until.tv_nsec -= 1'000'000'000;
        ++until.tv_sec;
    }
    return ::pthread_clockjoin_np(thread, nullptr, CLOCK_MONOTONIC, &until) == 0;
}

bool is_late(pthread_t thread) {
    clockid_t clock{};
    timespec used{};
    // One that has ended has no clock any more.
    if (::pthread_getcpuclockid(thread, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return false;
    return used.tv_sec >= kMostSeconds;
}

}  // namespace

int add_rule(void* context, std::uint32_t action, int number, const Clause& clause) {
    return add(context, action, number, comparisons(clause));
}

std::optional<int> add_rule_in_time(void* context, std::uint32_t action, int number, const Clause& clause) {
    Addition addition{context, action, number, comparisons(clause)};
    pthread_t thread{};
    core::ensure(::pthread_create(&thread, nullptr, &run, &addition) == 0, "no thread can be started");
    while (!ends_soon(thread)) {
        if (!is_late(thread)) continue;
        ::pthread_cancel(thread);
        ::pthread_join(thread, nullptr);
        break;
    }
    return addition.result;
}

}  // namespace callgate::profiles
