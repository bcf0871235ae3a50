#pragma once
#include <cstddef>
#include <span>

#include "sae/mpi/communicator.hpp"

namespace sae::mpi {

/// Memory that all ranks of a communicator see: POSIX shared memory whose name is gone as soon as all have
/// opened it, so that no end of a rank leaves anything behind. Its destruction, unlike that of an MPI window,
/// is no collective call, and may happen while an exception passes.
class NodeMemory {
  public:
    /// Collective: `bytes` > 0 zeros, the same number on all ranks. Without memory, see bytes(), if the ranks
    /// do not run on one node, or the system grants none.
    NodeMemory(const Communicator& comm, std::size_t bytes);
    ~NodeMemory();

    NodeMemory(const NodeMemory&) = delete;
    NodeMemory& operator=(const NodeMemory&) = delete;

    /// The memory, aligned to a page, or nothing, on all ranks alike.
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    std::span<std::byte> bytes_;
};

}  // namespace sae::mpi
