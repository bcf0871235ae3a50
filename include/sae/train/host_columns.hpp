#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "sae/core/column_tiles.hpp"
#include "sae/core/forward_figures.hpp"
#include "sae/mpi/nodes.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// Which ranks count as those of one host.
struct Sharing {
    /// Whether the ranks of a host share memory; no bit depends on it.
    bool memory = true;
    /// A number that the ranks of one host have in common, instead of MPI's answer, so that a test has
    /// several hosts on one.
    std::optional<std::int64_t> host;
};

/// Collective: for each rank of `comm`, the number of its host; a different one for each rank if no memory is
/// to be shared.
[[nodiscard]] std::vector<std::int64_t> host_numbers(const mpi::Communicator& comm, const Sharing& sharing);

/// Columns (images) as bytes, once a host. A host has a run of whole tiles; its ranks load near-equal runs of
/// its columns, and each of them sees all tiles of the host. The hosts' and the ranks' shares are in
/// proportion to their cores.
class HostColumns {
  public:
    /// Collective: room for the columns of `tiling`, of `rows` bytes each, all 0. `cores` is the number of
    /// threads of this rank. Throws std::bad_alloc on all ranks if there is too little memory.
    HostColumns(const mpi::Communicator& comm, Index rows, const Tiling& tiling, int cores,
                const Sharing& sharing = {});
    HostColumns(HostColumns&&) = default;
    HostColumns& operator=(HostColumns&&) = default;

    /// The tiles of this host. A rank puts its own columns there, those of runs()[rank]; the others' are
    /// there once all ranks have reported that they are done.
    [[nodiscard]] ColumnTiles& tiles() { return tiles_; }
    [[nodiscard]] const ColumnTiles& tiles() const { return tiles_; }
    /// This rank's tiles of the host where each rank works alone: each tile belongs to one rank.
    [[nodiscard]] const ColumnTiles& own_tiles() const { return own_tiles_; }
    /// The cores of this host, and which of them are this rank's.
    [[nodiscard]] const CoreShare& cores() const { return cores_; }
    /// The columns that each rank loads.
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
