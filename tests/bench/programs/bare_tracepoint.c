// bare_tracepoint COMMAND...: runs a command while a program that does nothing is attached to the entry of every system
// call (tp_btf/sys_enter): what any recorder in the kernel costs at the least. Exit code: the command's; 2 when it cannot.

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char* what) {
    perror(what);
    return 2;
}

int main(int argc, char** argv) {
    if (argc < 2) {
        fputs("usage: bare_tracepoint COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    const struct bpf_insn nothing[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_RAW_TP);
    const int id = libbpf_find_vmlinux_btf_id("sys_enter", BPF_TRACE_RAW_TP);
    if (id < 0) return fail("sys_enter in the kernel's BTF");
    options.attach_btf_id = (__u32)id;
    const int program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nothing", "GPL", nothing, 2, &options);
    if (program < 0) return fail("bpf_prog_load");
    if (bpf_raw_tracepoint_open(NULL, program) < 0) return fail("bpf_raw_tracepoint_open");

    const pid_t child = fork();
    if (child == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) return fail(argv[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
