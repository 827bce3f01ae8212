// Docker's profile format (moby/profiles seccomp/seccomp.go): the runtime-spec's, with rules that hold on some hosts
// and for some containers only. The daemon decides them when it starts a container.
#include "profiles/format.h"
#include "profiles/spec_marks.h"
#include "profiles/spec_reader.h"
#include "profiles/spec_writer.h"

namespace callgate::profiles::docker {

namespace {

constexpr SpecDialect kDialect{.conditions = true};

bool recognises(const Input& input) {
    return input.root != nullptr && has_docker_marks(*input.root);
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    return read_whole(input, kDialect, diagnostics);
}

core::Result<Written> write(const model::Profile& profile) {
    return write_spec(profile, kDialect, "Docker's format");
}

}  // namespace

extern const ProfileFormat kFormat{
    "docker", "Docker's: archMap, includes, excludes, minKernel; JSON", recognises, read, write, true};

}  // namespace callgate::profiles::docker
