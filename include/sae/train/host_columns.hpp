#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sae/core/column_tiles.hpp"
#include "sae/core/forward_figures.hpp"
#include "sae/mpi/nodes.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// Which ranks share memory. No bit depends on it; the defaults are those of the program, the rest is for
/// tests and measurements.
struct Sharing {
    /// Whether the ranks of a host share memory.
    bool memory = true;
    /// The number of this rank's host, instead of MPI's answer: several hosts on one machine.
    std::optional<std::int64_t> host;
};

/// Collective: for each rank of `comm`, the number of its host; without shared memory each rank has a
/// different one.
[[nodiscard]] std::vector<std::int64_t> host_numbers(const mpi::Communicator& comm, const Sharing& sharing);

/// The columns (images) of a host as bytes, in memory that its ranks share. Each host has neighbouring whole
/// tiles. Each rank loads a run of the host's columns and sees all of them. The shares of hosts and ranks are
/// in proportion to their cores.
class HostColumns {
  public:
    /// Collective: room for this host's columns of `tiling`, of `rows` bytes each, all 0. `cores` is the
    /// number of threads of this rank. Throws std::bad_alloc on all ranks if there is too little memory.
    HostColumns(const mpi::Communicator& comm, Index rows, const Tiling& tiling, int cores,
                const Sharing& sharing = {});
    HostColumns(HostColumns&&) = default;
    HostColumns& operator=(HostColumns&&) = default;

    /// The tiles of this host. A rank puts the columns runs()[rank] there. All may be read once all ranks
    /// have agreed that they are done.
    [[nodiscard]] ColumnTiles& tiles() { return tiles_; }
    [[nodiscard]] const ColumnTiles& tiles() const { return tiles_; }
    /// For work that ranks do alone: this rank's tiles. Each tile belongs to exactly one rank.
    [[nodiscard]] const ColumnTiles& own_tiles() const { return own_tiles_; }
    /// The cores of this host, and which of them are this rank's.
    [[nodiscard]] const CoreShare& cores() const { return cores_; }
    /// The columns that each rank loads, by rank, counted over all hosts.
    [[nodiscard]] const std::vector<ColumnRun>& runs() const { return runs_; }

  private:
    HostColumns(const mpi::Communicator& comm, Index rows, const Tiling& tiling, mpi::SharedNodes shared);

    mpi::NodeMemory memory_;
    std::vector<ColumnRun> runs_;
    ColumnTiles tiles_;
    ColumnTiles own_tiles_;
    CoreShare cores_;
};

}  // namespace sae
