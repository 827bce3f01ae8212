#pragma once

#include "harness/core/diagnostics.h"
#include "harness/core/span.h"
#include "harness/document/node.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::scenarios {

/// A parameter of a library scenario.
struct Parameter {
    std::string name;
    std::string summary;
    std::optional<document::Node> usual;  ///< none: it must be given
};

/// A scenario that ships with callgate.
struct LibraryScenario {
    std::string name;
    std::string summary;
    std::vector<Parameter> parameters;
    std::vector<document::Node> steps;       ///< with `${with.NAME}` in them, as what follows
    std::optional<document::Node> workload;  ///< what the workload must be given for it; it gets an instance of its own
};

/// A library scenario with its parameters put in.
struct UsedScenario {
    std::vector<document::Node> steps;
    std::optional<document::Node> workload;  ///< as a plan's override; what the plan overrides itself goes before it
};

/// All of them, sorted by name.
const std::vector<LibraryScenario>& library();

/// Reads one; what is wrong with it is reported.
std::optional<LibraryScenario> read_library_scenario(const document::Source& source, core::Diagnostics& diagnostics);

/// The library scenario `name` with its parameters put in. Its nodes stand at `span`, where the plan uses them,
/// except what came from `with`, which stands where the plan wrote it; its `${...}` are still to be replaced.
/// None after an unknown name, an unknown parameter or a missing one was reported.
std::optional<UsedScenario> instantiate(std::string_view name, const std::map<std::string, document::Node>& with,
                                        const core::Span& span, core::Diagnostics& diagnostics);

}  // namespace callgate::scenarios
