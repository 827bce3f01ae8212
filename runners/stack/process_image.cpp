#include "runners/stack/process_image.h"

#include "runners/stack/debug_files.h"
#include "runners/stack/modules.h"
#include "runners/stack/names.h"
#include "runners/stack/task_memory.h"

#include <elfutils/libdwfl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace callgate::runners {

/// libdwfl's session over the modules, and what it asks back. It calls only on the thread that called it.
struct ProcessImage::Impl {
    /// A walk in progress.
    struct Walking {
        Impl& image;
        const FrameStart& start;
        const std::size_t most;
        const core::SteadyTime deadline;
        bool innermost = true;
        Walk walk;
    };

    struct End {
        void operator()(Elf* handle) const { elf_end(handle); }
        void operator()(Dwfl* handle) const { dwfl_end(handle); }
    };

    static const Dwfl_Callbacks kModuleCallbacks;
    static const Dwfl_Thread_Callbacks kThreadCallbacks;

    const Machine machine;
    ElfFiles& files;
    const ElfFile header;
    pid_t tid = 0;  ///< the task through which /proc and the memory are read
    std::vector<Mapping> mappings;
    std::vector<Module> modules;
    const FrameStart* start = nullptr;  ///< of the walk in progress, as is the memory
    const TaskMemory* memory = nullptr;
    // Go first: they hold references to the files above.
    std::unique_ptr<Elf, End> header_elf;
    std::unique_ptr<Dwfl, End> dwfl;

    Impl(Machine machine_of_process, ElfFiles& elf_files)
        : machine{machine_of_process}, files{elf_files}, header{bare_header(machine)}, header_elf{header.share()} {
        dwfl.reset(dwfl_begin(&kModuleCallbacks));
        // An unknown machine attaches nothing: there are no walks then, but names.
        if (dwfl) dwfl_attach_state(dwfl.get(), header_elf.get(), 1, &kThreadCallbacks, this);
    }

    void refresh() {
        auto now = read_mappings(tid);
        if (now == mappings) return;
        auto loaded = modules_of(now, modules);
        take(std::move(now), std::move(loaded));
    }

    void take(std::vector<Mapping> now, std::vector<Module> loaded) {
        mappings = std::move(now);
        modules = std::move(loaded);
        if (!dwfl) return;
        // A module that is reported again under the same name at the same place keeps all that libdwfl knows of it.
        dwfl_report_begin(dwfl.get());
        for (const auto& module : modules) report(module);
        dwfl_report_end(dwfl.get(), nullptr, nullptr);
    }

    void report(const Module& module) {
        const auto name = fmt::format("{}:{}", module.first.inode, module.first.path);
        Dwfl_Module* const reported = dwfl_report_module(dwfl.get(), name.c_str(), module.first.begin, module.end);
        void** user = nullptr;
        if (reported == nullptr) return;
        dwfl_module_info(reported, &user, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
        *user = this;
    }

    /// The ELF file that is loaded at an address, opened when somebody asks first; nullptr when there is none.
    const ElfFile* file_at(std::uint64_t address) {
        const auto* const found = find_module(modules, address);
        if (found == nullptr) return nullptr;
        auto& module = modules[static_cast<std::size_t>(found - modules.data())];
        if (!std::exchange(module.asked, true)) module.file = files.open(tid, module.first);
        return module.file.get();
    }

    static int find_elf(Dwfl_Module* /*module*/, void** user, const char* /*name*/, Dwarf_Addr base, char** path,
                        Elf** elf) {
        auto& self = *static_cast<Impl*>(*user);
        const auto* const file = self.file_at(base);
        // libdwfl takes the machine of a file for that of the process, and a file can say anything.
        if (file == nullptr || !file->runs_on(self.machine)) return -1;
        *path = ::strdup(file->path().c_str());
        *elf = file->share();
        return -1;  // no descriptor of its own
    }

    /// In the place of libdwfl's own search, which asks debuginfod over the network.
    static int find_debuginfo(Dwfl_Module* module, void** /*user*/, const char* /*name*/, Dwarf_Addr /*base*/,
                              const char* file, const char* link, GElf_Word /*crc*/, char** /*debug_file*/) {
        const unsigned char* bits = nullptr;
        GElf_Addr address = 0;
        const int size = dwfl_module_build_id(module, &bits, &address);
        if (size <= 0 || file == nullptr) return -1;
        return open_debug_file({bits, static_cast<std::size_t>(size)}, file, link == nullptr ? "" : link).release();
    }

    static pid_t next_thread(Dwfl* /*dwfl*/, void* /*self*/, void** /*thread*/) { return 0; }

    static bool get_thread(Dwfl* /*dwfl*/, pid_t /*tid*/, void* self, void** thread) {
        *thread = self;
        return true;
    }

    static bool read_memory(Dwfl* /*dwfl*/, Dwarf_Addr address, Dwarf_Word* result, void* user) {
        const auto& self = *static_cast<const Impl*>(user);
        const auto word = self.memory->word(address, self.machine.wide ? 8 : 4);
        if (word) *result = *word;
        return word.has_value();
    }

    static bool set_registers(Dwfl_Thread* thread, void* user) {
        const auto& from = *static_cast<const Impl*>(user)->start;
        for (const auto& [number, value] : from.registers) {
            const Dwarf_Word word = value;
            if (!dwfl_thread_state_registers(thread, number, 1, &word)) return false;
        }
        dwfl_thread_state_register_pc(thread, from.pc);
        return true;
    }

    static int visit(Dwfl_Frame* frame, void* user) {
        auto& walking = *static_cast<Walking*>(user);
        auto& walk = walking.walk;
        Dwarf_Addr pc = 0;
        bool exact = false;  // a signal came between two instructions
        if (!dwfl_frame_pc(frame, &pc, &exact)) return DWARF_CB_ABORT;
        // The innermost is behind its system call instruction, as the others are behind their calls.
        if (std::exchange(walking.innermost, false)) exact = false;
        const auto* const mapping = find_mapping(walking.image.mappings, pc);
        const bool code = mapping != nullptr && mapping->executable;
        if (!walk.steps.empty() && !code) return DWARF_CB_ABORT;  // a step by frame pointers alone went astray
        walk.steps.push_back({pc, !exact});
        walk.late = std::chrono::steady_clock::now() >= walking.deadline;
        return walk.late || walk.steps.size() >= walking.most ? DWARF_CB_ABORT : DWARF_CB_OK;
    }
};

const Dwfl_Callbacks ProcessImage::Impl::kModuleCallbacks{find_elf, find_debuginfo, nullptr, nullptr};
const Dwfl_Thread_Callbacks ProcessImage::Impl::kThreadCallbacks{next_thread,   get_thread, read_memory,
                                                                 set_registers, nullptr,    nullptr};

ProcessImage::ProcessImage(Machine machine, ElfFiles& files) : impl_{std::make_unique<Impl>(machine, files)} {}
ProcessImage::~ProcessImage() = default;

Machine ProcessImage::machine() const {
    return impl_->machine;
}

std::span<const Mapping> ProcessImage::mappings() const {
    return impl_->mappings;
}

void ProcessImage::refresh(pid_t tid) {
    impl_->tid = tid;
    impl_->refresh();
}

void ProcessImage::take(const LoadedModules& loaded) {
    impl_->tid = loaded.pid;
    if (loaded.mappings != impl_->mappings) impl_->take(loaded.mappings, loaded.modules);
}

ProcessImage::Walk ProcessImage::walk(const TaskMemory& memory, const FrameStart& start, std::size_t most,
                                      core::SteadyTime deadline) {
    impl_->memory = &memory;
    Impl::Walking walking{*impl_, start, most, deadline, true, {}};
    impl_->start = &start;
    std::optional<FrameStart> caller;
    if (dwfl_addrmodule(impl_->dwfl.get(), start.pc) == nullptr) {
        caller = caller_of_leaf(start, memory);
        if (caller && dwfl_addrmodule(impl_->dwfl.get(), caller->pc) == nullptr) caller.reset();
    }
    if (caller) {
        walking.walk.steps.push_back({start.pc, true});
        impl_->start = &*caller;
    }
    if (walking.walk.steps.size() < most) dwfl_getthread_frames(impl_->dwfl.get(), impl_->tid, Impl::visit, &walking);
    impl_->start = nullptr;
    impl_->memory = nullptr;
    if (walking.walk.steps.empty()) walking.walk.steps.push_back({start.pc, true});
    return std::move(walking.walk);
}

model::StackFrame ProcessImage::describe(const Step& step, core::SteadyTime deadline) {
    auto frame = locate(impl_->mappings, step.pc);
    // What stands before a return address is the call; behind the call may already be the next function.
    const std::uint64_t back = step.is_return && step.pc != 0 ? 1 : 0;
    auto* const module = dwfl_addrmodule(impl_->dwfl.get(), step.pc - back);
    const auto* const file = module == nullptr ? nullptr : impl_->file_at(step.pc - back);
    if (file == nullptr) return frame;

    auto& names = file->names();
    auto known = names.find(frame.offset - back);
    if (known == names.end()) {
        if (std::chrono::steady_clock::now() >= deadline) return frame;
        model::StackFrame found;
        name_place(module, step.pc - back, deadline, found);
        constexpr std::size_t kMostPlaces = 10000;
        if (names.size() >= kMostPlaces) names.clear();
        known = names.emplace(frame.offset - back, std::move(found)).first;
    }
    frame.symbol = known->second.symbol;
    frame.file = known->second.file;
    frame.line = known->second.line;
    return frame;
}

}  // namespace callgate::runners
