#pragma once

#include "harness/core/span.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::core {

enum class Severity { error, warning, note };

/// "error", "warning" or "note".
std::string_view severity_name(Severity severity);

/// One thing to tell the user about what the user wrote.
struct Diagnostic {
    Severity severity = Severity::error;
    Span span;
    std::string message;  ///< lowercase, no full stop: the thing, the value, what would be right
    std::string hint;     ///< what to do; may be empty
};

/// Collects every problem of an input, so that the user sees them all in one go; the same one twice counts once.
/// Keeps the first 500, more than anybody reads, so that a hostile input ends in bounded time; has_errors() knows of
/// all.
class Diagnostics {
public:
    void error(Span span, std::string message, std::string hint = {});
    void warning(Span span, std::string message, std::string hint = {});
    void note(Span span, std::string message, std::string hint = {});

    [[nodiscard]] bool has_errors() const;
    /// How often something was said, also what is not kept: whether it grew tells whether a reader complained.
    [[nodiscard]] std::size_t said() const { return said_; }
    [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }

private:
    void add(Diagnostic diagnostic);
    std::vector<Diagnostic> all_;
    std::size_t said_ = 0;
    bool has_errors_ = false;
};

/// For people, editors and problem matchers; every diagnostic in order of file and position:
///
///     plan.yaml:3:5: error: unknown key 'scenaros'
///       3 |     scenaros:
///         |     ^~~~~~~~
///         = hint: did you mean 'scenarios'?
///
/// Untrusted text is made printable; the source line is cut to a width that a terminal shows.
std::string render(const Diagnostics& diagnostics);

}  // namespace callgate::core
