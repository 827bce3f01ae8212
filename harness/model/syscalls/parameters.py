"""What a parameter is: its kind and its width, by its type and name in the kernel's sources."""

import re

# Types by width. Where a register has 64 bits, of the first the kernel takes 32, of the last all.
BITS16 = {"umode_t", "compat_mode_t", "old_uid_t", "old_gid_t", "unsigned short", "compat_ushort_t"}
BITS32 = {
    "int", "unsigned", "unsigned int", "uint", "u32", "__u32", "s32", "__s32", "compat_int_t", "compat_uint_t",
    "pid_t", "compat_pid_t", "uid_t", "gid_t", "key_serial_t", "qid_t", "timer_t", "compat_timer_t", "mqd_t", "clockid_t",
    "rwf_t", "key_t", "compat_key_t", "enum landlock_rule_type", "old_sigset_t32",
    "compat_ulong_t", "compat_long_t", "compat_size_t", "compat_ssize_t", "compat_off_t",
    "compat_uptr_t", "compat_old_sigset_t", "compat_aio_context_t", "__kernel_old_dev_t", "old_dev_t", 
    "compat_clock_t", "uint32_t", "old_time32_t", "compat_timer_t",
}
BITS64 = {"loff_t", "u64", "__u64", "s64", "compat_u64", "uint64_t", "compat_loff_t", "unsigned long long", "compat_s64"}
WORD = {
    "unsigned long", "long", "size_t", "ssize_t", "off_t", "aio_context_t", "long int", "cap_user_header_t",
    "cap_user_data_t", "__sighandler_t", "old_sigset_t", "__kernel_ulong_t", 
    "ulong", "uintptr_t",
}
POINTERS = {"cap_user_header_t", "cap_user_data_t", "__sighandler_t", "compat_uptr_t"}

# A char pointer is a string by these names; elsewhere it is a buffer with a length of its own.
STRINGS = {
    "filename", "pathname", "path", "name", "oldname", "newname", "old", "new", "dev_name", "dir_name", "type", "library",
    "special", "specialfile", "new_root", "put_old", "from_pathname", "to_pathname", "domain", "u_name", "unused_path",
    "uargs", "description", "callout_info", "fs_name", "key", "uname", "upath", "swap_file",
    "name_user", "u_mqname", "cmdline_ptr", "newroot", "uf", "usr_path",
}
NO_STRINGS_OF = {"sethostname", "setdomainname", "gethostname", "getdomainname"}  # a buffer and a length

DESCRIPTOR = re.compile(
    r"^(?:fd|dfd|fildes|oldfd|newfd|fd_in|fd_out|infd|outfd|in_fd|out_fd|fdin|fdout|epfd|ufd|mqdes|pidfd|fs_fd|dirfd|olddfd"
    r"|newdfd|from_dfd|to_dfd|kernel_fd|initrd_fd|ruleset_fd|group_fd|fanotify_fd|mountdirfd|srcfd|dstfd|uffd|fd1|fd2|sockfd)$"
)
FLAGS = re.compile(
    r"^(?:flags?|msgflg|semflg|shmflg|at_flags|atflag|open_flag|mode_flags|clone_flags|unshare_flags|prot|event_f_flags"
    r"|fs_flags|attr_flags|swap_flags)$"
)
COMMAND = re.compile(r"^(?:cmd|op|opcode|operation|option|request|which|advice|behavior|code|whence|origin|how|func|call"
                     r"|magic1|magic2|rule_type|policy|advise|command)$")
SIZE = re.compile(r"^(?:\w*len|\w*length|count|size|\w*size|vlen|nr|nr_segs|nr_pages|nr_segments|maxevents|maxnode|nfds|nsops"
                  r"|liovcnt|riovcnt|nent|setlen|bufsiz|nr_bytes|nbytes|optlen|min_nr|nr_args|msgsz|n|sz|addrlen|gidsetsize|nr_ids"
                  r"|nr_mnt_ids|bytecount|n_\w+|nr_\w+|len_in)$")
OFFSET = re.compile(r"^(?:pos|off|offset|pgoff|\w*offset)$")
HALF = re.compile(
    r"^(?:(?:pos|off|offset|len|length|count|nbytes|n|mask|endbyte)_?(?:[lh]|lo|hi|low|high|[12]|a[0-9])"
    r"|(?:lo|hi|low|high)(?:_\w+)?|a[0-9])$"
)
PID = re.compile(r"^(?:pid|tgid|pgid|upid|tid|pid1|pid2|ppid)$")
SIGNAL = re.compile(r"^(?:sig|signum|signo|signr)$")
ADDRESS = re.compile(r"^(?:addr|start|brk|newsp|tls|tls_val|child_stack|shmaddr|entry|new_addr|vaddr|raddr|end|\w+_addr)$")

# What neither type nor name tells.
EXCEPTIONS = {
    ("access", "mode"): "flags",
    ("faccessat", "mode"): "flags",
    ("faccessat2", "mode"): "flags",
    ("fallocate", "mode"): "flags",
    ("statx", "mask"): "flags",
    ("umask", "mask"): "mode",
    ("inotify_add_watch", "mask"): "flags",
    ("fanotify_mark", "mask"): "flags",
    ("name_to_handle_at", "flag"): "flags",
    ("socket", "type"): "flags",
    ("socketpair", "type"): "flags",
    ("rseq", "sig"): "integer",
    ("mq_open", "oflag"): "flags",
    ("wait4", "options"): "flags",
    ("waitid", "options"): "flags",
    ("waitpid", "options"): "flags",
    ("personality", "personality"): "flags",
    ("io_uring_enter", "to_submit"): "size",
    ("io_uring_enter", "min_complete"): "size",
    ("semget", "nsems"): "size",
}


class UnknownType(Exception):
    pass


def plain_type(kind):
    return " ".join(re.sub(r"\b(?:__user|__force|const)\b", "", kind).replace("*", " * ").split())


def width(kind):
    kind = plain_type(kind)
    if "*" in kind or "[" in kind:
        return "word"
    for bits, names in (("bits16", BITS16), ("bits32", BITS32), ("bits64", BITS64), ("word", WORD)):
        if kind in names:
            return bits
    raise UnknownType(kind)


def kind_of(call, kind, name):
    size, kind, name = width(kind), plain_type(kind), name.lstrip("_")
    if (call, name) in EXCEPTIONS:
        return EXCEPTIONS[call, name]
    if "*" in kind or "[" in kind or kind in POINTERS:
        return "string" if kind == "char *" and name in STRINGS and call not in NO_STRINGS_OF else "pointer"
    if size == "bits16":
        return "mode" if "mode" in kind else "id"
    if re.search(r"\b[ug]id_t$", kind):
        return "id"
    if kind.endswith("pid_t"):
        return "pid"
    if HALF.match(name):
        return "half"
    patterns = [("descriptor", DESCRIPTOR), ("flags", FLAGS), ("size", SIZE), ("offset", OFFSET), ("signal", SIGNAL),
                ("pid", PID), ("command", COMMAND), ("pointer", ADDRESS)]
    for what, pattern in patterns:
        if pattern.match(name) and (what != "pointer" or size == "word" or kind.startswith("compat_")):
            return what
    return "size" if "size_t" in kind else "offset" if size == "bits64" or kind.endswith("off_t") else "integer"
