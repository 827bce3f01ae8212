#include "harness/decode/names.h"

#include <fcntl.h>
#include <linux/fanotify.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <linux/xattr.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

// What stands here by value is the kernel's interface all the same: its header differs between architectures, is not
// exported, or is younger than Linux 5.15, the oldest whose headers this file is meant to compile with.

namespace callgate::decode {

namespace {

constexpr std::uint64_t kAccessModeMask = 3;

// include/uapi/asm-generic/fcntl.h
constexpr Name kOpenFlagNames[] = {
    {0, "O_RDONLY", kAccessModeMask},
    {01, "O_WRONLY", kAccessModeMask},
    {02, "O_RDWR", kAccessModeMask},
    {0100, "O_CREAT"},
    {0200, "O_EXCL"},
    {0400, "O_NOCTTY"},
    {01000, "O_TRUNC"},
    {02000, "O_APPEND"},
    {04000, "O_NONBLOCK"},
    {04010000, "O_SYNC"},
    {010000, "O_DSYNC"},
    {020000, "O_ASYNC"},
    {020200000, "O_TMPFILE"},
    {040000, "O_DIRECT"},
    {0100000, "O_LARGEFILE"},
    {0200000, "O_DIRECTORY"},
    {0400000, "O_NOFOLLOW"},
    {01000000, "O_NOATIME"},
    {02000000, "O_CLOEXEC"},
    {010000000, "O_PATH"},
};

// arch/arm/include/uapi/asm/fcntl.h, arch/arm64/include/uapi/asm/fcntl.h
constexpr Name kOpenFlagArmNames[] = {
    {0, "O_RDONLY", kAccessModeMask},
    {01, "O_WRONLY", kAccessModeMask},
    {02, "O_RDWR", kAccessModeMask},
    {0100, "O_CREAT"},
    {0200, "O_EXCL"},
    {0400, "O_NOCTTY"},
    {01000, "O_TRUNC"},
    {02000, "O_APPEND"},
    {04000, "O_NONBLOCK"},
    {04010000, "O_SYNC"},
    {010000, "O_DSYNC"},
    {020000, "O_ASYNC"},
    {020040000, "O_TMPFILE"},
    {0200000, "O_DIRECT"},
    {0400000, "O_LARGEFILE"},
    {040000, "O_DIRECTORY"},
    {0100000, "O_NOFOLLOW"},
    {01000000, "O_NOATIME"},
    {02000000, "O_CLOEXEC"},
    {010000000, "O_PATH"},
};

constexpr Name kAccessModeNames[] = {
    {F_OK, "F_OK", ~std::uint64_t{0}},
    {R_OK, "R_OK"},
    {W_OK, "W_OK"},
    {X_OK, "X_OK"},
};
constexpr std::uint64_t kFileTypeMask = 0170000;
constexpr Name kFileTypeNames[] = {{0140000, "S_IFSOCK", kFileTypeMask}, {0120000, "S_IFLNK", kFileTypeMask},
                                   {0100000, "S_IFREG", kFileTypeMask},  {0060000, "S_IFBLK", kFileTypeMask},
                                   {0040000, "S_IFDIR", kFileTypeMask},  {0020000, "S_IFCHR", kFileTypeMask},
                                   {0010000, "S_IFIFO", kFileTypeMask}};
constexpr Name kAtFlagNames[] = {{AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"},
                                 {AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
                                 {AT_NO_AUTOMOUNT, "AT_NO_AUTOMOUNT"},
                                 {AT_EMPTY_PATH, "AT_EMPTY_PATH"},
                                 {0x2000, "AT_STATX_FORCE_SYNC"},
                                 {0x4000, "AT_STATX_DONT_SYNC"},
                                 {0x8000, "AT_RECURSIVE"}};
// 0x200 means one thing to faccessat2 and another to unlinkat.
constexpr Name kAccessAtFlagNames[] = {
    {AT_EACCESS, "AT_EACCESS"},
    {AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"},
    {AT_EMPTY_PATH, "AT_EMPTY_PATH"},
};
constexpr Name kUnlinkFlagNames[] = {
    {AT_REMOVEDIR, "AT_REMOVEDIR"},
};
constexpr Name kStatxMaskNames[] = {{0xfff, "STATX_ALL"},
                                    {0x7ff, "STATX_BASIC_STATS"},
                                    {STATX_TYPE, "STATX_TYPE"},
                                    {STATX_MODE, "STATX_MODE"},
                                    {STATX_NLINK, "STATX_NLINK"},
                                    {STATX_UID, "STATX_UID"},
                                    {STATX_GID, "STATX_GID"},
                                    {STATX_ATIME, "STATX_ATIME"},
                                    {STATX_MTIME, "STATX_MTIME"},
                                    {STATX_CTIME, "STATX_CTIME"},
                                    {STATX_INO, "STATX_INO"},
                                    {STATX_SIZE, "STATX_SIZE"},
                                    {STATX_BLOCKS, "STATX_BLOCKS"},
                                    {STATX_BTIME, "STATX_BTIME"},
                                    {STATX_MNT_ID, "STATX_MNT_ID"},
                                    // since Linux 6.1, 6.8
                                    {0x2000, "STATX_DIOALIGN"},
                                    {0x4000, "STATX_MNT_ID_UNIQUE"}};
constexpr Name kRenameFlagNames[] = {
    {RENAME_NOREPLACE, "RENAME_NOREPLACE"},
    {RENAME_EXCHANGE, "RENAME_EXCHANGE"},
    {RENAME_WHITEOUT, "RENAME_WHITEOUT"},
};
constexpr Name kWhenceNames[] = {
    {SEEK_SET, "SEEK_SET"},   {SEEK_CUR, "SEEK_CUR"},   {SEEK_END, "SEEK_END"},
    {SEEK_DATA, "SEEK_DATA"}, {SEEK_HOLE, "SEEK_HOLE"},
};
constexpr Name kFlockOperationNames[] = {
    {LOCK_SH, "LOCK_SH"},
    {LOCK_EX, "LOCK_EX"},
    {LOCK_UN, "LOCK_UN"},
    {LOCK_NB, "LOCK_NB"},
};
constexpr Name kFallocateModeNames[] = {
    {FALLOC_FL_KEEP_SIZE, "FALLOC_FL_KEEP_SIZE"},           {FALLOC_FL_PUNCH_HOLE, "FALLOC_FL_PUNCH_HOLE"},
    {FALLOC_FL_COLLAPSE_RANGE, "FALLOC_FL_COLLAPSE_RANGE"}, {FALLOC_FL_ZERO_RANGE, "FALLOC_FL_ZERO_RANGE"},
    {FALLOC_FL_INSERT_RANGE, "FALLOC_FL_INSERT_RANGE"},     {FALLOC_FL_UNSHARE_RANGE, "FALLOC_FL_UNSHARE_RANGE"},
};
constexpr Name kFileAdviceNames[] = {
    {POSIX_FADV_NORMAL, "POSIX_FADV_NORMAL"},         {POSIX_FADV_RANDOM, "POSIX_FADV_RANDOM"},
    {POSIX_FADV_SEQUENTIAL, "POSIX_FADV_SEQUENTIAL"}, {POSIX_FADV_WILLNEED, "POSIX_FADV_WILLNEED"},
    {POSIX_FADV_DONTNEED, "POSIX_FADV_DONTNEED"},     {POSIX_FADV_NOREUSE, "POSIX_FADV_NOREUSE"},
};
constexpr Name kSyncRangeFlagNames[] = {
    {SYNC_FILE_RANGE_WAIT_BEFORE, "SYNC_FILE_RANGE_WAIT_BEFORE"},
    {SYNC_FILE_RANGE_WRITE, "SYNC_FILE_RANGE_WRITE"},
    {SYNC_FILE_RANGE_WAIT_AFTER, "SYNC_FILE_RANGE_WAIT_AFTER"},
};
constexpr Name kReadWriteFlagNames[] = {
    {RWF_HIPRI, "RWF_HIPRI"},   {RWF_DSYNC, "RWF_DSYNC"},   {RWF_SYNC, "RWF_SYNC"},
    {RWF_NOWAIT, "RWF_NOWAIT"}, {RWF_APPEND, "RWF_APPEND"},
};
constexpr Name kSpliceFlagNames[] = {
    {SPLICE_F_MOVE, "SPLICE_F_MOVE"},
    {SPLICE_F_NONBLOCK, "SPLICE_F_NONBLOCK"},
    {SPLICE_F_MORE, "SPLICE_F_MORE"},
    {SPLICE_F_GIFT, "SPLICE_F_GIFT"},
};
constexpr Name kDescriptorFlagNames[] = {
    {FD_CLOEXEC, "FD_CLOEXEC"},
};
// F_SEAL_EXEC since Linux 6.3, include/uapi/linux/fcntl.h
constexpr Name kSealNames[] = {{F_SEAL_SEAL, "F_SEAL_SEAL"},
                               {F_SEAL_SHRINK, "F_SEAL_SHRINK"},
                               {F_SEAL_GROW, "F_SEAL_GROW"},
                               {F_SEAL_WRITE, "F_SEAL_WRITE"},
                               {F_SEAL_FUTURE_WRITE, "F_SEAL_FUTURE_WRITE"},
                               {0x20, "F_SEAL_EXEC"}};
constexpr Name kLeaseNames[] = {
    {F_RDLCK, "F_RDLCK"},
    {F_WRLCK, "F_WRLCK"},
    {F_UNLCK, "F_UNLCK"},
};
// include/uapi/linux/close_range.h
constexpr Name kCloseRangeFlagNames[] = {{0x2, "CLOSE_RANGE_UNSHARE"}, {0x4, "CLOSE_RANGE_CLOEXEC"}};
constexpr Name kResolveFlagNames[] = {
    {RESOLVE_NO_XDEV, "RESOLVE_NO_XDEV"},         {RESOLVE_NO_MAGICLINKS, "RESOLVE_NO_MAGICLINKS"},
    {RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS"}, {RESOLVE_BENEATH, "RESOLVE_BENEATH"},
    {RESOLVE_IN_ROOT, "RESOLVE_IN_ROOT"},         {RESOLVE_CACHED, "RESOLVE_CACHED"},
};
constexpr Name kXattrFlagNames[] = {
    {XATTR_CREATE, "XATTR_CREATE"},
    {XATTR_REPLACE, "XATTR_REPLACE"},
};
constexpr Name kInotifyMaskNames[] = {{0xfff, "IN_ALL_EVENTS"},
                                      {IN_ACCESS, "IN_ACCESS"},
                                      {IN_MODIFY, "IN_MODIFY"},
                                      {IN_ATTRIB, "IN_ATTRIB"},
                                      {IN_CLOSE_WRITE, "IN_CLOSE_WRITE"},
                                      {IN_CLOSE_NOWRITE, "IN_CLOSE_NOWRITE"},
                                      {IN_OPEN, "IN_OPEN"},
                                      {IN_MOVED_FROM, "IN_MOVED_FROM"},
                                      {IN_MOVED_TO, "IN_MOVED_TO"},
                                      {IN_CREATE, "IN_CREATE"},
                                      {IN_DELETE, "IN_DELETE"},
                                      {IN_DELETE_SELF, "IN_DELETE_SELF"},
                                      {IN_MOVE_SELF, "IN_MOVE_SELF"},
                                      {IN_ONLYDIR, "IN_ONLYDIR"},
                                      {IN_DONT_FOLLOW, "IN_DONT_FOLLOW"},
                                      {IN_EXCL_UNLINK, "IN_EXCL_UNLINK"},
                                      {IN_MASK_CREATE, "IN_MASK_CREATE"},
                                      {IN_MASK_ADD, "IN_MASK_ADD"},
                                      {IN_ISDIR, "IN_ISDIR"},
                                      {0x80000000, "IN_ONESHOT"}};
constexpr Name kFanotifyInitNames[] = {{0, "FAN_CLASS_NOTIF", 0xc},
                                       {FAN_CLASS_CONTENT, "FAN_CLASS_CONTENT"},
                                       {FAN_CLASS_PRE_CONTENT, "FAN_CLASS_PRE_CONTENT"},
                                       {FAN_CLOEXEC, "FAN_CLOEXEC"},
                                       {FAN_NONBLOCK, "FAN_NONBLOCK"},
                                       {FAN_UNLIMITED_QUEUE, "FAN_UNLIMITED_QUEUE"},
                                       {FAN_UNLIMITED_MARKS, "FAN_UNLIMITED_MARKS"},
                                       {FAN_ENABLE_AUDIT, "FAN_ENABLE_AUDIT"},
                                       {FAN_REPORT_PIDFD, "FAN_REPORT_PIDFD"},
                                       {FAN_REPORT_TID, "FAN_REPORT_TID"},
                                       {FAN_REPORT_FID, "FAN_REPORT_FID"},
                                       {FAN_REPORT_DIR_FID, "FAN_REPORT_DIR_FID"},
                                       {FAN_REPORT_NAME, "FAN_REPORT_NAME"},
                                       // since Linux 5.17
                                       {0x1000, "FAN_REPORT_TARGET_FID"}};
constexpr Name kFanotifyMarkNames[] = {
    // since Linux 4.20
    {0x10, "FAN_MARK_MOUNT"},
    {0x100, "FAN_MARK_FILESYSTEM"},
    {FAN_MARK_ADD, "FAN_MARK_ADD"},
    {FAN_MARK_REMOVE, "FAN_MARK_REMOVE"},
    {FAN_MARK_DONT_FOLLOW, "FAN_MARK_DONT_FOLLOW"},
    {FAN_MARK_ONLYDIR, "FAN_MARK_ONLYDIR"},
    {FAN_MARK_IGNORED_MASK, "FAN_MARK_IGNORED_MASK"},
    {FAN_MARK_IGNORED_SURV_MODIFY, "FAN_MARK_IGNORED_SURV_MODIFY"},
    {FAN_MARK_FLUSH, "FAN_MARK_FLUSH"},
    // since Linux 5.19, 6.0
    {0x200, "FAN_MARK_EVICTABLE"},
    {0x400, "FAN_MARK_IGNORE"}};
constexpr Name kFanotifyMaskNames[] = {{FAN_ACCESS, "FAN_ACCESS"},
                                       {FAN_MODIFY, "FAN_MODIFY"},
                                       {FAN_ATTRIB, "FAN_ATTRIB"},
                                       {FAN_CLOSE_WRITE, "FAN_CLOSE_WRITE"},
                                       {FAN_CLOSE_NOWRITE, "FAN_CLOSE_NOWRITE"},
                                       {FAN_OPEN, "FAN_OPEN"},
                                       {FAN_MOVED_FROM, "FAN_MOVED_FROM"},
                                       {FAN_MOVED_TO, "FAN_MOVED_TO"},
                                       {FAN_CREATE, "FAN_CREATE"},
                                       {FAN_DELETE, "FAN_DELETE"},
                                       {FAN_DELETE_SELF, "FAN_DELETE_SELF"},
                                       {FAN_MOVE_SELF, "FAN_MOVE_SELF"},
                                       {FAN_OPEN_EXEC, "FAN_OPEN_EXEC"},
                                       {FAN_Q_OVERFLOW, "FAN_Q_OVERFLOW"},
                                       {FAN_OPEN_PERM, "FAN_OPEN_PERM"},
                                       {FAN_ACCESS_PERM, "FAN_ACCESS_PERM"},
                                       {FAN_OPEN_EXEC_PERM, "FAN_OPEN_EXEC_PERM"},
                                       {FAN_EVENT_ON_CHILD, "FAN_EVENT_ON_CHILD"},
                                       {FAN_ONDIR, "FAN_ONDIR"},
                                       // since Linux 5.16, 5.17
                                       {0x8000, "FAN_FS_ERROR"},
                                       {0x10000000, "FAN_RENAME"}};

}  // namespace

const Table kOpenFlags{kOpenFlagNames};
const Table kOpenFlagsArm{kOpenFlagArmNames};
const Table kAccessModes{kAccessModeNames};
const Table kFileTypes{kFileTypeNames};
const Table kAtFlags{kAtFlagNames};
const Table kAccessAtFlags{kAccessAtFlagNames};
const Table kUnlinkFlags{kUnlinkFlagNames};
const Table kStatxMask{kStatxMaskNames};
const Table kRenameFlags{kRenameFlagNames};
const Table kWhence{kWhenceNames};
const Table kFlockOperations{kFlockOperationNames};
const Table kFallocateModes{kFallocateModeNames};
const Table kFileAdvice{kFileAdviceNames};
const Table kSyncRangeFlags{kSyncRangeFlagNames};
const Table kReadWriteFlags{kReadWriteFlagNames};
const Table kSpliceFlags{kSpliceFlagNames};
const Table kDescriptorFlags{kDescriptorFlagNames};
const Table kSeals{kSealNames};
const Table kLeases{kLeaseNames};
const Table kCloseRangeFlags{kCloseRangeFlagNames};
const Table kResolveFlags{kResolveFlagNames};
const Table kXattrFlags{kXattrFlagNames};
const Table kInotifyMask{kInotifyMaskNames};
const Table kFanotifyInit{kFanotifyInitNames};
const Table kFanotifyMark{kFanotifyMarkNames};
const Table kFanotifyMask{kFanotifyMaskNames};

}  // namespace callgate::decode
