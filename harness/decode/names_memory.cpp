#include "harness/decode/names.h"

#include <linux/membarrier.h>
#include <linux/memfd.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>

// By value: what only some architectures' headers have, and what is younger than Linux 5.15.

namespace callgate::decode {

namespace {

constexpr std::uint64_t kMapTypeMask = 0xf;
constexpr std::uint64_t kHugeMask = std::uint64_t{0x3f} << 26U;

constexpr std::uint64_t huge(unsigned shift) {
    return std::uint64_t{shift} << 26U;
}

constexpr Name kProtectionNames[] = {
    {PROT_NONE, "PROT_NONE", ~std::uint64_t{0}},
    {PROT_READ, "PROT_READ"},
    {PROT_WRITE, "PROT_WRITE"},
    {PROT_EXEC, "PROT_EXEC"},
    {0x8, "PROT_SEM"},
    // aarch64, arch/arm64/include/uapi/asm/mman.h
    {0x10, "PROT_BTI"},
    {0x20, "PROT_MTE"},
    {PROT_GROWSDOWN, "PROT_GROWSDOWN"},
    {PROT_GROWSUP, "PROT_GROWSUP"},
};
constexpr Name kMapFlagNames[] = {{0x1, "MAP_SHARED", kMapTypeMask},
                                  {0x2, "MAP_PRIVATE", kMapTypeMask},
                                  {0x3, "MAP_SHARED_VALIDATE", kMapTypeMask},
                                  {MAP_FIXED, "MAP_FIXED"},
                                  {MAP_ANONYMOUS, "MAP_ANONYMOUS"},
                                  // x86, arch/x86/include/uapi/asm/mman.h
                                  {0x40, "MAP_32BIT"},
                                  {0x80, "MAP_ABOVE4G"},
                                  {MAP_GROWSDOWN, "MAP_GROWSDOWN"},
                                  {MAP_DENYWRITE, "MAP_DENYWRITE"},
                                  {MAP_EXECUTABLE, "MAP_EXECUTABLE"},
                                  {MAP_LOCKED, "MAP_LOCKED"},
                                  {MAP_NORESERVE, "MAP_NORESERVE"},
                                  {MAP_POPULATE, "MAP_POPULATE"},
                                  {MAP_NONBLOCK, "MAP_NONBLOCK"},
                                  {MAP_STACK, "MAP_STACK"},
                                  {MAP_HUGETLB, "MAP_HUGETLB"},
                                  {MAP_SYNC, "MAP_SYNC"},
                                  {MAP_FIXED_NOREPLACE, "MAP_FIXED_NOREPLACE"},
                                  {huge(16), "MAP_HUGE_64KB", kHugeMask},
                                  {huge(21), "MAP_HUGE_2MB", kHugeMask},
                                  {huge(25), "MAP_HUGE_32MB", kHugeMask},
                                  {huge(29), "MAP_HUGE_512MB", kHugeMask},
                                  {huge(30), "MAP_HUGE_1GB", kHugeMask}};
constexpr Name kRemapFlagNames[] = {
    {MREMAP_MAYMOVE, "MREMAP_MAYMOVE"}, {MREMAP_FIXED, "MREMAP_FIXED"}, {0x4, "MREMAP_DONTUNMAP"}};
constexpr Name kSyncFlagNames[] = {
    {MS_ASYNC, "MS_ASYNC"},
    {MS_INVALIDATE, "MS_INVALIDATE"},
    {MS_SYNC, "MS_SYNC"},
};
constexpr Name kMemoryAdviceNames[] = {{MADV_NORMAL, "MADV_NORMAL"},
                                       {MADV_RANDOM, "MADV_RANDOM"},
                                       {MADV_SEQUENTIAL, "MADV_SEQUENTIAL"},
                                       {MADV_WILLNEED, "MADV_WILLNEED"},
                                       {MADV_DONTNEED, "MADV_DONTNEED"},
                                       {MADV_FREE, "MADV_FREE"},
                                       {MADV_REMOVE, "MADV_REMOVE"},
                                       {MADV_DONTFORK, "MADV_DONTFORK"},
                                       {MADV_DOFORK, "MADV_DOFORK"},
                                       {MADV_MERGEABLE, "MADV_MERGEABLE"},
                                       {MADV_UNMERGEABLE, "MADV_UNMERGEABLE"},
                                       {MADV_HUGEPAGE, "MADV_HUGEPAGE"},
                                       {MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE"},
                                       {MADV_DONTDUMP, "MADV_DONTDUMP"},
                                       {MADV_DODUMP, "MADV_DODUMP"},
                                       {MADV_WIPEONFORK, "MADV_WIPEONFORK"},
                                       {MADV_KEEPONFORK, "MADV_KEEPONFORK"},
                                       {MADV_COLD, "MADV_COLD"},
                                       {MADV_PAGEOUT, "MADV_PAGEOUT"},
                                       // since Linux 5.14, 5.18, 6.1, 6.13: include/uapi/asm-generic/mman-common.h
                                       {22, "MADV_POPULATE_READ"},
                                       {23, "MADV_POPULATE_WRITE"},
                                       {24, "MADV_DONTNEED_LOCKED"},
                                       {25, "MADV_COLLAPSE"},
                                       {102, "MADV_GUARD_INSTALL"},
                                       {103, "MADV_GUARD_REMOVE"},
                                       {MADV_HWPOISON, "MADV_HWPOISON"},
                                       {101, "MADV_SOFT_OFFLINE"}};
constexpr Name kLockAllFlagNames[] = {
    {MCL_CURRENT, "MCL_CURRENT"},
    {MCL_FUTURE, "MCL_FUTURE"},
    {MCL_ONFAULT, "MCL_ONFAULT"},
};
constexpr Name kLockFlagNames[] = {{0x1, "MLOCK_ONFAULT"}};
constexpr Name kMemfdFlagNames[] = {{MFD_CLOEXEC, "MFD_CLOEXEC"},
                                    {MFD_ALLOW_SEALING, "MFD_ALLOW_SEALING"},
                                    {MFD_HUGETLB, "MFD_HUGETLB"},
                                    // since Linux 6.3, include/uapi/linux/memfd.h
                                    {0x8, "MFD_NOEXEC_SEAL"},
                                    {0x10, "MFD_EXEC"},
                                    {huge(21), "MFD_HUGE_2MB", kHugeMask},
                                    {huge(30), "MFD_HUGE_1GB", kHugeMask}};
constexpr Name kPkeyRightNames[] = {{0x1, "PKEY_DISABLE_ACCESS"}, {0x2, "PKEY_DISABLE_WRITE"}};
constexpr std::uint64_t kPolicyMask = 0xfff;
constexpr Name kMemoryPolicyNames[] = {
    {0, "MPOL_DEFAULT", kPolicyMask},
    {1, "MPOL_PREFERRED", kPolicyMask},
    {2, "MPOL_BIND", kPolicyMask},
    {3, "MPOL_INTERLEAVE", kPolicyMask},
    {4, "MPOL_LOCAL", kPolicyMask},
    {5, "MPOL_PREFERRED_MANY", kPolicyMask},
    // since Linux 6.9
    {6, "MPOL_WEIGHTED_INTERLEAVE", kPolicyMask},
    {MPOL_F_STATIC_NODES, "MPOL_F_STATIC_NODES"},
    {MPOL_F_RELATIVE_NODES, "MPOL_F_RELATIVE_NODES"},
    {MPOL_F_NUMA_BALANCING, "MPOL_F_NUMA_BALANCING"},
};
constexpr Name kBindFlagNames[] = {
    {MPOL_MF_STRICT, "MPOL_MF_STRICT"},
    {MPOL_MF_MOVE, "MPOL_MF_MOVE"},
    {MPOL_MF_MOVE_ALL, "MPOL_MF_MOVE_ALL"},
};
constexpr Name kGetPolicyFlagNames[] = {
    {MPOL_F_NODE, "MPOL_F_NODE"},
    {MPOL_F_ADDR, "MPOL_F_ADDR"},
    {MPOL_F_MEMS_ALLOWED, "MPOL_F_MEMS_ALLOWED"},
};
// include/uapi/linux/userfaultfd.h; the others are O_ flags.
constexpr Name kUserfaultFlagNames[] = {{0x1, "UFFD_USER_MODE_ONLY"}, {04000, "O_NONBLOCK"}, {02000000, "O_CLOEXEC"}};
constexpr Name kMembarrierCommandNames[] = {
    {MEMBARRIER_CMD_QUERY, "MEMBARRIER_CMD_QUERY"},
    {MEMBARRIER_CMD_GLOBAL, "MEMBARRIER_CMD_GLOBAL"},
    {MEMBARRIER_CMD_GLOBAL_EXPEDITED, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"},
    {MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"},
    {MEMBARRIER_CMD_PRIVATE_EXPEDITED, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"},
    {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"},
    {MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"},
    {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"},
    {MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"},
    {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"},
    // since Linux 6.3
    {1 << 9, "MEMBARRIER_CMD_GET_REGISTRATIONS"}};

}  // namespace

const Table kProtection{kProtectionNames};
const Table kMapFlags{kMapFlagNames};
const Table kRemapFlags{kRemapFlagNames};
const Table kSyncFlags{kSyncFlagNames};
const Table kMemoryAdvice{kMemoryAdviceNames};
const Table kLockAllFlags{kLockAllFlagNames};
const Table kLockFlags{kLockFlagNames};
const Table kMemfdFlags{kMemfdFlagNames};
const Table kPkeyRights{kPkeyRightNames};
const Table kMemoryPolicies{kMemoryPolicyNames};
const Table kBindFlags{kBindFlagNames};
const Table kGetPolicyFlags{kGetPolicyFlagNames};
const Table kUserfaultFlags{kUserfaultFlagNames};
const Table kMembarrierCommands{kMembarrierCommandNames};

}  // namespace callgate::decode
