# What is installed beside the program, and the Debian package made of it by `cpack -G DEB` (./dev package, which makes the
# tarball too). With SOURCE_DATE_EPOCH set and the umask 022 the same source makes the same bytes.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # cpack would build the tests first; callgate_packaged is what it needs
string(TIMESTAMP CALLGATE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)  # that of SOURCE_DATE_EPOCH where it is set
configure_file(packaging/changelog.in ${PROJECT_BINARY_DIR}/package/changelog @ONLY)

# callgate_compressed(SOURCE NAME): package/NAME.gz, without a name or time of its own.
function(callgate_compressed source name)
  set(made ${PROJECT_BINARY_DIR}/package/${name}.gz)
  add_custom_command(OUTPUT ${made} DEPENDS ${source} VERBATIM
    COMMAND sh -c "gzip -9nc \"$1\" >\"$2\"" sh ${source} ${made})
  set_property(GLOBAL APPEND PROPERTY CALLGATE_PACKAGED ${made})
endfunction()
callgate_compressed(${PROJECT_SOURCE_DIR}/harness/docs/callgate.1 callgate.1)
callgate_compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md NEWS)
callgate_compressed(${PROJECT_BINARY_DIR}/package/changelog changelog)

# The completions are made of the tables that --help is made of. Another processor's program is asked through what CMake
# runs it by.
foreach(shell bash zsh fish)
  set(made ${PROJECT_BINARY_DIR}/package/completion.${shell})
  add_custom_command(OUTPUT ${made} DEPENDS callgate VERBATIM
    COMMAND sh -c "shell=$1 made=$2; shift 2; \"$@\" completion $shell >\"$made\"" sh ${shell} ${made}
      ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:callgate>)
  set_property(GLOBAL APPEND PROPERTY CALLGATE_PACKAGED ${made})
endforeach()

get_property(packaged GLOBAL PROPERTY CALLGATE_PACKAGED)
add_custom_target(callgate_packaged DEPENDS callgate ${packaged})

set(made ${PROJECT_BINARY_DIR}/package)
install(FILES ${made}/callgate.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES packaging/lintian-overrides DESTINATION share/lintian/overrides RENAME callgate)
install(FILES packaging/copyright ${made}/NEWS.gz ${made}/changelog.gz DESTINATION share/doc/callgate)
install(FILES ${made}/completion.bash DESTINATION share/bash-completion/completions RENAME callgate)
install(FILES ${made}/completion.zsh DESTINATION share/zsh/vendor-completions RENAME _callgate)
install(FILES ${made}/completion.fish DESTINATION share/fish/vendor_completions.d RENAME callgate.fish)
install(DIRECTORY examples/ DESTINATION share/doc/callgate/examples)
install(DIRECTORY harness/docs/guides DESTINATION share/doc/callgate)
install(FILES harness/docs/reference.md DESTINATION share/doc/callgate)
install(DIRECTORY profiles/library/ DESTINATION share/callgate/profiles/library
  PATTERN __pycache__ EXCLUDE
  PATTERN *.sh PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The callgate authors <callgate@example.org>")
set(CPACK_PACKAGE_VENDOR callgate)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "test seccomp profiles against real workloads")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_FILE_NAME callgate-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "patch, gdb")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "callgate runs a workload under a candidate seccomp profile, drives it through
load, reload, shutdown, garbage collection and other rare phases, and says
which system calls the profile refuses, where, and how to repair it. Its
verdict is an exit code, so that a pipeline can gate on it.")
include(CPack)
