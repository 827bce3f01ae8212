#pragma once

#include "harness/cli/command.h"
#include "harness/core/diagnostics.h"
#include "profiles/format.h"
#include "profiles/targets.h"

#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace callgate::cli {

/// How a profile is to be read, and for which target; the same options in every command.
struct ProfileOptions {
    std::string from;                ///< --from: the name of a format; "" for what the text shows
    std::string document;            ///< --document: of several in one file
    std::vector<std::string> bases;  ///< --base: files in which base profiles are found
    std::string as;                  ///< --as: a target; "" for none
};

/// --from, --document and --base.
void declare_reading(CLI::App& app, ProfileOptions& options);
/// --as.
void declare_target(CLI::App& app, ProfileOptions& options);

/// What is at `path`, which people know as `name`; none after everything wrong was reported. `from` is where a plan
/// names it, or nowhere.
std::optional<profiles::Content> load_content(const std::string& path, const std::string& name, const core::Span& from,
                                              const ProfileOptions& options, core::Diagnostics& diagnostics);

/// The target of --as; none where none was asked for, and after reporting one that is none.
std::optional<profiles::Target> target_of(const ProfileOptions& options, core::Diagnostics& diagnostics);

/// The kernel of this host.
profiles::Version host_kernel();

/// Writes a result to `path`, or to standard output where it is "" or "-". A file that is there is overwritten with
/// `force` only. None: it is done. Otherwise the exit code.
std::optional<int> write_result(const std::string& text, const std::string& path, bool force,
                                const Invocation& invocation);

}  // namespace callgate::cli
