#include "runners/stack/modules.h"

#include <algorithm>

namespace callgate::runners {

namespace {

bool may_be_elf(const Mapping& mapping) {
    return mapping.path == "[vdso]" || (mapping.inode != 0 && !mapping.path.empty() && mapping.path.front() == '/');
}

/// Segments are loaded in the order of the file: a smaller offset is the same file, loaded once more.
bool continues(const Mapping& mapping, const Module& module) {
    return module.first.inode == mapping.inode && module.first.path == mapping.path &&
           mapping.offset >= module.last_offset;
}

}  // namespace

std::vector<Module> modules_of(std::span<const Mapping> mappings, std::span<const Module> former) {
    std::vector<Module> modules;
    bool open = false;  // more mappings may belong to the last module
    for (const auto& mapping : mappings) {
        if (!may_be_elf(mapping)) continue;  // a module's zeroed memory is anonymous and may stand between
        if (open && continues(mapping, modules.back())) {
            modules.back().end = mapping.end;
            modules.back().last_offset = mapping.offset;
            continue;
        }
        open = mapping.offset == 0;
        if (open) modules.push_back({mapping, mapping.end, 0, false, nullptr});
    }
    for (auto& module : modules) {
        const auto same = std::find_if(former.begin(), former.end(),
                                       [&](const Module& candidate) { return module.same_place(candidate); });
        if (same != former.end()) module = *same;
    }
    return modules;
}

const Module* find_module(std::span<const Module> modules, std::uint64_t address) {
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& candidate) {
        return candidate.first.begin <= address && address < candidate.end;
    });
    return found == modules.end() ? nullptr : &*found;
}

}  // namespace callgate::runners
