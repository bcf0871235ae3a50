#pragma once
#include <mpi.h>

#include <cstddef>
#include <cstdint>

namespace sae::mpi {

/// The MPI datatype of a C++ type; only the types that are sent have one.
template <class T>
struct Datatype;

template <>
struct Datatype<std::byte> {
    static MPI_Datatype handle() { return MPI_BYTE; }
};
template <>
struct Datatype<char> {
    static MPI_Datatype handle() { return MPI_CHAR; }
};
template <>
struct Datatype<std::uint8_t> {
    static MPI_Datatype handle() { return MPI_UINT8_T; }
};
template <>
struct Datatype<int> {
    static MPI_Datatype handle() { return MPI_INT; }
};
template <>
struct Datatype<std::int64_t> {
    static MPI_Datatype handle() { return MPI_INT64_T; }
};
template <>
struct Datatype<double> {
    static MPI_Datatype handle() { return MPI_DOUBLE; }
};

/// A type that has a Datatype.
template <class T>
concept Transferable = requires {
    Datatype<T>::handle();
};

}  // namespace sae::mpi
