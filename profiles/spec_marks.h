#pragma once

#include "profiles/format.h"
#include "profiles/spec_reader.h"

namespace callgate::profiles {

/// True for a JSON value with a key that Docker's format has and the runtime-spec has not.
bool has_docker_marks(const document::Node& root);

/// True for one with a key that only the format of containers/common has.
bool has_containers_marks(const document::Node& root);

/// Reads a JSON text that is a profile as a whole.
std::optional<model::Profile> read_whole(const Input& input, const SpecDialect& dialect,
                                         core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
