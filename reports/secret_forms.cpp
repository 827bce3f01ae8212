#include "reports/secret_forms.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace callgate::reports {

namespace {

bool is_alnum(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool is_upper_alnum(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_blank(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool is_quote(char c) {
    return c == '"' || c == '\'';
}
bool is_name(char c) {
    return is_alnum(c) || c == '_' || c == '-' || c == '.';
}
bool is_base64url(char c) {
    return is_alnum(c) || c == '_' || c == '-';
}

template <typename Predicate>
std::size_t run_end(std::string_view text, std::size_t from, Predicate belongs) {
    while (from < text.size() && belongs(text[from])) ++from;
    return from;
}

/// A secret within a text: what is kept in front of it, and where it ends.
struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Up to `quote`, past everything that a backslash escapes; to the end when the quote never closes.
std::size_t quoted_end(std::string_view text, std::size_t from, char quote) {
    while (from < text.size() && text[from] != quote) from += text[from] == '\\' ? 2U : 1U;
    return std::min(from, text.size());
}

/// A value that begins at `from`: in quotes up to the closing one, else up to a blank, a quote or the next parameter.
Match value_at(std::string_view text, std::size_t from) {
    if (from < text.size() && is_quote(text[from])) return {from + 1, quoted_end(text, from + 1, text[from])};
    auto end = from;
    while (end < text.size() && !is_blank(text[end]) && !is_quote(text[end]) && text[end] != '&') {
        end += text[end] == '\\' ? 2U : 1U;
    }
    return {from, std::min(end, text.size())};
}

/// The value that belongs to the name [begin, end): `name=value`, `"name": "value"`, `"--name", "value"`,
/// `--name value`.
std::optional<Match> named_value(std::string_view text, std::size_t begin, std::size_t end) {
    if (end >= text.size()) return std::nullopt;
    if (text[end] == '=') return value_at(text, end + 1);
    const bool option = text[begin] == '-';
    if (option && text[end] == ' ' && end + 1 < text.size() && text[end + 1] != '-') return value_at(text, end + 1);
    if (!is_quote(text[end])) return std::nullopt;
    auto at = run_end(text, end + 1, is_blank);
    const bool separated = at < text.size() && (text[at] == ':' || text[at] == '=' || (option && text[at] == ','));
    if (!separated) return std::nullopt;
    at = run_end(text, at + 1, is_blank);
    if (at >= text.size() || !is_quote(text[at])) return std::nullopt;
    return value_at(text, at);
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
               return std::tolower(x) == std::tolower(y);
           });
}

/// `Authorization: Basic …` and the like: the whole of the header's value.
std::optional<Match> header_value(std::string_view text, std::size_t begin, std::size_t end) {
    constexpr std::array<std::string_view, 5> kHeaders{"authorization", "proxy-authorization", "cookie", "set-cookie",
                                                       "x-api-key"};
    auto name = text.substr(begin, end - begin);
    // In a decoded buffer the name follows an escaped line break, whose letter looks like a part of it.
    const bool after_escape = begin > 0 && text[begin - 1] == '\\' && (name.front() == 'n' || name.front() == 'r');
    if (after_escape) name.remove_prefix(1);
    if (std::none_of(kHeaders.begin(), kHeaders.end(), [&](auto h) { return equal_without_case(h, name); })) return {};
    auto at = end < text.size() && is_quote(text[end]) ? end + 1 : end;
    at = run_end(text, at, [](char c) { return c == ' '; });
    if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return {};
    at = run_end(text, at + 1, [](char c) { return c == ' ' || is_quote(c); });
    auto stop = at;
    while (stop < text.size() && text[stop] != '\n' && text[stop] != '\r' && !is_quote(text[stop])) {
        const bool escaped_line_end =
            text[stop] == '\\' && stop + 1 < text.size() && (text[stop + 1] == 'n' || text[stop + 1] == 'r');
        if (escaped_line_end) break;
        ++stop;
    }
    return Match{at, stop};
}

/// "user:password" of "scheme://user:password@host".
std::optional<Match> url_userinfo(std::string_view text, std::size_t at) {
    if (!text.substr(at).starts_with("://")) return {};
    constexpr std::size_t kLongestAuthority = 1024;
    const auto begin = at + 3;
    const auto authority = text.substr(begin, kLongestAuthority);
    const auto end = authority.find_first_of("/?#\"'\\<> \t\r\n");
    const auto sign = authority.substr(0, end).rfind('@');
    if (sign == std::string_view::npos) return {};
    return Match{begin, begin + sign};
}

struct KeyForm {
    std::string_view prefix;
    bool (*belongs)(char);
    std::size_t least;  ///< characters behind the prefix
};

bool is_slack(char c) {
    return is_alnum(c) || c == '-';
}

constexpr std::array<KeyForm, 16> kKeyForms{{{"AKIA", is_upper_alnum, 12},
                                             {"ASIA", is_upper_alnum, 12},
                                             {"ghp_", is_alnum, 16},
                                             {"gho_", is_alnum, 16},
                                             {"ghu_", is_alnum, 16},
                                             {"ghs_", is_alnum, 16},
                                             {"ghr_", is_alnum, 16},
                                             {"github_pat_", is_base64url, 16},
                                             {"glpat-", is_base64url, 10},
                                             {"xoxa-", is_slack, 8},
                                             {"xoxb-", is_slack, 8},
                                             {"xoxe-", is_slack, 8},
                                             {"xoxo-", is_slack, 8},
                                             {"xoxp-", is_slack, 8},
                                             {"xoxr-", is_slack, 8},
                                             {"xoxs-", is_slack, 8}}};

std::optional<Match> service_key(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at);
    for (const auto& form : kKeyForms) {
        if (!rest.starts_with(form.prefix)) continue;
        const auto end = run_end(text, at + form.prefix.size(), form.belongs);
        if (end - at >= form.prefix.size() + form.least) return Match{at, end};
    }
    return {};
}

/// header.payload.signature, each Base64 of JSON and so beginning with "eyJ" (RFC 7519). `dead_until`: where a run of
/// such characters ends that is known to hold none, so that it is not walked through again.
std::optional<Match> web_token(std::string_view text, std::size_t at, std::size_t& dead_until) {
    if (at < dead_until || !text.substr(at).starts_with("eyJ")) return {};
    constexpr std::size_t kShortestPart = 8;
    const auto header = run_end(text, at, is_base64url);
    if (header >= text.size() || text[header] != '.' || !text.substr(header + 1).starts_with("eyJ")) {
        dead_until = header;
        return {};
    }
    const auto payload = run_end(text, header + 1, is_base64url);
    if (header - at < kShortestPart || payload - header < kShortestPart) {
        dead_until = header;
        return {};
    }
    // Without a signature (alg "none"), or cut before it, it still tells who somebody is.
    const bool is_signed = payload < text.size() && text[payload] == '.';
    return Match{at, is_signed ? run_end(text, payload + 1, is_base64url) : payload};
}

std::optional<Match> pem_block(std::string_view text, std::size_t at) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    constexpr std::string_view kEnd = "-----END ";
    constexpr std::string_view kDashes = "-----";
    if (!text.substr(at).starts_with(kBegin)) return {};
    const auto end = text.find(kEnd, at);
    if (end == std::string_view::npos) return Match{at, text.size()};
    const auto dashes = text.find(kDashes, end + kEnd.size());
    return Match{at, dashes == std::string_view::npos ? text.size() : dashes + kDashes.size()};
}

/// A text that was cut may begin within a block.
std::size_t end_of_headless_pem(std::string_view text) {
    const auto end = text.find("-----END ");
    if (end == std::string_view::npos || text.find("-----BEGIN ") < end) return 0;
    const auto dashes = text.find("-----", end + 9);
    return dashes == std::string_view::npos ? text.size() : dashes + 5;
}

}  // namespace

bool names_secret(std::string_view name) {
    constexpr std::array<std::string_view, 6> kWords{"TOKEN", "SECRET", "PASS", "KEY", "CRED", "AUTH"};
    std::string upper{name};
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return upper.find(word) != std::string::npos; });
}

std::string without_credentials(std::string_view text) {
    std::string out;
    std::size_t at = 0;
    const auto mask = [&](const Match& match) {
        out += text.substr(at, match.begin - at);
        if (match.end > match.begin) out += kMask;
        at = match.end;
    };
    if (const auto headless = end_of_headless_pem(text); headless > 0) mask({0, headless});

    std::size_t name_end = 0;  // the name that `at` stands in was looked at
    std::size_t dead_until = 0;
    while (at < text.size()) {
        std::optional<Match> match = pem_block(text, at);
        if (!match) match = url_userinfo(text, at);
        if (!match) match = service_key(text, at);
        if (!match) match = web_token(text, at, dead_until);
        if (!match && at >= name_end && is_name(text[at])) {
            name_end = run_end(text, at, is_name);
            match = header_value(text, at, name_end);
            if (!match && names_secret(text.substr(at, name_end - at))) match = named_value(text, at, name_end);
        }
        if (match && match->end > at) {
            mask(*match);
        } else {
            out += text[at];
            ++at;
        }
    }
    return out;
}

}  // namespace callgate::reports
