# callgate_module(NAME FOLDER [USES module...] [LINKS target...])
#
# One static library per folder: every .cpp below it, its third-party libraries kept private (no third-party header
# stands in a header of ours), the modules it uses public. Every header is compiled on its own by `callgate_headers`.
add_custom_target(callgate_headers)

function(callgate_module name folder)
  cmake_parse_arguments(arg "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  add_library(callgate_${name} STATIC ${sources})
  target_include_directories(callgate_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/embedded)
  list(TRANSFORM arg_USES PREPEND callgate_)
  target_link_libraries(callgate_${name} PUBLIC ${arg_USES} callgate_sanitize PRIVATE callgate_flags fmt::fmt ${arg_LINKS})
  if(NOT name STREQUAL "core")
    target_precompile_headers(callgate_${name} REUSE_FROM callgate_core)
  else()
    target_precompile_headers(callgate_core PRIVATE
      <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
      <string_view> <thread> <utility> <variant> <vector> <fmt/format.h>)
  endif()

  if(CALLGATE_TESTS AND headers)
    set(checks)
    foreach(header IN LISTS headers)
      file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${header})
      string(MAKE_C_IDENTIFIER ${relative} id)
      set(check ${PROJECT_BINARY_DIR}/headers/${id}.cpp)
      file(CONFIGURE OUTPUT ${check} CONTENT "#include \"${relative}\"\n" @ONLY)
      list(APPEND checks ${check})
    endforeach()
    add_library(callgate_headers_${name} OBJECT EXCLUDE_FROM_ALL ${checks})
    target_link_libraries(callgate_headers_${name} PRIVATE callgate_${name} callgate_flags)
    add_dependencies(callgate_headers callgate_headers_${name})
  endif()
endfunction()
