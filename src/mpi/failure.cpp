#include "sae/mpi/failure.hpp"

#include <mpi.h>

#include <array>
#include <exception>
#include <new>

#include "sae/mpi/agreement.hpp"

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

ErrorReport report_current_exception() {
    try {
        throw;
    } catch (const AgreedError& error) {
        return {error.status(), error.what()};
    } catch (const UsageError& error) {
        return {2, error.what()};
    } catch (const std::bad_alloc&) {
        return {1, "out of memory: use more nodes, fewer ranks on a node, or fewer images"};
    } catch (const std::exception& error) {
        return {1, error.what()};
    } catch (...) {
        return {1, "an exception of unknown type"};
    }
}

}  // namespace sae::mpi
