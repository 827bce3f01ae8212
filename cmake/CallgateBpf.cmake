# callgate_bpf(MODULE SOURCE)
#
# Compiles NAME.bpf.c to eBPF byte code, and makes a header of it that the module's .cpp files include as <NAME.skel.h>:
# the byte code, its maps and programs as struct NAME_bpf (bpftool-gen(8)). It stands in a system folder, for it is not
# ours and knows nothing of our warnings.
find_program(CALLGATE_BPF_CLANG NAMES clang clang-14 DOC "a clang that compiles for eBPF")
find_program(CALLGATE_BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin DOC "bpftool, which makes headers of eBPF objects")

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(CALLGATE_BPF_ARCH x86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(CALLGATE_BPF_ARCH arm64)
else()
  message(FATAL_ERROR "the recorder in runners/record knows the registers of x86_64 and aarch64 only, not of ${CMAKE_SYSTEM_PROCESSOR}")
endif()

foreach(tool CALLGATE_BPF_CLANG CALLGATE_BPFTOOL)
  if(NOT ${tool})
    message(FATAL_ERROR "callgate's recorder is eBPF code: to build it clang and bpftool are needed (Debian: apt-get install clang bpftool); ${tool} was not found")
  endif()
endforeach()
execute_process(
  COMMAND ${CALLGATE_BPF_CLANG} -print-targets
  OUTPUT_VARIABLE targets ERROR_QUIET)
if(NOT targets MATCHES "bpf ")
  message(FATAL_ERROR "${CALLGATE_BPF_CLANG} cannot compile for eBPF (clang -print-targets does not list bpf); Debian's clang can")
endif()

function(callgate_bpf module source)
  cmake_path(GET source STEM name)
  set(directory ${PROJECT_BINARY_DIR}/bpf)
  set(object ${directory}/${name}.bpf.o)
  set(skeleton ${directory}/${name}.skel.h)
  file(MAKE_DIRECTORY ${directory})
  # The kernel's own headers of user space, of the processor that is compiled for.
  set(kernel_headers -idirafter ${CMAKE_SYSROOT}/usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -idirafter ${CMAKE_SYSROOT}/usr/include)
  add_custom_command(
    OUTPUT ${skeleton}
    COMMAND ${CALLGATE_BPF_CLANG} -target bpf -mcpu=v2 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror
            # Its debugging information is part of the program, and must not say where the source lay.
            -ffile-prefix-map=${PROJECT_BINARY_DIR}=build -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -fdebug-compilation-dir=.
            -D__TARGET_ARCH_${CALLGATE_BPF_ARCH} -I${PROJECT_SOURCE_DIR} ${kernel_headers} -MD -MF ${object}.d -MT ${skeleton}
            -c ${PROJECT_SOURCE_DIR}/${source} -o ${object}
    COMMAND ${CALLGATE_BPFTOOL} gen skeleton ${object} name ${name}_bpf > ${skeleton}
    DEPENDS ${PROJECT_SOURCE_DIR}/${source}
    DEPFILE ${object}.d
    VERBATIM)
  target_sources(callgate_${module} PRIVATE ${skeleton})
  target_include_directories(callgate_${module} SYSTEM PRIVATE ${directory})
endfunction()
