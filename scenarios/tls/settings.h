#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/read.h"

#include <string>
#include <vector>

namespace callgate::scenarios::tls {

enum class Version { any, v1_2, v1_3 };

/// What a client of TLS offers and demands. File names are relative to the workload's working directory.
struct Settings {
    Version version = Version::any;
    std::string ciphers;            ///< of TLS 1.2, as OpenSSL writes them, with colons; "": its own choice
    std::string suites;             ///< the same of TLS 1.3
    std::vector<std::string> alpn;  ///< protocols, most wanted first; empty: the extension is not sent
    std::string server_name;        ///< SNI; "": the host that is connected to, unless that is an address
    std::string authority;          ///< file with certificates to verify with; "": those of the system
    std::string certificate;        ///< file with the client's certificate and its chain; "": none
    std::string key;                ///< file with its private key
    bool verify = false;            ///< false: any certificate will do
};

/// The keys `version`, `ciphers`, `alpn`, `sni`, `ca`, `certificate` and `key` of a mapping; what is wrong is reported.
/// A `ca` is there to be verified with.
Settings read_settings(document::MappingReader& reader, core::Diagnostics& diagnostics);

}  // namespace callgate::scenarios::tls
