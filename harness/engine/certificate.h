#pragma once

#include "harness/core/result.h"

#include <string>

namespace callgate::engine {

/// A certificate and its private key as PEM text.
struct PemPair {
    std::string certificate;
    std::string key;
};

/// A fresh self-signed P-256 certificate for `common_name`, 127.0.0.1 and ::1, valid for a day: for tests only.
core::Result<PemPair> self_signed(const std::string& common_name);

}  // namespace callgate::engine
