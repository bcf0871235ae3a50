# The Debian package: `cpack -G DEB` in the build directory. scripts/package builds one from scratch; the target
# `debian_packages` builds and tries it on bare Debians.
set(CPACK_PACKAGE_VENDOR "the sae-mpi developers")
set(CPACK_PACKAGE_CONTACT "the sae-mpi developers <sae-mpi@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_FILE ${CMAKE_CURRENT_LIST_DIR}/package-description.txt)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# The libraries by dpkg-shlibdeps; mpirun is in a package of its own.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS openmpi-bin)
if(MPI_CXX_COMPILER MATCHES mpich)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS mpich)
endif()
include(CPack)

add_custom_target(debian_packages
                  COMMAND ${PROJECT_SOURCE_DIR}/tests/packages/bare-debian bookworm
                  COMMAND ${PROJECT_SOURCE_DIR}/tests/packages/bare-debian trixie
                  USES_TERMINAL VERBATIM)
