#pragma once
#include <cstddef>
#include <span>

#include "sae/mpi/communicator.hpp"

namespace sae::mpi {

/// Memory that all ranks of a node see: POSIX shared memory whose name is gone as soon as all have opened it,
/// so that no end of a rank leaves anything behind. Its destruction, unlike that of an MPI window, is no
/// collective call, and may happen while an exception passes.
class NodeMemory {
  public:
    /// None.
    NodeMemory() = default;
    /// Collective over the ranks of a node: `bytes` zeros, the same number on all ranks. Without memory, see
    /// bytes(), if the system grants none. Each rank asks for the pages of an equal share, which then lie
    /// near the processor on which it runs.
    NodeMemory(const Communicator& node, std::size_t bytes);
    ~NodeMemory();

    NodeMemory(NodeMemory&& other) noexcept;
    NodeMemory& operator=(NodeMemory&& other) noexcept;

    /// The memory, aligned to a page, or nothing, on all ranks alike.
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    std::span<std::byte> bytes_;
};

}  // namespace sae::mpi
