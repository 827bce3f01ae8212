#include "harness/plan/read_files.h"

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/document/expand.h"
#include "harness/document/read.h"
#include "harness/plan/variables.h"
#include "harness/plan/wording.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <string_view>
#include <system_error>

namespace callgate::plan {

namespace {

namespace fs = std::filesystem;
using document::MappingReader;
using document::Node;

constexpr std::uint64_t kLargestTmpfs = std::uint64_t{1} << 30;

/// Below the working directory, written relative to it; none when it is outside.
std::optional<std::string> inside(const std::string& path, const std::string& workdir) {
    auto relative = fs::path{path}.lexically_normal();
    if (relative.is_absolute()) relative = relative.lexically_relative(fs::path{workdir}.lexically_normal());
    if (relative.empty() || relative == "." || *relative.begin() == "..") return std::nullopt;
    auto text = relative.string();
    while (text.ends_with('/')) text.pop_back();
    return text;
}

/// Expanded line by line, so that an unknown variable is shown in its own line.
std::string expand_text(const std::string& name, std::string text, const FileSurroundings& around,
                        core::Diagnostics& diagnostics) {
    auto variables = around.variables;
    add_environment(text, around.environment, variables);
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{name, std::move(text)});
    std::string out;
    for (std::size_t begin = 0; begin < source->text.size();) {
        const auto newline = source->text.find('\n', begin);
        const auto end = newline == std::string::npos ? source->text.size() : newline;
        Node line;
        line.kind = Node::Kind::scalar;
        line.quoted = true;
        line.scalar = source->text.substr(begin, end - begin);
        const auto variable = line.scalar.find("${");
        line.span = {source, begin + (variable == std::string::npos ? 0 : variable), end};
        out += document::expand(line, variables, diagnostics).scalar;
        if (newline != std::string::npos) out += '\n';
        begin = end + 1;
    }
    return out;
}

void read_source(const Node& node, const FileSurroundings& around, ports::FileSpec& file,
                 core::Diagnostics& diagnostics) {
    const auto name = read_text(node, diagnostics);
    if (!name) return;
    const auto path = around.plan_directory / *name;
    std::error_code error;
    // Reading a pipe or a device could wait for ever.
    if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
        diagnostics.error(node.span, fmt::format("'{}' is not a regular file", *name));
        return;
    }
    auto text = core::read_file(path);
    if (!text) {
        diagnostics.error(node.span, text.error().message, "a source is looked for beside the plan");
        return;
    }
    const auto shown = path.lexically_normal().string();
    file.source = {shown, core::sha256(*text)};
    file.text = expand_text(shown, std::move(*text), around, diagnostics);
}

std::string read_common_name(const Node& node, core::Diagnostics& diagnostics) {
    auto name = read_text(node, diagnostics).value_or("");
    const auto fits = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view{".-:*"}.find(c) != std::string::npos;
    };
    // X.520 limits a common name to 64 characters; OpenSSL refuses longer ones.
    constexpr std::size_t kLongest = 64;
    if (name.size() <= kLongest && std::all_of(name.begin(), name.end(), fits)) return name;
    diagnostics.error(node.span, fmt::format("'{}' is not a host that a certificate can name", name),
                      "a host name or an address, as localhost");
    return {};
}

unsigned read_mode(const Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return 0;
    auto digits = std::string_view{*text};
    if (digits.size() == 4 && digits.front() == '0') digits.remove_prefix(1);
    unsigned mode = 0;
    for (const char c : digits) {
        mode = c >= '0' && c <= '7' && digits.size() == 3 ? mode * 8 + static_cast<unsigned>(c - '0') : 0;
        if (mode == 0) break;
    }
    if (mode == 0) {
        diagnostics.error(node.span, fmt::format("'{}' is not a file mode", *text), "three octal digits, as \"0640\"");
    }
    return mode;
}

ports::FileSpec read_file(const Node& node, const FileSurroundings& around, core::Diagnostics& diagnostics) {
    using Kind = ports::FileSpec::Kind;
    MappingReader reader{node, "a file", diagnostics};
    ports::FileSpec file;
    if (const auto* path = reader.required("path")) {
        if (const auto text = read_text(*path, diagnostics)) {
            const auto below = inside(*text, around.workdir);
            file.path = below.value_or("");
            if (!below) {
                diagnostics.error(path->span, fmt::format("'{}' is not below the working directory", *text),
                                  "a path relative to ${workdir}");
            }
        }
    }
    if (const auto* source = reader.optional("source")) read_source(*source, around, file, diagnostics);
    if (const auto* text = reader.optional("text")) {
        file.text = document::read_string(*text, diagnostics).value_or("");
    }
    if (const auto* certificate = reader.optional("certificate")) {
        file.kind = Kind::certificate;
        file.common_name = read_common_name(*certificate, diagnostics);
    }
    if (const auto* directory = reader.optional("directory")) {
        file.kind = Kind::directory;
        if (const auto yes = document::read_bool(*directory, diagnostics); yes && !*yes) {
            diagnostics.error(directory->span, "'directory: false' says nothing", "leave it out");
        }
    }
    if (const auto* tmpfs = reader.optional("tmpfs")) {
        file.kind = Kind::tmpfs;
        file.size = ports::read_size(*tmpfs, diagnostics).value_or(0);
        if (file.size > kLargestTmpfs) {
            diagnostics.error(tmpfs->span, fmt::format("a tmpfs of {} is too large", ports::size_text(file.size)),
                              "at most 1GiB: it is memory, and is there to be filled");
        }
    }
    exactly_one_of(node, "a file", {"source", "text", "certificate", "directory", "tmpfs"}, diagnostics);
    if (const auto* mode = reader.optional("mode")) file.mode = read_mode(*mode, diagnostics);
    reader.finish();
    return file;
}

}  // namespace

std::vector<ports::FileSpec> read_files(const Node& list, const FileSurroundings& around,
                                        core::Diagnostics& diagnostics) {
    std::vector<ports::FileSpec> files;
    if (list.kind != Node::Kind::sequence) {
        diagnostics.error(list.span, fmt::format("{} stands where a list of files is wanted", kind_name(list)),
                          "as - {path: server.conf, source: server.conf.in}");
    }
    std::map<std::string, core::Span> seen;
    for (const auto& item : list.items) {
        auto file = read_file(item, around, diagnostics);
        if (!file.path.empty()) {
            const auto& span = item.find("path")->span;
            const auto [first, is_new] = seen.emplace(file.path, span);
            if (!is_new) {
                diagnostics.error(span, fmt::format("file '{}' is written twice", file.path),
                                  stands_already(first->second));
            }
        }
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace callgate::plan
