#include "harness/decode/values.h"

#include "harness/core/printable.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace callgate::decode {

namespace {

constexpr std::size_t kMostText = 256;
constexpr std::size_t kMostStrings = 8;
constexpr std::size_t kLongestUtf8 = 4;

/// A structure from the front of `bytes`; what they do not cover is zero, as in the kernel's own extensible structures.
template <typename T>
T from_bytes(std::string_view bytes) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

/// The signed word at the front of `bytes`.
std::int64_t word_from(std::string_view bytes, std::size_t word) {
    return word == 4 ? from_bytes<std::int32_t>(bytes) : from_bytes<std::int64_t>(bytes);
}

/// The address, or unsigned word, at the front of `bytes`.
std::uint64_t pointer_from(std::string_view bytes, std::size_t size) {
    return size == 4 ? from_bytes<std::uint32_t>(bytes) : from_bytes<std::uint64_t>(bytes);
}

/// At most `limit` bytes, not ending within a character.
std::string_view head(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    for (std::size_t cut = limit; cut + kLongestUtf8 > limit; --cut) {
        if ((static_cast<unsigned char>(text[cut]) & 0xC0U) != 0x80U) return text.substr(0, cut);
    }
    return text.substr(0, limit);  // not UTF-8: any border is as good
}

/// printable() with what it would make ambiguous escaped first.
std::string escaped(std::string_view text, std::string_view also) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || also.find(c) != std::string_view::npos) {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else {
            out += c;
        }
    }
    return core::printable(out);
}

std::string unix_address(std::string_view path) {
    if (path.empty()) return "{AF_UNIX}";
    // A name that begins with NUL is abstract, and every byte of it counts (unix(7)).
    if (path.front() == '\0') return fmt::format("{{AF_UNIX, @{}}}", quoted(path.substr(1)));
    return fmt::format("{{AF_UNIX, {}}}", quoted(path.substr(0, path.find('\0'))));
}

std::string inet_address(const sockaddr_in& address) {
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    return fmt::format("{{AF_INET, {}:{}}}", text.data(), ntohs(address.sin_port));
}

std::string inet6_address(const sockaddr_in6& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    const auto scope = address.sin6_scope_id == 0 ? std::string{} : fmt::format("%{}", address.sin6_scope_id);
    return fmt::format("{{AF_INET6, [{}{}]:{}}}", text.data(), scope, ntohs(address.sin6_port));
}

}  // namespace

std::string quoted(std::string_view text, bool cut) {
    const auto shown = head(text, kMostText);
    return fmt::format("\"{}\"{}", escaped(shown, "\""), cut || shown.size() < text.size() ? "…" : "");
}

std::string pointer_text(std::uint64_t address) {
    return address == 0 ? "NULL" : fmt::format("{:#x}", address);
}

std::string signal_text(std::uint64_t number) {
    const auto name = name_of(kSignals, number);
    return name.empty() ? fmt::format("{}", static_cast<std::int32_t>(number)) : std::string{name};
}

std::string descriptor_text(int fd, const TaskView& task) {
    const auto target = fd < 0 ? std::string{} : task.descriptor(fd);
    if (target.empty()) return fmt::format("{}", fd);
    const auto shown = head(target, kMostText);
    return fmt::format("{} <{}{}>", fd, escaped(shown, "<>"), shown.size() < target.size() ? "…" : "");
}

std::string string_at(std::uint64_t address, const TaskView& task) {
    if (address == 0) return "NULL";
    const auto bytes = task.read(address, kMostText + 1);
    if (bytes.empty()) return pointer_text(address);
    const auto end = bytes.find('\0');
    return end == std::string::npos ? quoted(bytes, true) : quoted(std::string_view{bytes}.substr(0, end));
}

std::string strings_at(std::uint64_t address, const TaskView& task, const Layout& layout) {
    if (address == 0) return "NULL";
    const auto bytes = task.read(address, (kMostStrings + 1) * layout.pointer);
    if (bytes.size() < layout.pointer) return pointer_text(address);
    std::string out;
    std::size_t count = 0;
    bool ended = false;
    for (std::size_t at = 0; !ended && at + layout.pointer <= bytes.size() && count <= kMostStrings;
         at += layout.pointer) {
        const auto pointer = pointer_from(std::string_view{bytes}.substr(at), layout.pointer);
        ended = pointer == 0;
        if (ended || ++count > kMostStrings) break;
        out += (out.empty() ? "" : ", ") + string_at(pointer, task);
    }
    if (!ended) out += out.empty() ? "…" : ", …";
    return fmt::format("[{}]", out);
}

std::string socket_address_at(std::uint64_t address, std::uint64_t length, const TaskView& task) {
    const auto claimed = static_cast<std::int32_t>(length);
    if (address == 0 || claimed < static_cast<std::int32_t>(sizeof(sa_family_t))) return pointer_text(address);
    const auto wanted = std::min(static_cast<std::size_t>(claimed), sizeof(sockaddr_storage));
    const auto bytes = task.read(address, wanted);
    if (bytes.size() < wanted) return pointer_text(address);

    const auto family = from_bytes<sa_family_t>(bytes);
    switch (family) {
        case AF_UNIX:
            return unix_address(std::string_view{bytes}.substr(sizeof family, sizeof(sockaddr_un::sun_path)));
        case AF_INET:
            if (wanted >= sizeof(sockaddr_in)) return inet_address(from_bytes<sockaddr_in>(bytes));
            break;
        case AF_INET6:
            // The scope is younger than the rest: the kernel takes 24 bytes too (net/ipv6/af_inet6.c,
            // SIN6_LEN_RFC2133).
            if (wanted >= offsetof(sockaddr_in6, sin6_scope_id)) {
                return inet6_address(from_bytes<sockaddr_in6>(bytes));
            }
            break;
        case AF_NETLINK:
            if (wanted >= sizeof(sockaddr_nl)) {
                const auto netlink = from_bytes<sockaddr_nl>(bytes);
                return fmt::format("{{AF_NETLINK, pid={}, groups={}}}", netlink.nl_pid, hex_text(netlink.nl_groups));
            }
            break;
        case AF_VSOCK:
            if (wanted >= sizeof(sockaddr_vm)) {
                const auto vsock = from_bytes<sockaddr_vm>(bytes);
                return fmt::format("{{AF_VSOCK, cid={}, port={}}}", vsock.svm_cid, vsock.svm_port);
            }
            break;
        default:
            break;
    }
    return fmt::format("{{{}}}", choice_text(kSocketDomains, family));
}

std::string clone_args_at(std::uint64_t address, std::uint64_t length, const TaskView& task) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, sizeof(clone_args)));
    const auto bytes = task.read(address, wanted);
    // The first published structure; the kernel takes no shorter one (clone3, CLONE_ARGS_SIZE_VER0).
    if (address == 0 || bytes.size() < wanted || wanted < CLONE_ARGS_SIZE_VER0) return pointer_text(address);

    const auto args = from_bytes<clone_args>(bytes);
    auto out = fmt::format("{{flags={}", flags_text(kClone3Flags, args.flags));
    if (args.exit_signal != 0) out += fmt::format(", exit_signal={}", signal_text(args.exit_signal));
    if (args.stack != 0) out += fmt::format(", stack={}", pointer_text(args.stack));
    if (args.stack_size != 0) out += fmt::format(", stack_size={}", args.stack_size);
    if (args.set_tid_size != 0) out += fmt::format(", set_tid_size={}", args.set_tid_size);
    if ((args.flags & CLONE_INTO_CGROUP) != 0) {
        out += fmt::format(", cgroup={}", descriptor_text(static_cast<int>(args.cgroup), task));
    }
    return out + "}";
}

std::string open_how_at(std::uint64_t address, std::uint64_t length, const TaskView& task, const Layout& layout) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, sizeof(open_how)));
    const auto bytes = task.read(address, wanted);
    if (address == 0 || bytes.size() < wanted || wanted < sizeof(open_how)) return pointer_text(address);

    const auto how = from_bytes<open_how>(bytes);
    auto out = fmt::format("{{flags={}", flags_text(*layout.open_flags, how.flags));
    if (how.mode != 0) out += fmt::format(", mode={}", octal_text(how.mode));
    if (how.resolve != 0) out += fmt::format(", resolve={}", flags_text(kResolveFlags, how.resolve));
    return out + "}";
}

std::string word_pair_at(std::uint64_t address, std::string_view first, std::string_view second, const TaskView& task,
                         std::size_t word) {
    const auto bytes = address == 0 ? std::string{} : task.read(address, 2 * word);
    if (bytes.size() < 2 * word) return pointer_text(address);
    return fmt::format("{{{}={}, {}={}}}", first, word_from(bytes, word), second,
                       word_from(std::string_view{bytes}.substr(word), word));
}

std::string rlimit_at(std::uint64_t address, const TaskView& task, std::size_t word) {
    const auto bytes = address == 0 ? std::string{} : task.read(address, 2 * word);
    if (bytes.size() < 2 * word) return pointer_text(address);
    const auto limit = [&](std::size_t at) {
        const auto value = pointer_from(std::string_view{bytes}.substr(at), word);
        const bool infinite = value == (word == 4 ? UINT32_MAX : UINT64_MAX);
        return infinite ? std::string{"RLIM_INFINITY"} : fmt::format("{}", value);
    };
    return fmt::format("{{rlim_cur={}, rlim_max={}}}", limit(0), limit(word));
}

std::string int_at(std::uint64_t address, const TaskView& task) {
    const auto bytes = address == 0 ? std::string{} : task.read(address, sizeof(std::int32_t));
    if (bytes.size() < sizeof(std::int32_t)) return pointer_text(address);
    return fmt::format("[{}]", from_bytes<std::int32_t>(bytes));
}

}  // namespace callgate::decode
