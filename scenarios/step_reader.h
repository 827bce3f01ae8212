#pragma once

#include "harness/core/clock.h"
#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/document/read.h"
#include "harness/ports/step.h"
#include "scenarios/build.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::scenarios {

/// Reads steps, and lets step kinds read the steps inside theirs.
class StepReader {
public:
    StepReader(const BuildContext& context, core::Diagnostics& diagnostics)
        : context_{context}, diagnostics_{diagnostics} {}

    /// One step: a mapping with the key of one kind.
    ports::StepPtr step(const document::Node& node);

    /// Steps that are done one after the other: a list that is not empty.
    std::vector<ports::StepPtr> steps(const document::Node& list);

    /// Steps that go on until the other side of a `during` is done: one step, or a list of them.
    std::vector<ports::StepPtr> background(const document::Node& one_or_list);

    /// True while a direct child of `during` is read: without a bound of its own it goes on until told to stop.
    [[nodiscard]] bool in_background() const { return in_background_; }

    [[nodiscard]] const BuildContext& context() const { return context_; }

private:
    const BuildContext& context_;
    core::Diagnostics& diagnostics_;
    bool in_background_ = false;
};

/// Where a key stands; the whole mapping when it has no such key.
core::Span key_span(const document::Node& mapping, std::string_view key);

/// `key` as a duration longer than nothing, or `otherwise` when it is absent or wrong.
core::Milliseconds read_within(document::MappingReader& reader, std::string_view key, core::Milliseconds otherwise,
                               core::Diagnostics& diagnostics);

/// A program and its arguments; reported when empty, and as a warning when the program is not on the search path.
std::vector<std::string> read_command(const document::Node& node, const BuildContext& context,
                                      core::Diagnostics& diagnostics);

/// How many of them are errors: a warning spoils no step.
std::size_t error_count(const core::Diagnostics& diagnostics);

/// A sum of limits that never overflows, however deeply repeats are nested.
core::Milliseconds add_limits(core::Milliseconds a, core::Milliseconds b);
core::Milliseconds multiply_limit(core::Milliseconds limit, std::int64_t times);
core::Milliseconds sum_of_limits(const std::vector<ports::StepPtr>& steps);

}  // namespace callgate::scenarios
