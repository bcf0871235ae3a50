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

/// A set of images, as all ranks know it before one is read.
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

/// Distributes the images of one source over the ranks; each rank gets its shard and nothing else.
///
/// Each rank opens a source with random access and reads its own range. Any other source (gzip) is opened by
/// rank 0 alone, which reads it once and sends each rank its images in pieces of at most `piece_bytes` (or
/// one image, if that is larger). So no rank ever holds more than its shard and a piece.
///
/// All members are collective. If one rank fails, all throw the same AgreedError.
class ShardReader {
  public:
    /// Opens the source; called only on the ranks that read.
    using Open = std::function<std::unique_ptr<ImageSource>()>;
    static constexpr Index default_piece_bytes = Index{8} << 20;

    /// Rank 0 opens the source and sends the others its description.
    ShardReader(const mpi::Communicator& comm, Open open, Index piece_bytes = default_piece_bytes);

    [[nodiscard]] const ImageSet& images() const { return images_; }

    /// Called with a piece: images from number `first` on, one after the other.
    using Take = std::function<void(Index first, std::span<const std::uint8_t> images)>;

    /// Calls `take` on each rank r with the images [bounds[r], bounds[r + 1]), in order. `bounds` is the same
    /// on all ranks: comm.size() + 1 numbers from 0 to images().count that do not decrease.
    void read(std::span<const Index> bounds, const Take& take);

    /// The same with the images of runs[r] for rank r. The runs are the same on all ranks and do not overlap;
    /// their order is free.
    void read(std::span<const ColumnRun> runs, const Take& take);

  private:
    void check_bounds(std::span<const Index> bounds) const;
    void check_runs(std::span<const ColumnRun> runs) const;
    void read_range(Index first, Index last, const Take& take);
    /// Opens the source on a rank other than 0. Throws Error if it is not what rank 0 has opened.
    void open_again();
    void distribute(std::span<const ColumnRun> runs, const Take& take);
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
