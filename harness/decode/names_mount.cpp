#include "harness/decode/names.h"

#include <linux/mount.h>

// By value: what <sys/mount.h> has and <linux/mount.h> refuses to stand beside, and what is younger than Linux 5.15.

namespace callgate::decode {

namespace {

constexpr Name kMountFlagNames[] = {
    // The old magic number in the upper half says nothing since Linux 2.4 (mount(2)).
    {0xc0ed0000, "MS_MGC_VAL", 0xffff0000},
    {MS_RDONLY, "MS_RDONLY"},
    {MS_NOSUID, "MS_NOSUID"},
    {MS_NODEV, "MS_NODEV"},
    {MS_NOEXEC, "MS_NOEXEC"},
    {MS_SYNCHRONOUS, "MS_SYNCHRONOUS"},
    {MS_REMOUNT, "MS_REMOUNT"},
    {MS_MANDLOCK, "MS_MANDLOCK"},
    {MS_DIRSYNC, "MS_DIRSYNC"},
    {MS_NOSYMFOLLOW, "MS_NOSYMFOLLOW"},
    {MS_NOATIME, "MS_NOATIME"},
    {MS_NODIRATIME, "MS_NODIRATIME"},
    {MS_BIND, "MS_BIND"},
    {MS_MOVE, "MS_MOVE"},
    {MS_REC, "MS_REC"},
    {MS_SILENT, "MS_SILENT"},
    {MS_POSIXACL, "MS_POSIXACL"},
    {MS_UNBINDABLE, "MS_UNBINDABLE"},
    {MS_PRIVATE, "MS_PRIVATE"},
    {MS_SLAVE, "MS_SLAVE"},
    {MS_SHARED, "MS_SHARED"},
    {MS_RELATIME, "MS_RELATIME"},
    {MS_KERNMOUNT, "MS_KERNMOUNT"},
    {MS_I_VERSION, "MS_I_VERSION"},
    {MS_STRICTATIME, "MS_STRICTATIME"},
    {MS_LAZYTIME, "MS_LAZYTIME"},
};
// include/linux/fs.h, umount(2)
constexpr Name kUmountFlagNames[] = {{1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}};
constexpr Name kOpenTreeFlagNames[] = {
    {OPEN_TREE_CLONE, "OPEN_TREE_CLONE"}, {02000000, "OPEN_TREE_CLOEXEC"}, {0x100, "AT_SYMLINK_NOFOLLOW"},
    {0x800, "AT_NO_AUTOMOUNT"},           {0x1000, "AT_EMPTY_PATH"},       {0x8000, "AT_RECURSIVE"}};
constexpr Name kMoveMountFlagNames[] = {{MOVE_MOUNT_F_SYMLINKS, "MOVE_MOUNT_F_SYMLINKS"},
                                        {MOVE_MOUNT_F_AUTOMOUNTS, "MOVE_MOUNT_F_AUTOMOUNTS"},
                                        {MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH"},
                                        {MOVE_MOUNT_T_SYMLINKS, "MOVE_MOUNT_T_SYMLINKS"},
                                        {MOVE_MOUNT_T_AUTOMOUNTS, "MOVE_MOUNT_T_AUTOMOUNTS"},
                                        {MOVE_MOUNT_T_EMPTY_PATH, "MOVE_MOUNT_T_EMPTY_PATH"},
                                        {MOVE_MOUNT_SET_GROUP, "MOVE_MOUNT_SET_GROUP"},
                                        // since Linux 6.5
                                        {0x200, "MOVE_MOUNT_BENEATH"}};
constexpr Name kFsopenFlagNames[] = {
    {FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC"},
};
constexpr Name kFsconfigCommandNames[] = {{FSCONFIG_SET_FLAG, "FSCONFIG_SET_FLAG"},
                                          {FSCONFIG_SET_STRING, "FSCONFIG_SET_STRING"},
                                          {FSCONFIG_SET_BINARY, "FSCONFIG_SET_BINARY"},
                                          {FSCONFIG_SET_PATH, "FSCONFIG_SET_PATH"},
                                          {FSCONFIG_SET_PATH_EMPTY, "FSCONFIG_SET_PATH_EMPTY"},
                                          {FSCONFIG_SET_FD, "FSCONFIG_SET_FD"},
                                          {FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE"},
                                          {FSCONFIG_CMD_RECONFIGURE, "FSCONFIG_CMD_RECONFIGURE"},
                                          // since Linux 6.6
                                          {8, "FSCONFIG_CMD_CREATE_EXCL"}};
constexpr Name kFsmountFlagNames[] = {
    {FSMOUNT_CLOEXEC, "FSMOUNT_CLOEXEC"},
};
constexpr Name kFspickFlagNames[] = {
    {FSPICK_CLOEXEC, "FSPICK_CLOEXEC"},
    {FSPICK_SYMLINK_NOFOLLOW, "FSPICK_SYMLINK_NOFOLLOW"},
    {FSPICK_NO_AUTOMOUNT, "FSPICK_NO_AUTOMOUNT"},
    {FSPICK_EMPTY_PATH, "FSPICK_EMPTY_PATH"},
};
constexpr Name kMountAttributeNames[] = {
    {MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY"},
    {MOUNT_ATTR_NOSUID, "MOUNT_ATTR_NOSUID"},
    {MOUNT_ATTR_NODEV, "MOUNT_ATTR_NODEV"},
    {MOUNT_ATTR_NOEXEC, "MOUNT_ATTR_NOEXEC"},
    {0x10, "MOUNT_ATTR_NOATIME", 0x70},
    {0x20, "MOUNT_ATTR_STRICTATIME", 0x70},
    {MOUNT_ATTR_NODIRATIME, "MOUNT_ATTR_NODIRATIME"},
    {MOUNT_ATTR_IDMAP, "MOUNT_ATTR_IDMAP"},
    {MOUNT_ATTR_NOSYMFOLLOW, "MOUNT_ATTR_NOSYMFOLLOW"},
};
// include/linux/swap.h
constexpr Name kSwapFlagNames[] = {{0x8000, "SWAP_FLAG_PREFER"},
                                   {0x10000, "SWAP_FLAG_DISCARD"},
                                   {0x20000, "SWAP_FLAG_DISCARD_ONCE"},
                                   {0x40000, "SWAP_FLAG_DISCARD_PAGES"}};

}  // namespace

const Table kMountFlags{kMountFlagNames};
const Table kUmountFlags{kUmountFlagNames};
const Table kOpenTreeFlags{kOpenTreeFlagNames};
const Table kMoveMountFlags{kMoveMountFlagNames};
const Table kFsopenFlags{kFsopenFlagNames};
const Table kFsconfigCommands{kFsconfigCommandNames};
const Table kFsmountFlags{kFsmountFlagNames};
const Table kFspickFlags{kFspickFlagNames};
const Table kMountAttributes{kMountAttributeNames};
const Table kSwapFlags{kSwapFlagNames};

}  // namespace callgate::decode
