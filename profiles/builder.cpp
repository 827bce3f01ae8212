#include "profiles/builder.h"

#include "harness/core/unique_fd.h"
#include "profiles/rule_addition.h"
#include "profiles/semantics.h"
#include "profiles/shared_tests.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

namespace callgate::profiles {

namespace {

using model::Profile;

// libseccomp 2.5 has no bound on its time. Measured, at worst: 10,000 rules without arguments 0.3 s; 300 comparisons
// by order on one system call 15 s, growing with the fourth power; 900 of any kind spread over many calls 10 s; and a
// filter of the kernel's 4,096 instructions holds hardly more than 1,000. Each counts once per architecture. Docker's
// default profile on three architectures is 1,500 rules and 150 comparisons.
constexpr std::size_t kMostAdditions = 10'000;
constexpr std::size_t kMostComparisons = 1'000;
constexpr std::size_t kMostOrdered = 100;

bool by_order(const Profile::Argument& argument) {
    return argument.op == Profile::Operator::lt || argument.op == Profile::Operator::le ||
           argument.op == Profile::Operator::gt || argument.op == Profile::Operator::ge;
}

/// Up to and including user notification: the kernel that will load the filter says itself what it cannot do, the
/// compiled filter does not depend on the kernel that callgate happens to run on.
constexpr unsigned kApiLevel = 6;

using Context = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, decltype(&::seccomp_release)>;

class Builder {
public:
    Builder(const Profile& profile, Returns returns, Layout layout)
        : profile_{profile}, returns_{returns}, layout_{layout} {}

    core::Result<Built> build() {
        static const int level_set = ::seccomp_api_set(kApiLevel);
        core::ensure(level_set == 0, "libseccomp does not know its own API level");
        const auto fallback =
            returns_ == Returns::actions ? default_action(profile_).to_return() : SCMP_ACT_KILL_PROCESS;
        context_.reset(::seccomp_init(fallback));
        if (!context_) {
            return core::fail(fmt::format("{}: libseccomp does not take the default action {}",
                                          file_and_line(profile_.default_action_span),
                                          model::describe(default_action(profile_))));
        }
        if (auto done = set_layout(); !done) return core::fail(done.error());
        if (auto done = add_archs(); !done) return core::fail(done.error());
        for (std::size_t rule = 0; rule < profile_.rules.size(); ++rule) {
            if (auto done = add_rule(rule); !done) return core::fail(done.error());
        }
        if (auto done = take_program(); !done) return core::fail(done.error());
        return std::move(built_);
    }

private:
    core::Status set_layout() {
        constexpr std::uint32_t kBinaryTree = 2;  // seccomp_attr_set(3), SCMP_FLTATR_CTL_OPTIMIZE
        if (layout_ == Layout::list) return {};
        const int error = -::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, kBinaryTree);
        if (error == 0) return {};
        return core::fail(core::system_error("libseccomp builds no binary tree", error));
    }

    core::Status add_archs() {
        archs_ = effective_archs(profile_);
        for (const auto arch : archs_) {
            const int error = -::seccomp_arch_add(context_.get(), arch.token);
            if (error == 0 || error == EEXIST) continue;
            if (error == EDOM) {
                return core::fail(
                    fmt::format("{}: {} has the other byte order than {}: libseccomp builds no filter for both",
                                profile_.name, model::arch_name(arch), model::arch_name(archs_.front())));
            }
            return core::fail(
                core::system_error(fmt::format("{}: cannot add {}", profile_.name, model::arch_name(arch)), error));
        }
        if (std::find(archs_.begin(), archs_.end(), model::native_arch()) != archs_.end()) return {};
        // A filter for another machine: libseccomp begins with the one that it runs on.
        const int error = -::seccomp_arch_remove(context_.get(), model::native_arch().token);
        if (error != 0) return core::fail(core::system_error("libseccomp keeps its own architecture", error));
        return {};
    }

    core::Status add_rule(std::size_t index) {
        const auto& rule = profile_.rules[index];
        if (!counts(profile_, rule)) return {};
        const auto alternatives = clauses(rule);
        for (std::size_t name = 0; name < rule.names.size(); ++name) {
            const int number = ::seccomp_syscall_resolve_name(rule.names[name].text.c_str());
            if (number == __NR_SCMP_ERROR) continue;  // every runtime skips what its libseccomp does not know
            const auto entry = built_.entries.size();
            built_.entries.push_back({index, name});
            for (const auto& clause : alternatives) {
                if (auto done = count(rule.names[name], number, clause); !done) return done;
                const auto label = returns_ == Returns::rules ? index : entry;
                if (auto done = add_clause(rule, rule.names[name], number, label, clause); !done) return done;
                if (clause.size() > 1) several_tests_[number].push_back({rule.names[name].span, clause});
            }
        }
        return {};
    }

    core::Status add_clause(const Profile::Rule& rule, const Profile::Name& name, int number, std::size_t label,
                            const Clause& clause) {
        const auto action = returns_ == Returns::actions ? action_of(rule).to_return()
                                                         : SCMP_ACT_TRACE(static_cast<std::uint32_t>(label));
        const auto result = add(action, number, clause);
        if (!result) return endless(name, number, clause);
        const int error = -*result;
        if (error == 0) return {};
        if (error == EEXIST) return returns_ == Returns::actions ? conflict(rule, name, clause) : core::Status{};
        return core::fail(core::system_error(
            fmt::format("{}: libseccomp does not take the rule for '{}'", file_and_line(name.span), name.text), error));
    }

    /// None when libseccomp does not come to an end with it, which has to do with rules that test several arguments.
    std::optional<int> add(std::uint32_t action, int number, const Clause& clause) {
        if (several_tests_.count(number) == 0) return profiles::add_rule(context_.get(), action, number, clause);
        const auto result = add_rule_in_time(context_.get(), action, number, clause);
        // What stopped half-way is given up: freeing it would follow the same ring.
        if (!result) static_cast<void>(context_.release());
        return result;
    }

    core::Status endless(const Profile::Name& name, int number, const Clause& clause) const {
        auto message = fmt::format("{}: libseccomp {} does not come to an end with the rule for '{}'",
                                   file_and_line(name.span), libseccomp_version(), name.text);
        if (!clause.empty()) message += fmt::format(" where {}", describe(clause));
        const auto& earlier = several_tests_.at(number);
        const auto shares = [&](const auto& other) { return share_a_test(other.clause, clause); };
        if (const auto found = std::find_if(earlier.begin(), earlier.end(), shares); found != earlier.end()) {
            message +=
                fmt::format(" after the one at {} where {}", file_and_line(found->place), describe(found->clause));
        }
        return core::fail(message + ": runtimes hang with it (`callgate explain CG0007`)");
    }

    core::Status conflict(const Profile::Rule& rule, const Profile::Name& name, const Clause& clause) const {
        auto message =
            fmt::format("{}: the rule for '{}' ({}) contradicts an earlier one with the same argument filter",
                        file_and_line(name.span), name.text, oci_name(rule.action));
        for (const auto& other : profile_.rules) {
            if (&other == &rule) break;
            const auto theirs = clauses(other);
            const bool same = std::any_of(theirs.begin(), theirs.end(), [&](const Clause& candidate) {
                return describe(candidate) == describe(clause);
            });
            const auto found =
                std::find_if(other.names.begin(), other.names.end(),
                             [&](const Profile::Name& candidate) { return candidate.text == name.text; });
            if (!same || found == other.names.end()) continue;
            message += fmt::format(" at {} ({})", file_and_line(found->span), oci_name(other.action));
            break;
        }
        return core::fail(message + ": runtimes refuse to start with it");
    }

    /// Refuses what libseccomp would take too long for.
    core::Status count(const Profile::Name& name, int number, const Clause& clause) {
        const auto ordered = static_cast<std::size_t>(std::count_if(clause.begin(), clause.end(), by_order));
        additions_ += archs_.size();
        comparisons_ += archs_.size() * clause.size();
        auto& ordered_of_call = ordered_[number];
        ordered_of_call += archs_.size() * ordered;
        if (additions_ > kMostAdditions) return too_many(name, kMostAdditions, "rules");
        if (comparisons_ > kMostComparisons) return too_many(name, kMostComparisons, "argument comparisons");
        if (ordered_of_call > kMostOrdered) {
            return too_many(name, kMostOrdered, fmt::format("comparisons by order for '{}'", name.text));
        }
        return {};
    }

    [[nodiscard]] core::Status too_many(const Profile::Name& name, std::size_t most, std::string_view what) const {
        return core::fail(
            fmt::format("{}: from here on the profile has more than {} {}, each counted once per name and "
                        "architecture ({}): libseccomp would take too long to compile it",
                        file_and_line(name.span), most, what, archs_.size()));
    }

    core::Status take_program() {
        const core::UniqueFd file{::memfd_create("callgate-filter", MFD_CLOEXEC)};
        if (!file) return core::fail(core::system_error("cannot create a file in memory", errno));
        const int error = -::seccomp_export_bpf(context_.get(), file.get());
        if (error != 0) return core::fail(core::system_error(profile_.name + ": libseccomp cannot compile it", error));
        // libseccomp's return value alone proves nothing: the length is looked at and the filter is checked.
        const auto length = ::lseek(file.get(), 0, SEEK_END);
        if (length < 0) return core::fail(core::system_error("cannot read the compiled filter", errno));
        const auto size = static_cast<std::size_t>(length);
        if (size % sizeof(bpf::Instruction) != 0) {
            return core::fail(fmt::format("{}: libseccomp made a filter of {} bytes", profile_.name, size));
        }
        const auto count = size / sizeof(bpf::Instruction);
        if (count > bpf::kMaxInstructions) {
            return core::fail(
                fmt::format("{}: the profile compiles to {} instructions, the kernel takes at most {}: "
                            "it needs fewer argument filters or fewer architectures",
                            profile_.name, count, bpf::kMaxInstructions));
        }
        built_.program.resize(count);
        static_assert(sizeof(bpf::Instruction) == 8 && std::is_trivially_copyable_v<bpf::Instruction>);
        if (::pread(file.get(), built_.program.data(), size, 0) != length) {
            return core::fail(core::system_error("cannot read the compiled filter", errno));
        }
        if (const auto checked = bpf::check(built_.program); !checked) {
            return core::fail(
                checked.error().context(profile_.name + ": libseccomp made a filter that no kernel takes"));
        }
        return {};
    }

    const Profile& profile_;
    Returns returns_;
    Layout layout_;
    Context context_{nullptr, &::seccomp_release};
    std::vector<model::Arch> archs_;
    std::size_t additions_ = 0;
    std::size_t comparisons_ = 0;
    std::map<int, std::size_t> ordered_;  ///< comparisons by order, by system call
    struct SeveralTests {
        core::Span place;
        Clause clause;
    };
    std::map<int, std::vector<SeveralTests>> several_tests_;  ///< the clauses of more than one test, by system call
    Built built_;
};

}  // namespace

Layout runtime_layout(const Profile& profile) {
    constexpr std::size_t kMostInList = 32;
    std::size_t names = 0;
    for (const auto& rule : profile.rules) names += rule.names.size();
    return names > kMostInList ? Layout::tree : Layout::list;
}

core::Result<Built> build(const Profile& profile, Returns returns) {
    return build(profile, returns, runtime_layout(profile));
}

core::Result<Built> build(const Profile& profile, Returns returns, Layout layout) {
    return Builder{profile, returns, layout}.build();
}

}  // namespace callgate::profiles
