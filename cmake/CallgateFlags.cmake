# Compiler flags that every target of ours gets, as one interface target.
add_library(callgate_flags INTERFACE)
target_compile_options(callgate_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wconversion
  -Wsign-conversion -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough -fstack-protector-strong)
if(CALLGATE_WERROR)
  target_compile_options(callgate_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees null dereferences, unset members and overlapping or endless copies inside optimised std::variant and
  # std::string that are not there (gcc.gnu.org bugs 105329, 105651 and kin).
  target_compile_options(callgate_flags INTERFACE
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CALLGATE_SANITIZE)
  target_compile_definitions(callgate_flags INTERFACE _FORTIFY_SOURCE=2)
  target_link_options(callgate_flags INTERFACE -Wl,-z,relro -Wl,-z,now)
endif()

add_library(callgate_sanitize INTERFACE)
if(CALLGATE_SANITIZE)
  target_compile_options(callgate_sanitize INTERFACE -fsanitize=${CALLGATE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(callgate_sanitize INTERFACE -fsanitize=${CALLGATE_SANITIZE})
endif()
