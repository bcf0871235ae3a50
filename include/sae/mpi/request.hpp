#pragma once
#include <mpi.h>

#include <string>
#include <vector>

namespace sae::mpi {

/// A collective operation that runs while the rank computes. Its buffers belong to MPI until test() has
/// returned true or wait() has returned. MPI moves most data inside its calls, so call test() regularly.
///
/// The destructor of a request that is not complete waits, since MPI has no way to cancel a collective. When
/// an exception unwinds the stack another rank may never take part, so it waits for 0.5 s only and then gives
/// up; after that the rank may call nothing of MPI but the abort that guard() makes.
class Request {
  public:
    /// A request that is complete.
    Request() = default;
    /// Takes over `pending`, which the MPI function `call` has started. `counts` are arrays that were passed
    /// to it and must live as long as the operation.
    Request(std::string call, std::vector<MPI_Request> pending, std::vector<int> counts);
    Request(Request&& other) noexcept;
    /// Ends the operation that this request held before as the destructor does.
    Request& operator=(Request&& other) noexcept;
    ~Request();

    /// Whether the operation is complete; lets MPI make progress. Throws Failure.
    [[nodiscard]] bool test();
    /// Returns when the operation is complete. Throws Failure.
    void wait();

  private:
    void finish() noexcept;

    std::string call_;
    std::vector<MPI_Request> pending_;
    std::vector<int> counts_;
    int exceptions_at_start_ = 0;
};

}  // namespace sae::mpi
