#pragma once

#include "harness/decode/names.h"
#include "harness/model/call.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace callgate::decode {

/// How an argument is shown. Where a width is said, higher bits of the register are not: the kernel ignores them.
enum class Kind : std::uint8_t {
    none,           ///< no argument: the list ends
    fd,             ///< "5 <socket:[123]>", 32 bits
    dirfd,          ///< as fd, or "AT_FDCWD"
    string,         ///< "\"…\"", read from the task
    strings,        ///< a null-terminated array of them
    mode,           ///< octal, 32 bits
    flags,          ///< `table`, 32 bits
    wide_flags,     ///< `table`, the whole register
    flags_mode,     ///< `table`, and the rest in octal
    open_flags,     ///< O_RDONLY…, which architectures number differently
    clone_flags,    ///< CLONE_… and the exit signal in the lowest byte
    choice,         ///< `table`, 32 bits
    selector,       ///< `variants`: a choice that says what the arguments after it are
    signal,         ///< "SIGHUP", else decimal
    sockaddr,       ///< read from the task; the next argument is its length
    clone_args,     ///< struct clone_args, as sockaddr
    open_how,       ///< struct open_how, as sockaddr
    timespec,       ///< read from the task; of 64-bit words in calls whose name ends in 64
    timespec64,     ///< of 64-bit words everywhere
    timeval,        ///< read from the task
    rlimit,         ///< read from the task
    int_at,         ///< "[5]", an int read from the task
    integer,        ///< signed decimal, 32 bits
    id,             ///< unsigned decimal, 32 bits; -1 for "leave it"
    size,           ///< unsigned decimal
    number,         ///< signed decimal, the whole register
    offset,         ///< signed decimal of 64 bits; takes two registers, a pair on arm, where registers have 32
    offset_halves,  ///< as offset, but low and high half are two registers everywhere (preadv)
    device,         ///< "makedev(1, 3)"
    hex,
    pointer,  ///< "0x7f…" or "NULL"
};

struct Variants;

struct Argument {
    Kind kind = Kind::none;
    const Table* table = nullptr;
    const Variants* variants = nullptr;
    std::string_view label{};  ///< shown before the value: "flags=…"
    std::uint64_t when = 0;    ///< shown only if the flags argument before it has one of these bits; 0: always
};

/// One value of a selector, and the arguments that then follow in place of those of the signature.
struct Variant {
    std::uint64_t value = 0;
    std::string_view text;
    std::array<Argument, 4> rest{};
};

struct Variants {
    std::span<const Variant> options;
    const Table* others = nullptr;  ///< names of the values after which the arguments are as the signature says
    const Table* bits = nullptr;    ///< flags that may be set besides the value
    bool continues = false;         ///< true: `rest` takes the place of as many arguments; those behind them stay
};

/// On which architectures a signature holds; the first that fits a call is taken.
enum class Abi : std::uint8_t { any, x86_64, i386, bits32 };

struct Signature {
    std::string_view name;
    std::array<Argument, 6> arguments{};
    Abi abi = Abi::any;
};

/// signatures.cpp: what is known of system calls.
std::span<const Signature> signatures();

/// The call's own signature, or that of the call whose wider version it is (chown32, stat64, futex_time64); null for a
/// call that is not known.
const Signature* signature_of(const model::Call& call);

constexpr Argument flags(const Table& table) {
    return {.kind = Kind::flags, .table = &table};
}
constexpr Argument wide_flags(const Table& table) {
    return {.kind = Kind::wide_flags, .table = &table};
}
constexpr Argument flags_mode(const Table& table) {
    return {.kind = Kind::flags_mode, .table = &table};
}
constexpr Argument choice(const Table& table) {
    return {.kind = Kind::choice, .table = &table};
}
constexpr Argument selector(const Variants& variants) {
    return {.kind = Kind::selector, .variants = &variants};
}
constexpr Argument labelled(std::string_view label, Argument argument) {
    argument.label = label;
    return argument;
}
constexpr Argument only_with(std::uint64_t bits, Argument argument) {
    argument.when = bits;
    return argument;
}

constexpr Argument kFd{.kind = Kind::fd};
constexpr Argument kDirfd{.kind = Kind::dirfd};
constexpr Argument kString{.kind = Kind::string};
constexpr Argument kStrings{.kind = Kind::strings};
constexpr Argument kMode{.kind = Kind::mode};
constexpr Argument kOpen{.kind = Kind::open_flags};
/// A mode that counts only with O_CREAT or O_TMPFILE (open(2)).
constexpr Argument kCreateMode = only_with(020000100, kMode);
constexpr Argument kSignal{.kind = Kind::signal};
constexpr Argument kSockaddr{.kind = Kind::sockaddr};
constexpr Argument kTimespec{.kind = Kind::timespec};
constexpr Argument kTimeval{.kind = Kind::timeval};
constexpr Argument kRlimit{.kind = Kind::rlimit};
constexpr Argument kIntAt{.kind = Kind::int_at};
constexpr Argument kInt{.kind = Kind::integer};
constexpr Argument kId{.kind = Kind::id};
constexpr Argument kSize{.kind = Kind::size};
constexpr Argument kNumber{.kind = Kind::number};
constexpr Argument kOffset{.kind = Kind::offset};
constexpr Argument kHalves{.kind = Kind::offset_halves};
constexpr Argument kDevice{.kind = Kind::device};
constexpr Argument kHex{.kind = Kind::hex};
constexpr Argument kPointer{.kind = Kind::pointer};

// variants.cpp
extern const Variants kPrctlOptions;
extern const Variants kFcntlCommands;
extern const Variants kFutexOperations;
extern const Variants kKeyOperations;
extern const Variants kPtraceRequests;
extern const Variants kSeccompOperations;
extern const Variants kSocketDomainVariants;
extern const Variants kSocketLevelVariants;

}  // namespace callgate::decode
