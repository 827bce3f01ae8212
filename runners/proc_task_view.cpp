#include "runners/proc_task_view.h"

#include <fmt/format.h>

#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>

namespace callgate::runners {

namespace {

/// No page is smaller, and borders of 4 KiB are borders enough where pages are larger.
constexpr std::uint64_t kPage = 4096;
/// No argument is worth more (a string and a structure are bytes to hundreds); what is asked beyond is not read.
constexpr std::size_t kMostBytes = std::size_t{64} * 1024;

/// The bytes [address, address + out.size()) of one page; false when they cannot be read.
bool read_page(pid_t tid, std::uint64_t address, std::span<char> out) {
    const iovec local{out.data(), out.size()};
    const iovec remote{reinterpret_cast<void*>(address), out.size()};  // an address of the task's, not of ours
    return ::process_vm_readv(tid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(out.size());
}

}  // namespace

std::string ProcTaskView::read(std::uint64_t address, std::size_t size) const {
    const auto last = std::numeric_limits<std::uint64_t>::max() - address;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>({size, kMostBytes, last}));
    std::string out(wanted, '\0');
    std::size_t got = 0;
    // A part that is not mapped fails the whole of one element (process_vm_readv(2)), so each page is asked for alone.
    while (got < wanted) {
        const auto at = address + got;
        const auto chunk = std::min<std::size_t>(wanted - got, static_cast<std::size_t>(kPage - at % kPage));
        if (!read_page(tid_, at, std::span{out}.subspan(got, chunk))) break;
        got += chunk;
    }
    out.resize(got);
    return out;
}

std::string ProcTaskView::descriptor(int fd) const {
    if (fd < 0) return {};
    std::array<char, PATH_MAX> target{};
    const auto length = ::readlink(fmt::format("/proc/{}/fd/{}", tid_, fd).c_str(), target.data(), target.size());
    return length <= 0 ? std::string{} : std::string{target.data(), static_cast<std::size_t>(length)};
}

}  // namespace callgate::runners
