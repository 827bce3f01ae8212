#include "profiles/unit_writer.h"

#include "harness/model/call.h"
#include "profiles/by_name.h"
#include "profiles/semantics.h"
#include "profiles/systemd_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace callgate::profiles {

namespace {

using model::ActionKind;
using model::Profile;

/// systemd writes them small, with a hyphen in two of them.
std::string systemd_name(const model::ArchInfo& info) {
    constexpr std::string_view kPrefix = "SCMP_ARCH_";
    std::string name{info.oci_name.substr(kPrefix.size())};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    if (name == "x86_64") return "x86-64";
    if (name == "ppc64le") return "ppc64-le";
    if (name == "mipsel") return "mips-le";
    if (name == "mipsel64") return "mips64-le";
    return name == "aarch64" ? "arm64" : name;
}

class Writer {
public:
    explicit Writer(const Profile& profile)
        : profile_{profile}, fallback_{default_action(profile)}, permits_{model::refuses(fallback_)} {}

    Written write() {
        if (fallback_.kind == ActionKind::log)
            lose(profile_.default_action_span,
                 "systemd's filter cannot log: other calls are permitted without a record");
        if (profile_.flags || profile_.listener_path)
            written_.losses.push_back("systemd's filter has neither flags nor a listener");
        for (const auto& call : by_name(profile_)) take(call);
        written_.text = "[Service]\n";
        write_architectures();
        if (permits_) {
            write_allow_list();
        } else {
            write_words("~", refused_);
        }
        return std::move(written_);
    }

private:
    void lose(const core::Span& span, std::string_view what) { written_.losses.push_back(at(span, what)); }

    /// The refusal behind a colon: an errno, or an end of the process, which is what systemd knows besides.
    std::string refusal(const CallRules& call, const model::Action& action) {
        if (action.kind == ActionKind::error)
            return model::errno_number(model::errno_name(action.data)) ? model::errno_name(action.data)
                                                                       : fmt::format("{}", action.data);
        if (action.kind != ActionKind::kill_process) {
            lose(call.name.span,
                 fmt::format("systemd has no {}: {} ends the process", model::describe(action), call.name.text));
        }
        return "kill";
    }

    void take(const CallRules& call) {
        // What refuses counts most: what cannot be said is said more strictly.
        const auto strictest = std::max_element(
            call.alternatives.begin(), call.alternatives.end(),
            [](const auto& a, const auto& b) { return !model::refuses(a.action) && model::refuses(b.action); });
        const auto& first = *strictest;
        if (!call.unconditional() && (permits_ || model::refuses(first.action))) {
            lose(call.name.span,
                 fmt::format("systemd has no argument filters: {} is refused whatever its arguments are",
                             call.name.text));
            if (!permits_) refused_.push_back(fmt::format("{}:{}", call.name.text, refusal(call, first.action)));
            return;
        }
        if (first.action.kind == ActionKind::log) {
            lose(call.name.span,
                 fmt::format("systemd's filter cannot log: {} is permitted without a record", call.name.text));
        }
        if (!model::refuses(first.action)) {
            if (permits_) permitted_.push_back(call.name.text);
        } else if (!permits_) {
            refused_.push_back(fmt::format("{}:{}", call.name.text, refusal(call, first.action)));
        } else {
            lose(call.name.span,
                 fmt::format("systemd's list of permitted calls has one refusal for all others: {} gets {} instead "
                             "of {}",
                             call.name.text, model::describe(written_default()), model::describe(first.action)));
        }
    }

    [[nodiscard]] model::Action written_default() const {
        return fallback_.kind == ActionKind::error ? fallback_ : model::Action{ActionKind::kill_process, 0};
    }

    void write_architectures() {
        std::string words = "native";
        std::set<model::Arch> written{profile_.native.value_or(model::native_arch())};
        if (profile_.native && *profile_.native != model::native_arch()) {
            lose(profile_.span, fmt::format("systemd's filter is for the machine it runs on: write it on {}",
                                            model::arch_name(*profile_.native)));
        }
        for (const auto& info : model::known_archs()) {
            const auto& listed = profile_.architectures;
            if (std::find(listed.begin(), listed.end(), info.arch) == listed.end()) continue;
            if (written.insert(info.arch).second) words += " " + systemd_name(info);
        }
        written_.text += fmt::format("SystemCallArchitectures={}\n", words);
    }

    void write_allow_list() {
        if (fallback_.kind == ActionKind::error) {
            const auto name = model::errno_name(fallback_.data);
            written_.text += fmt::format("SystemCallErrorNumber={}\n",
                                         model::errno_number(name) ? name : fmt::format("{}", fallback_.data));
        } else if (fallback_.kind != ActionKind::kill_process) {
            lose(profile_.default_action_span,
                 fmt::format("systemd has no {}: other calls end the process", model::describe(fallback_)));
        }
        write_words("", permitted_.empty() ? std::vector<std::string>{"@default"} : permitted_);
        const auto archs = effective_archs(profile_);
        std::vector<std::string> extra;
        for (const auto& name : systemd_group("@default").value_or(std::vector<std::string>{})) {
            const bool exists = std::any_of(archs.begin(), archs.end(), [&](model::Arch arch) {
                return model::libseccomp_number(arch, name).has_value();
            });
            if (exists && std::find(permitted_.begin(), permitted_.end(), name) == permitted_.end())
                extra.push_back(name);
        }
        if (!extra.empty()) {
            written_.losses.push_back(
                fmt::format("systemd always permits its set @default: {} more calls are permitted ({})", extra.size(),
                            listed(extra)));
        }
    }

    void write_words(std::string_view sign, const std::vector<std::string>& words) {
        constexpr std::size_t kWidth = 100;
        std::string line;
        const auto flush = [&] {
            if (!line.empty()) written_.text += fmt::format("SystemCallFilter={}{}\n", sign, line);
            line.clear();
        };
        for (const auto& word : words) {
            if (line.size() + word.size() > kWidth) flush();
            line += (line.empty() ? "" : " ") + word;
        }
        flush();
    }

    const Profile& profile_;
    model::Action fallback_;
    bool permits_;  ///< the listed calls are permitted
    std::vector<std::string> permitted_;
    std::vector<std::string> refused_;
    Written written_;
};

}  // namespace

core::Result<Written> write_unit(const Profile& profile) {
    return Writer{profile}.write();
}

std::optional<model::Arch> arch_of_systemd(std::string_view name) {
    for (const auto& info : model::known_archs()) {
        if (systemd_name(info) == name) return info.arch;
    }
    return std::nullopt;
}

std::vector<std::string> systemd_archs() {
    std::vector<std::string> names{"native"};
    for (const auto& info : model::known_archs()) names.push_back(systemd_name(info));
    return names;
}

std::vector<model::Arch> host_archs() {
    const auto with = [](std::string_view first, std::string_view second) {
        std::vector<model::Arch> archs{model::native_arch()};
        for (const auto name : {first, second}) {
            if (const auto arch = model::arch_from_oci(name)) archs.push_back(*arch);
        }
        return archs;
    };
    if (model::arch_name(model::native_arch()) == "x86_64") return with("SCMP_ARCH_X86", "SCMP_ARCH_X32");
    return with("SCMP_ARCH_ARM", "");
}

}  // namespace callgate::profiles
