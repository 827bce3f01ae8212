# callgate_embed(MODULE HEADER FILES file...)
#
# Puts data files into the module's library, so that one binary carries its schemas and its scenario library.
# HEADER (below the build tree, included by the same path) declares `embedded_files()`: name and text of each, sorted.
set(CALLGATE_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed.cmake)

function(callgate_embed module header)
  cmake_parse_arguments(arg "" "" "FILES" ${ARGN})
  set(directory ${PROJECT_BINARY_DIR}/embedded)
  cmake_path(GET header PARENT_PATH folder)
  set(source ${directory}/${folder}/embedded.cpp)
  set(inputs)
  foreach(file IN LISTS arg_FILES)
    list(APPEND inputs ${PROJECT_SOURCE_DIR}/${file})
  endforeach()
  list(JOIN inputs "|" joined)
  add_custom_command(
    OUTPUT ${source} ${directory}/${header}
    COMMAND ${CMAKE_COMMAND} -DMODULE=${module} -DHEADER=${header} -DOUT_HEADER=${directory}/${header} -DOUT_SOURCE=${source}
            "-DFILES=${joined}" -P ${CALLGATE_EMBED_SCRIPT}
    DEPENDS ${inputs} ${CALLGATE_EMBED_SCRIPT}
    VERBATIM)
  target_sources(callgate_${module} PRIVATE ${source} ${directory}/${header})
endfunction()
