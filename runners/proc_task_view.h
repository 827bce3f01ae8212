#pragma once

#include "harness/decode/task_view.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace callgate::runners {

/// The memory and descriptors of a live task, for who may trace it. Safe from any thread. A page that a userfaultfd or
/// FUSE file of the workload backs makes read() wait for the workload.
class ProcTaskView final : public decode::TaskView {
public:
    explicit ProcTaskView(pid_t tid) : tid_{tid} {}

    [[nodiscard]] std::string read(std::uint64_t address, std::size_t size) const override;
    [[nodiscard]] std::string descriptor(int fd) const override;

private:
    pid_t tid_;
};

}  // namespace callgate::runners
