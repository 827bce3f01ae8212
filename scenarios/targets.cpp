#include "scenarios/targets.h"

#include "harness/core/closest.h"
#include "harness/core/printable.h"
#include "harness/document/read.h"

#include <fmt/format.h>

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace callgate::scenarios {

namespace {

using ports::LiveProcess;
using Processes = std::vector<LiveProcess>;

constexpr std::size_t kLongestTitle = 60;
constexpr std::size_t kMostTitles = 8;

bool matches(const std::string& glob, const LiveProcess& process) {
    return ::fnmatch(glob.c_str(), process.comm.c_str(), 0) == 0 ||
           ::fnmatch(glob.c_str(), process.command_line.c_str(), 0) == 0;
}

std::optional<Target::Who> who_from_name(std::string_view name) {
    if (name == "leader") return Target::Who::leader;
    if (name == "all") return Target::Who::all;
    if (name == "children") return Target::Who::children;
    return std::nullopt;
}

std::optional<Target::Pick> pick_from_name(std::string_view name) {
    if (name == "all") return Target::Pick::all;
    if (name == "one") return Target::Pick::one;
    if (name == "oldest") return Target::Pick::oldest;
    if (name == "newest") return Target::Pick::newest;
    return std::nullopt;
}

void read_named(const document::Node& node, Target& target, core::Diagnostics& diagnostics) {
    target.who = Target::Who::named;
    document::MappingReader reader{node, "to", diagnostics};
    if (const auto* name = reader.required("name")) {
        target.name = document::read_string(*name, diagnostics).value_or("");
        if (target.name.empty() && name->kind == document::Node::Kind::scalar) {
            diagnostics.error(name->span, "no process is called ''", "a name or a pattern, as \"nginx: worker*\"");
        }
    }
    if (const auto* pick = reader.optional("pick")) {
        const auto text = document::read_string(*pick, diagnostics);
        const auto known = text ? pick_from_name(*text) : Target::Pick::all;
        if (!known) {
            diagnostics.error(pick->span, fmt::format("'{}' does not say which of them", *text),
                              core::suggestion(*text, {"all", "one", "oldest", "newest"}));
        }
        target.pick = known.value_or(Target::Pick::all);
    }
    reader.finish();
}

Processes without_leader(Processes processes, pid_t leader) {
    processes.erase(std::remove_if(processes.begin(), processes.end(),
                                   [leader](const LiveProcess& process) { return process.pid == leader; }),
                    processes.end());
    return processes;
}

}  // namespace

Target Target::read(const document::Node& node, core::Diagnostics& diagnostics) {
    Target target;
    if (node.kind == document::Node::Kind::mapping) {
        read_named(node, target, diagnostics);
        return target;
    }
    const auto text = document::read_string(node, diagnostics);
    if (!text) return target;
    const auto who = who_from_name(*text);
    if (!who) {
        const auto hint = core::suggestion(*text, {"leader", "all", "children"});
        diagnostics.error(node.span, fmt::format("'{}' does not say whom to send the signal to", *text),
                          hint + "; a child by its name: {name: \"nginx: worker*\"}");
    }
    target.who = who.value_or(Who::leader);
    return target;
}

Processes Target::among(const Processes& live, pid_t leader, std::mt19937_64& random) const {
    if (who == Who::all) return live;
    if (who == Who::leader) {
        auto found = live;
        found.erase(std::remove_if(found.begin(), found.end(), [leader](const auto& p) { return p.pid != leader; }),
                    found.end());
        return found;
    }
    auto found = without_leader(live, leader);
    if (who == Who::children) return found;
    found.erase(std::remove_if(found.begin(), found.end(), [this](const auto& p) { return !matches(name, p); }),
                found.end());
    if (found.empty() || pick == Pick::all) return found;
    // Sorted by age; a modulus is the same with every standard library, a distribution is not.
    const auto which = pick == Pick::oldest ? 0 : pick == Pick::newest ? found.size() - 1 : random() % found.size();
    return {found[which]};
}

std::string Target::nobody(const Processes& live, pid_t leader) const {
    if (who != Who::named) return "the workload has no child";
    const auto children = without_leader(live, leader);
    return fmt::format("the workload has no child that is called '{}'; {}", name,
                       children.empty() ? "it has no children" : "its children: " + titles(children));
}

std::string title(const LiveProcess& process) {
    const auto& name = process.command_line.empty() ? process.comm : process.command_line;
    return fmt::format("{}[{}]", core::shortened(core::printable(name), kLongestTitle), process.pid);
}

std::string titles(const Processes& processes) {
    std::vector<std::string> all;
    for (const auto& process : processes) all.push_back(title(process));
    if (all.size() > kMostTitles) {
        const auto others = all.size() - kMostTitles;
        all.resize(kMostTitles);
        all.push_back(fmt::format("{} more", others));
    }
    return fmt::format("{}", fmt::join(all, ", "));
}

bool is_same(const LiveProcess& a, const LiveProcess& b) {
    return a.pid == b.pid && a.started == b.started;
}

bool is_among(const LiveProcess& process, const Processes& processes) {
    return std::any_of(processes.begin(), processes.end(), [&](const auto& other) { return is_same(process, other); });
}

std::mt19937_64 random_of(std::uint64_t seed, const std::string& name) {
    std::vector<std::uint32_t> words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    words.insert(words.end(), name.begin(), name.end());
    std::seed_seq sequence(words.begin(), words.end());
    return std::mt19937_64{sequence};
}

}  // namespace callgate::scenarios
