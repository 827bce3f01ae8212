#pragma once

#include "harness/core/diagnostics.h"
#include "harness/model/evidence.h"
#include "profiles/lock.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace callgate::cli {

/// "nginx.lock.json", of "nginx.json": where a profile's lock is.
std::filesystem::path lock_path(const std::filesystem::path& profile);

/// A lock with what is true of this host now: time, callgate, kernel, C library.
profiles::Lock lock_of_host();

/// The programs that made calls, as they are on this host: what cannot be read has no digest.
std::vector<profiles::LockedProgram> programs_of(const model::Evidence& evidence);

/// The lock at `path`; none after everything wrong was reported.
std::optional<profiles::Lock> load_lock(const std::filesystem::path& path, core::Diagnostics& diagnostics);

}  // namespace callgate::cli
