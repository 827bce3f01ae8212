# Run by callgate_embed: writes one header and one source that hold the given text files.
string(REPLACE "|" ";" files "${FILES}")
file(WRITE ${OUT_HEADER} "#pragma once

#include <span>
#include <string_view>

namespace callgate::${MODULE} {

/// A file of the source tree that the binary carries: its base name and its whole text.
struct EmbeddedFile {
    std::string_view name;
    std::string_view text;
};

/// All files embedded in this module, sorted by name; valid for the life of the program.
std::span<const EmbeddedFile> embedded_files();

}  // namespace callgate::${MODULE}
")
list(LENGTH files count)
set(entries "")
list(SORT files)
foreach(file IN LISTS files)
  cmake_path(GET file FILENAME name)
  file(READ ${file} text)
  string(APPEND entries "    EmbeddedFile{\"${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
if(count EQUAL 0)
  set(body "    return {};\n")
else()
  set(body "    return kFiles;\n")
  set(table "constexpr std::array<EmbeddedFile, ${count}> kFiles{{\n${entries}}};\n")
endif()
file(WRITE ${OUT_SOURCE} "#include \"${HEADER}\"

#include <array>

namespace callgate::${MODULE} {
namespace {
${table}}  // namespace

std::span<const EmbeddedFile> embedded_files() {
${body}}

}  // namespace callgate::${MODULE}
")
