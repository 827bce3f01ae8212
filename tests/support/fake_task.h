#pragma once

#include "harness/core/result.h"
#include "harness/decode/task_view.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::tests {

/// A task whose memory is what a test put there; a region that ends is followed by unmapped memory.
class FakeTask final : public decode::TaskView {
public:
    FakeTask& put(std::uint64_t address, std::string bytes) {
        memory_[address] = std::move(bytes);
        return *this;
    }
    FakeTask& text(std::uint64_t address, std::string_view text) { return put(address, std::string{text} + '\0'); }
    FakeTask& open(int fd, std::string target) {
        descriptors_[fd] = std::move(target);
        return *this;
    }

    [[nodiscard]] std::string read(std::uint64_t address, std::size_t size) const override {
        auto region = memory_.upper_bound(address);
        if (region == memory_.begin()) return {};
        --region;
        const auto offset = address - region->first;
        return offset >= region->second.size() ? std::string{} : region->second.substr(offset, size);
    }
    [[nodiscard]] std::string descriptor(int fd) const override {
        const auto found = descriptors_.find(fd);
        return found == descriptors_.end() ? std::string{} : found->second;
    }

private:
    std::map<std::uint64_t, std::string> memory_;
    std::map<int, std::string> descriptors_;
};

/// The bytes of numbers, one after another, as they stand in memory.
template <typename... Numbers>
std::string bytes(Numbers... numbers) {
    std::string out;
    const auto add = [&](auto number) {
        std::array<char, sizeof number> raw{};
        std::memcpy(raw.data(), &number, sizeof number);
        out.append(raw.data(), raw.size());
    };
    (add(numbers), ...);
    return out;
}

inline model::Arch arch(std::string_view short_name) {
    const auto all = model::known_archs();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const model::ArchInfo& info) { return info.short_name == short_name; });
    core::ensure(found != all.end(), "the test names an architecture that exists");
    return found->arch;
}

/// A call by name on an architecture; registers that are not given hold rubbish, as a task's do.
inline model::Call call(const std::string& name, std::vector<std::uint64_t> args, std::string_view on = "x86_64") {
    constexpr std::uint64_t kRubbish = 0xdeadbeefcafe;
    const auto nr = model::syscall_number(arch(on), name);
    core::ensure(nr.has_value(), "the test names a call that exists");
    model::Call call{.nr = *nr, .audit_arch = model::audit_arch(arch(on))};
    call.args.fill(kRubbish);
    std::copy(args.begin(), args.end(), call.args.begin());
    return call;
}

/// A negative number as a register holds it after sign extension.
constexpr std::uint64_t minus(std::int64_t number) {
    return std::bit_cast<std::uint64_t>(-number);
}

}  // namespace callgate::tests
