#include "sae/mpi/failure.hpp"

#include <mpi.h>

#include <array>
#include <utility>

namespace sae::mpi {
namespace {

std::string error_text(int code) {
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) return "unknown error";
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

Failure::Failure(std::string_view call, int code) : Failure(call, code, error_text(code)) {}

Failure::Failure(std::string_view call, int code, std::string text)
    : Error(std::string(call) + " failed: " + text + " (MPI error " + std::to_string(code) + ")"),
      call_(call),
      code_(code),
      text_(std::move(text)) {}

void check(int code, std::string_view call) {
    if (code != MPI_SUCCESS) throw Failure(call, code);
}

}  // namespace sae::mpi
