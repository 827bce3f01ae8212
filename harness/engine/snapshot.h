#pragma once

#include "harness/core/clock.h"
#include "harness/engine/rest.h"
#include "harness/model/run_result.h"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace callgate::engine {

/// A process as the oracles see it.
struct SeenProcess {
    pid_t pid = 0;
    std::string role;      ///< its title where it has given itself one ("nginx: worker process"), else its comm
    std::string identity;  ///< "uid 33, gid 33, groups 33, capabilities none"
    bool zombie = false;
    bool orphan = false;  ///< its parent ended before it
    double busy = 0;      ///< part of the time, 0 to 1, in which it ran or wanted to while nothing was asked
};

struct SeenFile {
    std::uint64_t size = 0;
    bool grew = false;  ///< in this case
};

/// What a workload looked like at the end of a case: what the oracles judge. Texts are those of another run too:
/// numbers and directories are taken out.
struct Snapshot {
    bool held_up = false;  ///< refusals stopped threads for a tracer: what took long says nothing
    bool running = false;  ///< the workload was there to be looked at
    std::vector<SeenProcess> processes;
    std::map<std::string, SeenFile> files;  ///< regular ones below the working directory, by stable path
    /// Lines of output that speak of errors, as written, by their stable text; of a Reference digests without a text.
    std::map<std::string, std::string> trouble;
    std::map<std::string, std::string> answers;  ///< observations of the steps, by "STEP: SUBJECT"
    std::map<std::string, double> latencies;     ///< milliseconds, by "STEP: METRIC"
    std::string check_problem;                   ///< what `check` found
    std::string stop_problem;                    ///< what the stop showed
    std::vector<std::string> leftovers;          ///< processes after the first one ended
    std::vector<std::string> open_ports;         ///< "http (127.0.0.1:8080)" after the end
};

/// How many bytes the workload's files and output had when the case began.
using FileSizes = std::map<std::string, std::uint64_t>;

/// Sizes of the regular files below `directory`, by their path in it; no more than a few thousand are looked at.
FileSizes file_sizes(const std::filesystem::path& directory);

/// The processes below `root`; `rest` says how busy they were.
/// `directory` is the working directory, which some processes name in their titles.
std::vector<SeenProcess> see_processes(pid_t root, pid_t leader, const Rest& rest, const std::string& directory);

/// Files by their stable path; `before` tells what grew.
std::map<std::string, SeenFile> see_files(const std::filesystem::path& directory, const FileSizes& before);

/// The lines of the workload's output and of its *.log files, from where they ended before, that speak of trouble.
/// `log` counts as one of them; its size before is that of the path itself.
std::map<std::string, std::string> see_trouble(const std::filesystem::path& directory, const std::filesystem::path& log,
                                               const FileSizes& before);

/// What steps saw and measured.
void see_steps(const std::vector<model::StepResult>& steps, Snapshot& snapshot);

}  // namespace callgate::engine
