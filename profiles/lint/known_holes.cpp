#include "profiles/lint/known_holes.h"

#include <algorithm>
#include <iterator>

// Only holes whose entry in the National Vulnerability Database (nvd.nist.gov) names the call or the code behind it.

namespace callgate::profiles {

namespace {

struct Hole {
    std::string_view syscall;
    std::uint64_t value;
    std::string_view cves;
};

constexpr std::uint64_t kNewUser = 0x1000'0000;

constexpr Hole kHoles[] = {
    {"bpf", 0, "CVE-2017-16995, CVE-2020-8835, CVE-2021-3490 (the verifier)"},
    {"clone", kNewUser, "CVE-2013-1858 (with CLONE_FS)"},
    {"fsconfig", 0, "CVE-2022-0185 (length of a parameter)"},
    {"io_uring_setup", 0, "CVE-2021-41073, CVE-2022-2602, CVE-2022-29582"},
    {"ioctl", 0x5412, "CVE-2017-5226 (bubblewrap), CVE-2019-7303 (snapd), CVE-2019-10063 (Flatpak)"},
    {"ioctl", 0x541c, "CVE-2023-28100 (Flatpak)"},
    {"keyctl", 0, "CVE-2016-0728 (reference count)"},
    {"mount", 0, "CVE-2022-0492 (release_agent of cgroups), CVE-2023-0386 (overlayfs)"},
    {"move_pages", 0, "CVE-2010-0415"},
    {"perf_event_open", 0, "CVE-2013-2094"},
    {"ptrace", 0, "CVE-2019-13272 (PTRACE_TRACEME)"},
    {"socket", 17, "CVE-2016-8655, CVE-2017-7308, CVE-2020-14386"},
    {"socket", 21, "CVE-2010-3904"},
    {"socket", 30, "CVE-2021-43267"},
    {"socket", 40, "CVE-2021-26708"},
    {"unshare", kNewUser, "CVE-2022-0185, CVE-2022-0492 (by what it opens)"},
    {"uselib", 0, "CVE-2004-1235"},
    {"vmsplice", 0, "CVE-2008-0600"},
};

}  // namespace

std::string_view known_holes(std::string_view syscall, std::uint64_t value) {
    const auto* found = std::find_if(std::begin(kHoles), std::end(kHoles),
                                     [&](const Hole& hole) { return hole.syscall == syscall && hole.value == value; });
    return found == std::end(kHoles) ? std::string_view{} : found->cves;
}

}  // namespace callgate::profiles
