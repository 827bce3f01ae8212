# callgate_module(NAME FOLDER [USES module...] [LINKS target...])
#
# One static library per folder: every .cpp below it, its third-party libraries kept private (no third-party header
# stands in a header of ours), the modules it uses public. `callgate_every_header` compiles every header on its own,
# `callgate_headers` those that no .cpp of their own includes first (check_layers.py sees to that).
add_custom_target(callgate_headers)
add_custom_target(callgate_every_header DEPENDS callgate_headers)

function(callgate_module name folder)
  cmake_parse_arguments(arg "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  list(FILTER headers EXCLUDE REGEX "[.]bpf[.]h$")  # in the dialect of the compiler for eBPF
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
    set(checks_headers)
    set(checks_every_header)
    foreach(header IN LISTS headers)
      file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${header})
      string(MAKE_C_IDENTIFIER ${relative} id)
      set(check ${PROJECT_BINARY_DIR}/headers/${id}.cpp)
      file(CONFIGURE OUTPUT ${check} CONTENT "#include \"${relative}\"\n" @ONLY)
      cmake_path(REPLACE_EXTENSION header LAST_ONLY .cpp OUTPUT_VARIABLE own)
      if(own IN_LIST sources)
        list(APPEND checks_every_header ${check})
      else()
        list(APPEND checks_headers ${check})
      endif()
    endforeach()
    foreach(set headers every_header)
      if(checks_${set})
        add_library(callgate_${set}_${name} OBJECT EXCLUDE_FROM_ALL ${checks_${set}})
        target_link_libraries(callgate_${set}_${name} PRIVATE callgate_${name} callgate_flags)
        add_dependencies(callgate_${set} callgate_${set}_${name})
      endif()
    endforeach()
  endif()
endfunction()
