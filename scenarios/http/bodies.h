#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callgate::scenarios::http {

/// What the bodies of many answers have in common, in words that are the same for another run of the same workload.
/// A body that repeats the one before costs a comparison.
class Bodies {
public:
    explicit Bodies(std::string directory) : directory_{std::move(directory)} {}

    /// `kept` is the body, or its beginning where `size` is larger.
    void add(std::string_view kept, std::uint64_t size);

    /// "812 bytes, 3f2a…", "varying, never empty", "varying, some empty"; "" when there was none.
    [[nodiscard]] std::string text() const;

private:
    std::string directory_;
    std::string last_;    ///< as it came
    std::string common_;  ///< what one body is in words; all were the same unless `varying_`
    bool any_ = false;
    bool varying_ = false;
    bool some_empty_ = false;
};

}  // namespace callgate::scenarios::http
