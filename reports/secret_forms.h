#pragma once

#include <string>
#include <string_view>

namespace callgate::reports {

/// What stands in place of a secret.
constexpr std::string_view kMask = "***";

/// True for a name that says that its value is a secret: holds TOKEN, SECRET, PASS, KEY, CRED or AUTH in any case.
bool names_secret(std::string_view name);

/// `text` without what looks like a credential: `--password=…`, `NAME_TOKEN=…`, `"secret": "…"`, `Authorization: …`,
/// the user and password of a URL, JWT, keys of well-known services, PEM blocks.
std::string without_credentials(std::string_view text);

}  // namespace callgate::reports
