#pragma once
#include <string>
#include <string_view>

#include "sae/core/error.hpp"

namespace sae::mpi {

/// A call of the MPI library that did not return MPI_SUCCESS.
class Failure : public Error {
  public:
    /// `call` is the function's name, `code` what it returned. MPI must be initialised: it gives the text.
    Failure(std::string_view call, int code);

    [[nodiscard]] const std::string& call() const { return call_; }
    [[nodiscard]] int code() const { return code_; }
    /// What the library says about the code.
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    Failure(std::string_view call, int code, std::string text);

    std::string call_;
    int code_;
    std::string text_;
};

/// Throws a Failure unless `code`, the result of the MPI function `call`, is MPI_SUCCESS.
void check(int code, std::string_view call);

}  // namespace sae::mpi
