#pragma once

#include "harness/ports/launch.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace callgate::engine {

/// Which case and step a phase number of the trap stands for.
struct Phase {
    std::size_t case_index = 0;
    std::string step;  ///< "signal SIGHUP x10"; steps that overlap are joined: "http GET / + signal SIGHUP"
};

/// Tells the trap what is going on. One number for each case and set of steps under way. Safe from any thread.
class Phases {
public:
    /// Borrows the workload for its lifetime.
    explicit Phases(ports::Instance& workload) : workload_{workload} {}

    void begin_case(std::size_t case_index);
    /// The step of the scenario itself; "" for none. What steps inside it do is theirs.
    void set_step(const std::string& step);
    void begin_nested(const std::string& step);
    void end_nested(const std::string& step);

    /// By number.
    [[nodiscard]] std::vector<Phase> all() const;

private:
    void tell();

    ports::Instance& workload_;
    mutable std::mutex mutex_;
    std::size_t case_index_ = 0;
    std::string step_;
    std::vector<std::string> nested_;
    std::vector<Phase> phases_;
    std::map<std::pair<std::size_t, std::string>, int> numbers_;
};

}  // namespace callgate::engine
