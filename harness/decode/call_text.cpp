#include "harness/decode/call_text.h"

#include "harness/decode/names.h"
#include "harness/decode/signatures.h"
#include "harness/decode/values.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/audit.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::decode {

namespace {

constexpr std::uint64_t kExitSignalMask = 0xff;  // CSIGNAL, linux/sched.h

/// Renders the arguments of one call, first to last.
class Renderer {
public:
    Renderer(const model::Call& call, const TaskView& task)
        : call_{call}, task_{task}, name_{model::syscall_name(call.audit_arch, call.nr)}, audit_arch_{call.audit_arch} {
        const bool x32 = model::arch_of_call(call.audit_arch, call.nr) != model::Arch{call.audit_arch};
        narrow_ = (call.audit_arch & __AUDIT_ARCH_64BIT) == 0;
        layout_.word = narrow_ ? 4 : 8;
        layout_.pointer = narrow_ || x32 ? 4 : 8;
        const bool arm = call.audit_arch == AUDIT_ARCH_ARM || call.audit_arch == AUDIT_ARCH_AARCH64;
        if (arm) layout_.open_flags = &kOpenFlagsArm;
        // A 32-bit call has 32-bit registers, whatever the 64-bit ones they stand in hold above.
        std::transform(call.args.begin(), call.args.end(), registers_.begin(),
                       [&](std::uint64_t value) { return narrow_ ? value & UINT32_MAX : value; });
    }

    /// Of the arguments that arguments() went through; as filterable_arguments().
    [[nodiscard]] std::uint8_t filterable() const { return filterable_; }

    std::string text() {
        std::string all;
        for (const auto& argument : arguments()) {
            if (!all.empty()) all += ", ";
            if (!argument.label.empty()) all += fmt::format("{}=", argument.label);
            all += argument.text;
        }
        return fmt::format("{}({})", name_, all);
    }

    std::vector<ArgumentText> arguments() {
        if (const auto* signature = signature_of(call_)) {
            render(signature->arguments);
        } else {
            for (const auto value : registers_) add(next_++, {}, fmt::format("{:#x}", value), false);
        }
        return std::move(shown_);
    }

private:
    void render(std::span<const Argument> arguments) {
        for (std::size_t i = 0; i < arguments.size() && arguments[i].kind != Kind::none; ++i) {
            const auto& argument = arguments[i];
            if (argument.when != 0 && (flags_ & argument.when) == 0) {
                next();
                continue;
            }
            const auto first = next_;
            const bool filterable = first < registers_.size() && is_filterable(argument, peek() & UINT32_MAX);
            if (filterable) filterable_ |= static_cast<std::uint8_t>(1U << first);
            if (argument.kind == Kind::selector) {
                const auto* chosen = render_selector(argument);
                if (chosen == nullptr) continue;
                const auto outer = std::exchange(selector_, first);
                render(chosen->rest);
                selector_ = outer;
                if (!argument.variants->continues) return;
                i += static_cast<std::size_t>(std::count_if(chosen->rest.begin(), chosen->rest.end(),
                                                            [](const Argument& a) { return a.kind != Kind::none; }));
            } else {
                add(first, argument.label, value_text(argument), filterable);
            }
        }
    }

    static bool is_filterable(const Argument& argument, std::uint64_t value) {
        switch (argument.kind) {
            case Kind::mode:
            case Kind::flags:
            case Kind::wide_flags:
            case Kind::flags_mode:
            case Kind::open_flags:
            case Kind::clone_flags:
            case Kind::selector:
            case Kind::signal:
                return true;
            case Kind::choice:
                // Keys are given out as a program runs, but for those that have a name.
                return (argument.table != &kKeySpecials && argument.table != &kIpcKeys) ||
                       !name_of(*argument.table, value).empty();
            default:
                return false;
        }
    }

    /// What the value says of the arguments after it; null where it says nothing.
    const Variant* render_selector(const Argument& argument) {
        const auto& variants = *argument.variants;
        const auto first = next_;
        const auto value = next() & UINT32_MAX;
        std::uint64_t bits = 0;
        if (variants.bits != nullptr) {
            for (const auto& bit : variants.bits->names) bits |= value & bit.value;
        }
        const auto found = std::find_if(variants.options.begin(), variants.options.end(),
                                        [&](const Variant& variant) { return variant.value == (value & ~bits); });
        if (found == variants.options.end()) {
            add(first, argument.label,
                variants.others != nullptr ? choice_text(*variants.others, value) : hex_text(value), true);
            return nullptr;
        }
        add(first, argument.label,
            bits == 0 ? std::string{found->text} : fmt::format("{}|{}", found->text, flags_text(*variants.bits, bits)),
            true);
        return &*found;
    }

    std::string value_text(const Argument& argument) {
        if (argument.kind == Kind::offset) return fmt::format("{}", static_cast<std::int64_t>(long_long()));
        if (argument.kind == Kind::offset_halves) {
            const auto low = next();
            const auto high = next();
            return fmt::format("{}", static_cast<std::int64_t>(narrow_ ? low | high << 32U : low));
        }
        const auto value = next();
        const auto low = value & UINT32_MAX;
        const auto number = static_cast<std::int32_t>(value);
        switch (argument.kind) {
            case Kind::fd:
                return descriptor_text(number, task_);
            case Kind::dirfd:
                return number == AT_FDCWD ? "AT_FDCWD" : descriptor_text(number, task_);
            case Kind::string:
                return string_at(value, task_);
            case Kind::strings:
                return strings_at(value, task_, layout_);
            case Kind::mode:
                return octal_text(low);
            case Kind::flags:
                return flags_text(*argument.table, flags_ = low);
            case Kind::wide_flags:
                return flags_text(*argument.table, flags_ = value);
            case Kind::flags_mode:
                return flags_text(*argument.table, flags_ = low, Rest::octal);
            case Kind::open_flags:
                return flags_text(*layout_.open_flags, flags_ = low);
            case Kind::clone_flags:
                return clone_flags_text(flags_ = low);
            case Kind::choice:
                return choice_text(*argument.table, low);
            case Kind::signal:
                return signal_text(low);
            case Kind::sockaddr:
                return socket_address_at(value, peek(), task_);
            case Kind::clone_args:
                return clone_args_at(value, peek(), task_);
            case Kind::open_how:
                return open_how_at(value, peek(), task_, layout_);
            case Kind::timespec:
                return word_pair_at(value, "tv_sec", "tv_nsec", task_, struct_word());
            case Kind::timespec64:
                return word_pair_at(value, "tv_sec", "tv_nsec", task_, 8);
            case Kind::timeval:
                return word_pair_at(value, "tv_sec", "tv_usec", task_, struct_word());
            case Kind::rlimit:
                return rlimit_at(value, task_, struct_word());
            case Kind::int_at:
                return int_at(value, task_);
            case Kind::integer:
                return fmt::format("{}", number);
            case Kind::id:
                return number == -1 ? "-1" : fmt::format("{}", low);
            case Kind::size:
                return fmt::format("{}", value);
            case Kind::number:
                return narrow_ ? fmt::format("{}", number) : fmt::format("{}", static_cast<std::int64_t>(value));
            case Kind::device:
                // new_decode_dev(), include/linux/kdev_t.h
                return fmt::format("makedev({}, {})", (low & 0xfff00U) >> 8U,
                                   (low & 0xffU) | ((low >> 12U) & 0xfff00U));
            case Kind::hex:
                return hex_text(value);
            case Kind::pointer:
                return pointer_text(value);
            case Kind::none:
            case Kind::selector:
            case Kind::offset:
            case Kind::offset_halves:
                break;  // dealt with before
        }
        return hex_text(value);
    }

    static std::string clone_flags_text(std::uint64_t value) {
        const auto signal = value & kExitSignalMask;
        if (signal == 0) return flags_text(kCloneFlags, value);
        if (signal == value) return signal_text(signal);
        return fmt::format("{}|{}", flags_text(kCloneFlags, value & ~kExitSignalMask), signal_text(signal));
    }

    /// Names that end in 64 (futex_time64, prlimit64) have 64-bit words in their structures everywhere.
    [[nodiscard]] std::size_t struct_word() const { return name_.ends_with("64") ? 8 : layout_.word; }

    std::uint64_t long_long() {
        if (!narrow_) return next();
        // "syscall(2), Architecture-specific requirements": arm keeps 64-bit values in even pairs.
        if (audit_arch_ == AUDIT_ARCH_ARM && next_ % 2 != 0) next();
        const auto low = next();
        return low | next() << 32U;
    }

    std::uint64_t next() { return next_ < registers_.size() ? registers_[next_++] : 0; }
    [[nodiscard]] std::uint64_t peek() const { return next_ < registers_.size() ? registers_[next_] : 0; }

    /// The argument that was read from the registers `first` to next_.
    void add(std::size_t first, std::string_view label, std::string text, bool filterable) {
        const auto last = std::max(next_, first + 1) - 1;
        shown_.push_back(
            {static_cast<unsigned>(first), static_cast<unsigned>(last), label, std::move(text), filterable, selector_});
    }

    const model::Call& call_;
    const TaskView& task_;
    std::string name_;
    std::uint32_t audit_arch_;
    bool narrow_ = false;
    Layout layout_;
    std::array<std::uint64_t, 6> registers_{};
    std::size_t next_ = 0;
    std::uint64_t flags_ = 0;  // of the last flags argument, for Argument::when
    std::uint8_t filterable_ = 0;
    std::optional<std::size_t> selector_;  // the register whose value says what is being rendered
    std::vector<ArgumentText> shown_;
};

}  // namespace

std::string call_text(const model::Call& call, const TaskView& task) {
    return Renderer{call, task}.text();
}

std::vector<ArgumentText> argument_texts(const model::Call& call, const TaskView& task) {
    return Renderer{call, task}.arguments();
}

std::uint8_t filterable_arguments(const model::Call& call) {
    const NoTask nobody;
    Renderer renderer{call, nobody};
    (void)renderer.arguments();
    return renderer.filterable();
}

}  // namespace callgate::decode
