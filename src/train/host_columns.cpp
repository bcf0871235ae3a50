#include "sae/train/host_columns.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "sae/core/physical_memory.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

/// The tiles of the cores [first_core, first_core + cores), which are counted over all hosts.
TileRange tiles_of(const Tiling& tiling, const mpi::NodeLayout& hosts, int first_core, int cores) {
    return {tiling.first_tile(first_core, hosts.all_cores()),
            tiling.first_tile(first_core + cores, hosts.all_cores())};
}

TileRange tiles_of_host(const Tiling& tiling, const mpi::NodeLayout& hosts, int host) {
    return tiles_of(tiling, hosts, hosts.first_core_of_node(host), hosts.cores_of_node(host));
}

/// Ranks load whole byte panels, so that no two write to the same bytes: the number of panels of some tiles.
Index panels_of(const Tiling& tiling, const TileRange& tiles) {
    Index panels = 0;
    for (Index tile = tiles.first; tile < tiles.last; ++tile)
        panels += pieces(tiling.width(tile), byte_panel_width);
    return panels;
}

/// The first column of byte panel `panel` of some tiles; for the one after the last, where the tiles end.
Index column_of(const Tiling& tiling, const TileRange& tiles, Index panel) {
    for (Index tile = tiles.first; tile < tiles.last; ++tile) {
        const Index panels = pieces(tiling.width(tile), byte_panel_width);
        if (panel < panels) return tiling.begin(tile) + panel * byte_panel_width;
        panel -= panels;
    }
    return tiling.begin(tiles.last);
}

std::vector<ColumnRun> runs_of(const Tiling& tiling, const mpi::NodeLayout& hosts) {
    std::vector<ColumnRun> runs;
    for (int rank = 0; rank < hosts.ranks(); ++rank) {
        const int host = hosts.node(rank);
        const TileRange tiles = tiles_of_host(tiling, hosts, host);
        const Index panels = panels_of(tiling, tiles);
        const int first = hosts.first_core(rank) - hosts.first_core_of_node(host);
        const auto at = [&](int core) {
            return column_of(tiling, tiles, Tiling::share(panels, core, hosts.cores_of_node(host)));
        };
        runs.push_back({at(first), at(first + hosts.cores(rank))});
    }
    return runs;
}

/// The room for a host's tiles: in `memory` or, on a host of one rank, which has none, in its own.
ColumnTiles make_tiles(const mpi::Communicator& comm, Index rows, const Tiling& tiling,
                       const TileRange& tiles, std::span<std::byte> memory) {
    return mpi::agreed(comm, [&] {
        if (!memory.empty()) return ColumnTiles(rows, tiling, tiles.first, tiles.last, memory);
        if (std::cmp_greater(ColumnTiles::bytes(rows, tiling, tiles.first, tiles.last), physical_memory()))
            throw std::bad_alloc();
        return ColumnTiles(rows, tiling, tiles.first, tiles.last);
    });
}

}  // namespace

std::vector<std::int64_t> host_numbers(const mpi::Communicator& comm, const Sharing& sharing) {
    const std::int64_t host = sharing.host ? *sharing.host : mpi::host_number(comm);
    return comm.all_gather_value(sharing.memory ? host : comm.rank());
}

HostColumns::HostColumns(const mpi::Communicator& comm, Index rows, const Tiling& tiling, int cores,
                         const Sharing& sharing)
    : HostColumns(comm, rows, tiling,
                  mpi::share_memory(comm, host_numbers(comm, sharing), cores,
                                    [&](const mpi::NodeLayout& hosts, int host) {
                                        const TileRange tiles = tiles_of_host(tiling, hosts, host);
                                        return ColumnTiles::bytes(rows, tiling, tiles.first, tiles.last);
                                    })) {}

HostColumns::HostColumns(const mpi::Communicator& comm, Index rows, const Tiling& tiling,
                         mpi::SharedNodes shared)
    : memory_(std::move(shared.memory)),
      runs_(runs_of(tiling, shared.nodes->layout())),
      tiles_(make_tiles(comm, rows, tiling,
                        tiles_of_host(tiling, shared.nodes->layout(), shared.nodes->node()),
                        memory_.bytes())),
      own_tiles_([&] {
          const mpi::NodeLayout& hosts = shared.nodes->layout();
          const TileRange own =
              tiles_of(tiling, hosts, hosts.first_core(comm.rank()), hosts.cores(comm.rank()));
          return tiles_.part(own.first, own.last);
      }()),
      cores_{shared.nodes->layout().first_core(comm.rank()) -
                 shared.nodes->layout().first_core_of_node(shared.nodes->node()),
             shared.nodes->layout().cores_of_node(shared.nodes->node())} {}

}  // namespace sae
