#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace callgate::core {

/// Why something could not be done: lowercase, no full stop, names the thing, the value and what would be right.
struct Error {
    std::string message;

    /// The same error with what was being done put in front: "while: message".
    [[nodiscard]] Error context(std::string_view doing) const { return {std::string{doing} + ": " + message}; }
};

/// An Error on its way into any Result.
struct [[nodiscard]] Unexpected {
    Error error;
};

inline Unexpected fail(std::string message) {
    return {{std::move(message)}};
}
inline Unexpected fail(Error error) {
    return {std::move(error)};
}

/// `what: strerror(number) (errno number)`; the usual form for a failed system call.
Error system_error(std::string_view what, int number);

/// A value or an Error, spelled like std::expected (which GCC 12 does not have).
/// Reading the value of a failed Result, or the error of a good one, is a bug: std::bad_variant_access.
template <typename T>
class [[nodiscard]] Result {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): implicit as std::expected's
    Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    // NOLINTNEXTLINE(google-explicit-constructor): implicit as std::expected's
    Result(Unexpected failure) : state_{std::in_place_index<1>, std::move(failure.error)} {}

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): implicit as std::expected's
    Result(Unexpected failure) : error_{std::move(failure.error)} {}

    [[nodiscard]] bool has_value() const { return !error_.has_value(); }
    explicit operator bool() const { return has_value(); }
    [[nodiscard]] const Error& error() const { return error_.value(); }

private:
    std::optional<Error> error_;
};

using Status = Result<void>;

/// Ends the program with exit code 70 and a line that asks for a bug report, unless `invariant` holds.
/// In release builds too: a broken invariant must not become a wrong verdict.
void ensure(bool invariant, std::string_view what);

}  // namespace callgate::core
