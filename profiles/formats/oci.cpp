// The OCI runtime-spec's `linux.seccomp` (config-linux.md, "Seccomp"; schema/defs-linux.json) as JSON: alone in a file,
// or inside a whole config.json.
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/spec_reader.h"
#include "profiles/spec_writer.h"

namespace callgate::profiles::oci {

namespace {

using document::Node;

constexpr SpecDialect kDialect{};

/// The profile's own object: the whole input, or what a config.json holds; null where a config.json holds none.
const Node* profile_in(const Node& root) {
    if (root.find("defaultAction") != nullptr || root.find("syscalls") != nullptr) return &root;
    const auto* linux_part = root.find("linux");
    return linux_part == nullptr ? nullptr : linux_part->find("seccomp");
}

bool recognises(const Input& input) {
    return input.root != nullptr && profile_in(*input.root) != nullptr;
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    const auto* node = input.root == nullptr ? nullptr : profile_in(*input.root);
    if (node != nullptr) return read_spec(*node, kDialect, diagnostics);
    diagnostics.error(first_byte(input.source),
                      "this is no profile of the OCI runtime-spec: 'defaultAction' is missing");
    return std::nullopt;
}

core::Result<Written> write(const model::Profile& profile) {
    return write_spec(profile, kDialect, "the runtime-spec");
}

}  // namespace

extern const ProfileFormat kFormat{"oci", "the OCI runtime-spec's linux.seccomp, as JSON", recognises, read, write};

}  // namespace callgate::profiles::oci
