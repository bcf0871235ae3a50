#include "sae/train/image_rows.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sae/core/length.hpp"
#include "sae/core/tiling.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

constexpr int rows_tag = 3;

/// The bounds of the ranks' pieces of a round: the piece of rank r is [bounds[r], bounds[r + 1]).
std::vector<Index> bounds_of(Index begin, Index end, int ranks) {
    std::vector<Index> bounds;
    for (int rank = 0; rank <= ranks; ++rank)
        bounds.push_back(begin + Tiling::share(end - begin, rank, ranks));
    return bounds;
}

/// The images may have changed since the rows were planned, because the file was opened again.
void check_images(const ImageSet& images, Index count, Index pixels) {
    if (images.count >= count && images.image_size() == pixels) return;
    throw Error(images.description + ": expected " + std::to_string(count) + " images of " +
                std::to_string(pixels) + " pixels; was it changed meanwhile?");
}

/// This rank's rows of a round.
std::vector<double> make_piece(const mpi::Communicator& comm, ShardReader& reader,
                               std::span<const Index> bounds, const RowMaker& maker) {
    const auto rank = length(comm.rank());
    const Index mine = bounds[rank + 1] - bounds[rank];
    const Index size = reader.images().image_size();
    auto images = mpi::agreed(comm, [&] { return std::vector<std::uint8_t>(length(mine * size)); });
    reader.read(bounds, [&](Index first, std::span<const std::uint8_t> piece) {
        std::ranges::copy(piece, images.begin() + (first - bounds[rank]) * size);
    });
    return mpi::agreed(comm, [&] {
        std::vector<double> rows(length(mine * maker.columns));
        maker.make(images, rows);
        return rows;
    });
}

/// Appends the rows of all ranks in order. Rank 0 receives every piece, even after it failed to write one,
/// because the other ranks send theirs before they agree.
void collect(const mpi::Communicator& comm, std::vector<double> rows, std::span<const Index> bounds,
             Index columns, NpyWriter* file) {
    if (!comm.is_root()) {
        if (!rows.empty()) comm.send(std::as_bytes(std::span(rows)), 0, rows_tag);
        mpi::agree(comm, {});
        return;
    }
    std::optional<mpi::ErrorReport> report;
    for (int owner = 0; owner < comm.size(); ++owner) {
        const Index count = bounds[length(owner) + 1] - bounds[length(owner)];
        if (count == 0) continue;
        if (owner != 0) {
            rows.resize(length(count * columns));
            comm.receive(std::as_writable_bytes(std::span(rows)), owner, rows_tag);
        }
        if (report) continue;
        try {
            file->append(rows);
        } catch (...) {
            report = mpi::report_current_exception();
        }
    }
    mpi::agree(comm, report);
}

}  // namespace

StopRequest append_rows(const mpi::Communicator& comm, ShardReader& reader, Index count,
                        const RowMaker& maker, const std::function<StopRequest()>& stop_request,
                        NpyWriter* file, Index piece_bytes) {
    mpi::agreed(comm, [&] { check_images(reader.images(), count, maker.pixels); });
    const Index image_bytes =
        std::max(reader.images().image_size(), static_cast<Index>(sizeof(double)) * maker.columns);
    const Index round = std::max<Index>(1, piece_bytes / image_bytes) * comm.size();
    for (Index begin = 0; begin < count;) {
        const auto asked = static_cast<StopRequest>(comm.all_reduce_max(static_cast<int>(stop_request())));
        if (asked != StopRequest::none) return asked;
        const Index end = begin + std::min(round, count - begin);
        const std::vector<Index> bounds = bounds_of(begin, end, comm.size());
        collect(comm, make_piece(comm, reader, bounds, maker), bounds, maker.columns, file);
        begin = end;
    }
    return StopRequest::none;
}

}  // namespace sae
