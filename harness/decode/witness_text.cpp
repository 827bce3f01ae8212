#include "harness/decode/witness_text.h"

#include "harness/decode/call_text.h"
#include "harness/decode/names.h"
#include "harness/model/arch.h"
#include "harness/model/syscall_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace callgate::decode {

namespace {

using Texts = std::vector<ArgumentText>;

const ArgumentText* text_of(const Texts& texts, unsigned index) {
    const auto found = std::find_if(texts.begin(), texts.end(), [&](const ArgumentText& text) {
        return text.first <= index && index <= text.last;
    });
    return found == texts.end() ? nullptr : &*found;
}

std::vector<model::Parameter> parameters_of(const model::Call& call) {
    const auto name = model::syscall_name(call.audit_arch, call.nr);
    return model::parameters(model::arch_of_call(call.audit_arch, call.nr), name)
        .value_or(std::vector<model::Parameter>{});
}

/// Of an argument: the label of the signature, then the kernel's name, which is longer now and then.
std::string name_of(const ArgumentText* text, const std::vector<model::Parameter>& parameters, unsigned index) {
    if (text != nullptr && text->first == text->last && !text->label.empty()) return std::string{text->label};
    if (index < parameters.size() && !parameters[index].name.empty()) return std::string{parameters[index].name};
    return fmt::format("arg{}", index);
}

/// Whether the kernel reads the whole value.
bool is_read(const std::vector<model::Parameter>& parameters, unsigned index, std::uint64_t value) {
    const unsigned bits = index < parameters.size() ? parameters[index].bits : 32;
    return bits >= 64 || value >> bits == 0;
}

}  // namespace

std::string argument_name(const model::Call& call, unsigned index) {
    return name_of(text_of(argument_texts(call, NoTask{}), index), parameters_of(call), index);
}

std::string witness_text(const model::Call& call, Touched touched) {
    const auto texts = argument_texts(call, NoTask{});
    const auto parameters = parameters_of(call);
    std::string all;
    const auto add = [&](std::string_view name, std::string_view value) {
        all += fmt::format("{}{}={}", all.empty() ? "" : ", ", name, value);
    };
    for (unsigned i = 0; i < call.args.size(); ++i) {
        if (!touched[i]) continue;
        const auto* text = text_of(texts, i);
        const auto value = call.args.at(i);
        const bool known = text != nullptr && text->first == text->last && is_read(parameters, i, value) &&
                           (!text->selector || touched[*text->selector]);
        add(name_of(text, parameters, i), known ? text->text : hex_text(value));
    }
    if (touched[kInstructionPointer]) add("instruction_pointer", hex_text(call.instruction_pointer));
    return fmt::format("{}({})", model::syscall_name(call.audit_arch, call.nr), all);
}

}  // namespace callgate::decode
