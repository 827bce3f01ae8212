#include "runners/record/seen_maps.h"

#include "harness/core/printable.h"
#include "harness/model/call.h"
#include "harness/model/syscall_table.h"
#include "runners/record/seen_layout.h"
#include "runners/trap/abis.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <seen.skel.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <utility>

namespace callgate::runners {

namespace {

using Memory = seen_bpf::seen_bpf__bss;  ///< the global variables of seen.bpf.c

constexpr const char* kKernelTypes = "/sys/kernel/btf/vmlinux";
constexpr std::string_view kRights =
    "; run as root or with CAP_BPF and CAP_PERFMON (in a container `--cap-add BPF --cap-add PERFMON` and a seccomp "
    "profile "
    "that permits bpf(2)); a kernel locked down for confidentiality never permits it";

/// libbpf's last complaint on this thread: it prints through one function for the whole program.
thread_local std::string last_complaint;

__attribute__((format(printf, 2, 0))) int keep_complaint(libbpf_print_level level, const char* format,
                                                         va_list arguments) {
    if (level != LIBBPF_WARN) return 0;
    std::array<char, 256> text{};
    const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
    last_complaint = text.data();
    while (!last_complaint.empty() && last_complaint.back() == '\n') last_complaint.pop_back();
    return length;
}

core::Error failure(const std::string& what, int error) {
    const int number = std::abs(error);
    auto said = core::system_error(what, number);
    if (number == EPERM || number == EACCES) {
        said.message += kRights;
    } else if (!last_complaint.empty()) {
        said.message += fmt::format(" ({})", core::printable(last_complaint));
    }
    return said;
}

std::uint64_t nanoseconds(const timespec& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t steady_now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return nanoseconds(time);
}

/// How long a tick of the kernel is: clock_getres(2) of the clock that advances with it.
std::uint64_t tick() {
    timespec time{};
    ::clock_getres(CLOCK_MONOTONIC_COARSE, &time);
    return nanoseconds(time);
}

/// False where the call has other registers on this architecture (mmap of i386 takes the address of a structure).
bool has_them(const model::RecordedArguments& row, model::Arch arch) {
    const auto registers = model::parameters(arch, row.call);
    if (!registers) return false;
    return std::all_of(row.arguments.begin(), row.arguments.end(), [&](std::uint8_t place) {
        if (place >= registers->size()) return false;
        const bool address = model::is_address((*registers)[place].kind);
        return address == row.in_memory || !row.options.empty();
    });
}

seen_spec spec_of(const model::RecordedArguments& row) {
    seen_spec spec{};
    spec.count = static_cast<std::uint8_t>(row.arguments.size());
    std::copy(row.arguments.begin(), row.arguments.end(), std::begin(spec.argument));
    spec.in_memory = row.in_memory ? 1 : 0;
    spec.by_option = row.options.empty() ? 0 : 1;
    return spec;
}

void write_specs(Memory& memory) {
    std::size_t next = 1;
    for (const auto& row : model::recorded_arguments()) {
        core::ensure(next < SEEN_SPECS && row.arguments.size() <= SEEN_VALUES, "the table of recorded arguments fits");
        memory.seen_spec[next] = spec_of(row);
        for (const auto option : row.options) memory.seen_options[option / 64] |= std::uint64_t{1} << (option % 64U);
        for (const auto& [audit_arch, nr] : numbers_of(std::string{row.call})) {
            const auto arch = model::arch_of_call(audit_arch, nr);
            const bool compat = audit_arch != model::audit_arch(model::native_arch());
            const auto column = seen_column(compat, static_cast<std::uint32_t>(nr));
            if (column < SEEN_COLUMNS && has_them(row, arch))
                memory.seen_spec_of[column] = static_cast<std::uint8_t>(next);
        }
        ++next;
    }
}

std::int32_t native_number(const char* name) {
    return model::table_number(model::native_arch(), name).value_or(-1);
}

core::Status fill(int queue, std::uint32_t first, std::uint32_t beyond) {
    for (auto number = first; number < beyond; ++number) {
        const int error = bpf_map_update_elem(queue, nullptr, &number, BPF_ANY);
        if (error != 0) return core::fail(failure("cannot fill the recorder's tables", error));
    }
    return {};
}

std::string confirmed_path(const char* given, std::uint64_t inode) {
    struct stat found {};
    if (given[0] != '/' || ::stat(given, &found) != 0 || found.st_ino != inode) return given;
    std::error_code error;
    const auto path = std::filesystem::canonical(given, error);
    return error ? given : path.string();
}

/// Calls `see(key, value)` for each entry of a hash. Entries are never removed, so none is missed.
template <typename Key, typename Value, typename See>
void for_each(const bpf_map* map, See see) {
    const int fd = bpf_map__fd(map);
    Key key{};
    Value value{};
    for (const Key* before = nullptr; bpf_map_get_next_key(fd, before, &key) == 0; before = &key) {
        if (bpf_map_lookup_elem(fd, &key, &value) == 0) see(key, value);
    }
}

SeenCall name_of(const seen_call& call) {
    return {call.executable, call.compat != 0, call.nr};
}

}  // namespace

struct SeenMaps::Kernel {
    seen_bpf* programs = nullptr;
    const seen_counter* counters = nullptr;
    std::size_t processors = 0;
    std::uint64_t phase_began = 0;

    Kernel() = default;
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;
    ~Kernel() {
        // munmap(2) does not write to what it takes away; its prototype lacks the const.
        if (counters != nullptr) ::munmap(const_cast<seen_counter*>(counters), bytes());
        if (programs != nullptr) seen_bpf::destroy(programs);
    }

    [[nodiscard]] std::size_t bytes() const { return processors * SEEN_SLOTS * sizeof(seen_counter); }
    [[nodiscard]] Memory& memory() const { return *programs->bss; }

    core::Status load(bool with_vsyscall);
    core::Status prepare();
    void add(SeenTally& tally, const seen_counter& counter) const;
    void add_slots(SeenTotals& totals) const;
    void add_rare(SeenTotals& totals) const;
    void add_values(SeenTotals& totals) const;
};

core::Status SeenMaps::Kernel::load(bool with_vsyscall) {
    if (programs != nullptr) seen_bpf::destroy(programs);
    programs = seen_bpf::open();
    if (programs == nullptr) return core::fail(failure("cannot open the recorder's eBPF programs", errno));
    bpf_map__set_max_entries(programs->maps.seen_counters, static_cast<std::uint32_t>(processors * SEEN_SLOTS));
    bpf_program__set_autoload(programs->progs.on_vsyscall, with_vsyscall);
    const int error = seen_bpf::load(programs);
    if (error != 0) return core::fail(failure("cannot load the recorder's eBPF programs", error));
    return {};
}

core::Status SeenMaps::Kernel::prepare() {
    void* mapped = ::mmap(nullptr, bytes(), PROT_READ, MAP_SHARED, bpf_map__fd(programs->maps.seen_counters), 0);
    if (mapped == MAP_FAILED) return core::fail(failure("cannot map the recorder's counters", errno));
    counters = static_cast<const seen_counter*>(mapped);
    memory().seen_execve = native_number("execve");
    constexpr std::array kVsyscalls{"gettimeofday", "time", "getcpu"};  // in the order of the page
    for (std::size_t i = 0; i < kVsyscalls.size(); ++i) memory().seen_vsyscall[i] = native_number(kVsyscalls[i]);
    write_specs(memory());
    auto filled = fill(bpf_map__fd(programs->maps.seen_free_slots), 1, SEEN_SLOTS);
    if (filled) filled = fill(bpf_map__fd(programs->maps.seen_free_executables), 1, SEEN_OTHER);
    return filled;
}

void SeenMaps::Kernel::add(SeenTally& tally, const seen_counter& counter) const {
    if (counter.count == 0) return;
    const bool in_this_phase = counter.phase == memory().seen_phase;
    // A call on the edge was stamped in the phase before and is counted in this one.
    const std::uint64_t first = in_this_phase ? counter.first : phase_began;
    const auto ticks = static_cast<std::int64_t>(counter.last_tick - memory().seen_started_tick);
    const std::uint64_t last =
        memory().seen_started_at + static_cast<std::uint64_t>(ticks * static_cast<std::int64_t>(tick()));
    tally.first = tally.first == 0 ? first : std::min(tally.first, first);
    tally.last = std::max(tally.last, last);
    tally.count += counter.count;
}

void SeenMaps::Kernel::add_slots(SeenTotals& totals) const {
    for (std::size_t slot = 1; slot < SEEN_SLOTS; ++slot) {
        const auto& call = memory().seen_call_of[slot];
        if (call.executable == 0) continue;
        auto& tally = totals[name_of(call)];
        for (std::size_t processor = 0; processor < processors; ++processor) {
            add(tally, counters[processor * SEEN_SLOTS + slot]);
        }
        tally.untold += memory().seen_untold[slot];
    }
}

void SeenMaps::Kernel::add_rare(SeenTotals& totals) const {
    for_each<seen_call, seen_counter>(
        programs->maps.seen_rare,
        [&](const seen_call& call, const seen_counter& counter) { add(totals[name_of(call)], counter); });
}

void SeenMaps::Kernel::add_values(SeenTotals& totals) const {
    for_each<::seen_values, std::uint64_t>(programs->maps.seen_values,
                                           [&](const ::seen_values& key, std::uint64_t count) {
                                               SeenValues values{};
                                               std::copy(std::begin(key.value), std::end(key.value), values.begin());
                                               totals[name_of(key.call)].values[values] = count;
                                           });
}

SeenMaps::SeenMaps(std::unique_ptr<Kernel> kernel) : kernel_{std::move(kernel)} {}
SeenMaps::SeenMaps(SeenMaps&& other) noexcept = default;
SeenMaps::~SeenMaps() = default;

core::Result<SeenMaps> SeenMaps::load() {
    libbpf_set_print(keep_complaint);
    last_complaint.clear();
    if (::access(kKernelTypes, R_OK) != 0) {
        return core::fail(
            core::system_error(fmt::format("cannot read {}", kKernelTypes), errno).message +
            "; the kernel must be built with CONFIG_DEBUG_INFO_BTF (distributions' are), and /sys be mounted");
    }
    auto kernel = std::make_unique<Kernel>();
    const int processors = libbpf_num_possible_cpus();
    if (processors <= 0) return core::fail(failure("cannot count the processors", processors));
    kernel->processors = static_cast<std::size_t>(processors);
    auto loaded = kernel->load(true);
    if (!loaded) loaded = kernel->load(false);  // a kernel without the vsyscall page
    if (loaded) loaded = kernel->prepare();
    if (!loaded) return core::fail(loaded.error());
    return SeenMaps{std::move(kernel)};
}

core::Status SeenMaps::attach(pid_t leader) {
    struct stat space {};
    if (::stat("/proc/self/ns/pid", &space) != 0) {
        return core::fail(core::system_error("cannot tell this process's pid namespace: /proc/self/ns/pid", errno));
    }
    kernel_->memory().seen_leader = static_cast<std::uint32_t>(leader);
    kernel_->memory().seen_namespace_dev = space.st_dev;
    kernel_->memory().seen_namespace_inode = space.st_ino;
    begin_phase();
    const int error = seen_bpf::attach(kernel_->programs);
    if (error != 0) return core::fail(failure("cannot attach the recorder's eBPF programs", error));
    return {};
}

void SeenMaps::detach() {
    seen_bpf::detach(kernel_->programs);
}

void SeenMaps::begin_phase() {
    kernel_->phase_began = steady_now();
    ++kernel_->memory().seen_phase;
}

SeenTotals SeenMaps::totals() const {
    SeenTotals totals;
    kernel_->add_slots(totals);
    kernel_->add_rare(totals);
    kernel_->add_values(totals);
    return totals;
}

std::uint64_t SeenMaps::lost() const {
    auto lost = kernel_->memory().seen_lost;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, kernel_->programs->obj) {
        bpf_prog_info info{};
        std::uint32_t size = sizeof info;
        if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0) lost += info.recursion_misses;
    }
    return lost;
}

void SeenMaps::want_stacks() {
    kernel_->memory().seen_first_flags = SEEN_WANTS_STACK;
}

int SeenMaps::stacks() const {
    return bpf_map__fd(kernel_->programs->maps.seen_stacks);
}

void SeenMaps::want_stack(const SeenCall& call) {
    const auto column = seen_column(call.compat, static_cast<std::uint32_t>(call.nr));
    if (column >= SEEN_COLUMNS) return;
    auto& slot = kernel_->memory().seen_slot[call.executable * std::size_t{SEEN_COLUMNS} + column];
    if (slot != 0) slot |= SEEN_WANTS_STACK;
}

std::uint32_t SeenMaps::phase() const {
    return kernel_->memory().seen_phase;
}

std::string SeenMaps::executable(std::uint8_t number) const {
    if (number == SEEN_OTHER) return "(one of many)";
    const auto& memory = kernel_->memory();
    return confirmed_path(memory.seen_path[number], memory.seen_file_of[number].inode);
}

}  // namespace callgate::runners
