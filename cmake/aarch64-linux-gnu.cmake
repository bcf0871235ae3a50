# Cross-compiles for ARM64 on Debian, with libraries of the architecture arm64 (dpkg --add-architecture arm64), and runs
# what is built under qemu-user: scripts/platforms arm64 has the packages.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)

# The compiler wrapper of Open MPI belongs to the machine that builds: what one for ARM64 would say.
set(MPI_SKIP_COMPILER_WRAPPER ON)
set(MPI_ASSUME_NO_BUILTIN_MPI ON)
set(MPI_CXX_SKIP_MPICXX ON)
set(MPI_CXX_HEADER_DIR /usr/lib/aarch64-linux-gnu/openmpi/include CACHE PATH "")
set(MPI_CXX_LIB_NAMES mpi CACHE STRING "")
set(MPI_mpi_LIBRARY /usr/lib/aarch64-linux-gnu/openmpi/lib/libmpi.so CACHE FILEPATH "")
