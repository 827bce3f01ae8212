#include "profiles/policy_expression.h"

#include "harness/core/number.h"
#include "harness/core/printable.h"
#include "profiles/constants.h"

#include <fmt/format.h>

#include <cctype>
#include <string>
#include <utility>

namespace callgate::profiles {

namespace {

using Operator = model::Profile::Operator;

constexpr std::size_t kShown = 60;
constexpr std::size_t kMostTokens = 2'000;
constexpr int kDeepest = 32;

/// Words and numbers; the longest signs first; every other byte alone.
std::vector<Piece> tokens_of(const Piece& text) {
    const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    std::vector<Piece> tokens;
    std::size_t at = 0;
    while (at < text.text.size() && tokens.size() < kMostTokens) {
        // A backslash continues a line.
        if (std::isspace(static_cast<unsigned char>(text.text[at])) != 0 || text.text[at] == '\\') {
            ++at;
            continue;
        }
        std::size_t length = 1;
        const auto rest = text.text.substr(at);
        if (in_word(rest.front())) {
            while (length < rest.size() && in_word(rest[length])) ++length;
        } else {
            for (const std::string_view sign : {"==", "!=", "<=", ">=", "&&", "||"}) {
                if (rest.starts_with(sign)) length = sign.size();
            }
        }
        tokens.push_back(part_of(text, at, length));
        at += length;
    }
    return tokens;
}

class Parser {
public:
    Parser(const Piece& text, core::Diagnostics& diagnostics)
        : tokens_{tokens_of(text)}, end_{part_of(text, text.text.size())}, diagnostics_{diagnostics} {}

    std::optional<Alternatives> expression(Effort& effort) {
        if (tokens_.size() >= kMostTokens) return wrong(tokens_.front(), "an expression of too many words", "");
        Alternatives all;
        do {
            const auto group = conjunction(effort);
            if (!group) return std::nullopt;
            all.insert(all.end(), group->begin(), group->end());
            if (all.size() > kMostAlternatives) return too_much();
        } while (take("||"));
        if (at_ != tokens_.size()) return unexpected("'||', '&&' or the end of the line");
        return all;
    }

    std::optional<std::uint64_t> whole_constant() {
        const auto value = constants();
        if (value && at_ != tokens_.size()) {
            unexpected("the end of the line");
            return std::nullopt;
        }
        return value;
    }

private:
    [[nodiscard]] const Piece& next() const { return at_ < tokens_.size() ? tokens_[at_] : end_; }

    bool take(std::string_view sign) {
        if (at_ >= tokens_.size() || tokens_[at_].text != sign) return false;
        ++at_;
        return true;
    }

    std::nullopt_t wrong(const Piece& where, std::string message, std::string hint) {
        diagnostics_.error(where.span, std::move(message), std::move(hint));
        return std::nullopt;
    }

    std::nullopt_t unexpected(std::string_view wanted) {
        const auto& token = next();
        const auto what = token.text.empty() ? std::string{"the line ends"}
                                             : fmt::format("'{}' stands", core::shortened(token.text, kShown));
        return wrong(token, fmt::format("{} where {} is wanted", what, wanted), "");
    }

    std::nullopt_t too_much() {
        return wrong(tokens_.front(), "no rule of a profile can say this: it tests one argument twice, or is too long",
                     "a rule tests each argument once; write what it permits as masks or single values");
    }

    std::optional<Alternatives> conjunction(Effort& effort) {
        Alternatives group{Clause{}};
        do {
            const auto atom = this->atom();
            if (!atom) return std::nullopt;
            auto joined = both(group, *atom, effort);
            if (!joined) return too_much();
            group = std::move(*joined);
        } while (take("&&"));
        return group;
    }

    std::optional<Alternatives> atom() {
        const auto index = argument();
        if (!index) return std::nullopt;
        const auto sign = next();
        const auto op = operator_of(sign.text);
        if (!op && sign.text != "&" && sign.text != "in") return unexpected("one of ==, !=, <, <=, >, >=, & and in");
        ++at_;
        const auto value = constants();
        if (!value) return std::nullopt;
        if (sign.text == "&") return any_bit(*index, *value);
        if (sign.text == "in") return Alternatives{{{*index, ~*value, 0, Operator::masked_eq, sign.span}}};
        return Alternatives{{{*index, *value, 0, *op, sign.span}}};
    }

    std::optional<unsigned> argument() {
        const auto& token = next();
        constexpr std::string_view kName = "arg";
        const bool right = token.text.size() == kName.size() + 1 && token.text.starts_with(kName) &&
                           token.text.back() >= '0' && token.text.back() <= '5';
        if (!right) return unexpected("an argument, arg0 to arg5,");
        ++at_;
        return static_cast<unsigned>(token.text.back() - '0');
    }

    static std::optional<Operator> operator_of(std::string_view sign) {
        if (sign == "==") return Operator::eq;
        if (sign == "!=") return Operator::ne;
        if (sign == "<") return Operator::lt;
        if (sign == "<=") return Operator::le;
        if (sign == ">") return Operator::gt;
        if (sign == ">=") return Operator::ge;
        return std::nullopt;
    }

    /// Constants joined by `|`.
    std::optional<std::uint64_t> constants() {
        std::uint64_t value = 0;
        do {
            const auto part = single();
            if (!part) return std::nullopt;
            value |= *part;
        } while (take("|"));
        return value;
    }

    std::optional<std::uint64_t> single() {
        if (++depth_ > kDeepest) return wrong(next(), "an expression nested too deep", "");
        const auto value = unguarded();
        --depth_;
        return value;
    }

    std::optional<std::uint64_t> unguarded() {
        if (take("~")) {
            const auto value = single();
            return value ? std::optional{~*value} : std::nullopt;
        }
        if (take("-")) {
            const auto value = single();
            return value ? std::optional{~*value + 1} : std::nullopt;
        }
        if (take("(")) {
            const auto value = constants();
            if (value && !take(")")) return unexpected("')'");
            return value;
        }
        const auto token = next();
        if (token.text.empty()) return unexpected("a constant");
        if (std::isdigit(static_cast<unsigned char>(token.text.front())) != 0) return number(token);
        const auto known = constant(token.text);
        if (!known) {
            if (!is_syscall_word(token.text)) return unexpected("a constant");
            return wrong(token, fmt::format("unknown constant '{}'", core::shortened(token.text, kShown)),
                         suggest_constant(token.text));
        }
        ++at_;
        return known;
    }

    /// As C writes it: 0x for sixteen, 0 for eight.
    std::optional<std::uint64_t> number(const Piece& token) {
        auto digits = token.text;
        int base = 10;
        if (digits.starts_with("0x") || digits.starts_with("0X")) {
            digits.remove_prefix(2);
            base = 16;
        } else if (digits.size() > 1 && digits.front() == '0') {
            base = 8;
        }
        const auto value = core::number_in<std::uint64_t>(digits, base);
        if (!value) {
            return wrong(token,
                         fmt::format("'{}' is no number of at most 64 bits", core::shortened(token.text, kShown)), "");
        }
        ++at_;
        return value;
    }

    std::vector<Piece> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    Piece end_;
    core::Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Alternatives> read_expression(const Piece& text, Effort& effort, core::Diagnostics& diagnostics) {
    return Parser{text, diagnostics}.expression(effort);
}

std::optional<std::uint64_t> read_constant(const Piece& text, core::Diagnostics& diagnostics) {
    return Parser{text, diagnostics}.whole_constant();
}

}  // namespace callgate::profiles
