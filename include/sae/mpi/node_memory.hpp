#pragma once
#include <cstddef>
#include <span>

#include "sae/mpi/communicator.hpp"

namespace sae::mpi {

/// Memory that all ranks of a node see: POSIX shared memory. Its name is removed as soon as all have opened
/// it, so that nothing is left behind however a rank ends. Unlike for an MPI window, destruction is not
/// collective, so it may happen while an exception is handled.
class NodeMemory {
  public:
    /// None.
    NodeMemory() = default;
    /// Collective over the ranks of a node: `bytes` zeros, the same number on all ranks. Without memory, see
    /// bytes(), if the system grants none. Each rank asks for the pages of an equal share, which are then
    /// near the processor on which it runs.
    NodeMemory(const Communicator& node, std::size_t bytes);
    ~NodeMemory();

    NodeMemory(NodeMemory&& other) noexcept;
    NodeMemory& operator=(NodeMemory&& other) noexcept;

    /// The memory, aligned to a page, or null on all ranks.
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    std::span<std::byte> bytes_;
};

}  // namespace sae::mpi
