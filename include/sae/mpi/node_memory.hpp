#pragma once
#include <cstddef>
#include <span>

#include "sae/core/zeroed_memory.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae::mpi {

/// Memory that all ranks of a node see: POSIX shared memory. Its name is removed as soon as all have opened
/// it, so that nothing is left behind however a rank ends. Unlike for an MPI window, destruction is not
/// collective, so it may happen while an exception is handled.
class NodeMemory {
  public:
    /// No memory.
    NodeMemory() = default;
    /// Collective over the ranks of a node: `bytes` bytes, all 0; all ranks pass the same number. If the
    /// system does not grant them, bytes() is empty on all ranks. Each rank requests the
    /// pages of an equal share, which are then near the processor on which it runs. Large memory is in huge
    /// pages, if the system has them for shared memory: Linux from 6.1 on has.
    NodeMemory(const Communicator& node, std::size_t bytes);

    /// The memory, aligned to a page; empty if there is none.
    [[nodiscard]] std::span<std::byte> bytes() const { return memory_.bytes(); }

  private:
    ZeroedMemory memory_;  ///< its addresses; the pages are those of the segment
};

}  // namespace sae::mpi
