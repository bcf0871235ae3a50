#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sae/data/image_source.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// What all ranks know of a set of images before any is read.
struct ImageSet {
    Index count = 0;
    Index rows = 0;
    Index cols = 0;
    /// As ImageSource::random_access().
    bool random_access = false;
    /// As ImageSource::description().
    std::string description;

    [[nodiscard]] Index image_size() const { return rows * cols; }
};

/// A run of images or columns, counted over all ranks.
struct ColumnRun {
    Index first = 0;
    Index last = 0;
};

/// Distributes the images of one source over the ranks; each gets only its own.
///
/// From a source with random access each rank opens and reads its own range. Any other (gzip) is opened by
/// rank 0 alone, which reads it once and sends each owner its images in pieces of at most `piece_bytes` (or
/// one image, if that is larger), so that no rank ever holds more than its shard and a piece.
///
/// All members are collective. What fails on a rank is thrown as the same AgreedError on all.
class ShardReader {
  public:
    /// Opens the source; called only on the ranks that read.
    using Open = std::function<std::unique_ptr<ImageSource>()>;
    static constexpr Index default_piece_bytes = Index{8} << 20;

    /// Rank 0 opens the source and sends the others its description.
    ShardReader(const mpi::Communicator& comm, Open open, Index piece_bytes = default_piece_bytes);

    [[nodiscard]] const ImageSet& images() const { return images_; }

    /// Takes a piece: images from number `first` on, one after the other.
    using Take = std::function<void(Index first, std::span<const std::uint8_t> images)>;

    /// Hands the images [bounds[r], bounds[r + 1]) of this rank r to `take`, in order. `bounds`, the same on
    /// all ranks, has comm.size() + 1 elements that do not decrease, from 0 or more to images().count or
    /// less.
    void read(std::span<const Index> bounds, const Take& take);

    /// The same for runs in any order: hands the images of runs[r] to rank r. The runs, one a rank and the
    /// same on all ranks, do not overlap.
    void read(std::span<const ColumnRun> runs, const Take& take);

  private:
    void check_bounds(std::span<const Index> bounds) const;
    void check_runs(std::span<const ColumnRun> runs) const;
    void read_range(Index first, Index last, const Take& take);
    /// Opens the source on another rank than 0: an Error if it is not what rank 0 saw.
    void open_again();
    void hand_out(std::span<const ColumnRun> runs, const Take& take);
    void send_shard(int owner, Index first, Index last);
    void receive_shard(Index first, Index last, const Take& take);
    [[nodiscard]] Index piece_images() const;

    const mpi::Communicator& comm_;
    Open open_;
    Index piece_bytes_;
    /// Open on rank 0, and on the ranks that have read from a source with random access.
    std::unique_ptr<ImageSource> source_;
    ImageSet images_;
};

}  // namespace sae
