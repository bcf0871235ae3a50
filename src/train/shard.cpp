#include "sae/train/shard.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sae/core/error.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

/// Sent before each piece: whether its images follow, or no more images because rank 0 failed to read them.
enum class PieceStatus : std::uint8_t { follows, failed };

constexpr int status_tag = 1;
constexpr int piece_tag = 2;

void send_status(const mpi::Communicator& comm, PieceStatus status, int owner) {
    comm.send(std::as_bytes(std::span(&status, 1)), owner, status_tag);
}

}  // namespace

ShardReader::ShardReader(const mpi::Communicator& comm, Open open, Index piece_bytes)
    : comm_(comm), open_(std::move(open)), piece_bytes_(piece_bytes) {
    mpi::agreed(comm_, [&] {
        if (!comm_.is_root()) return;
        source_ = open_();
        images_ = {source_->count(), source_->rows(), source_->cols(), source_->random_access(),
                   source_->description()};
        if (images_.rows < 1 || images_.cols < 1) {
            throw Error(images_.description + ": images of " + std::to_string(images_.rows) + " x " +
                        std::to_string(images_.cols) + " pixels, expected at least 1 x 1");
        }
    });
    comm_.broadcast_value(images_.count);
    comm_.broadcast_value(images_.rows);
    comm_.broadcast_value(images_.cols);
    comm_.broadcast_value(images_.random_access);
    comm_.broadcast_text(images_.description);
}

void ShardReader::read(std::span<const Index> bounds, const Take& take) {
    mpi::agreed(comm_, [&] { check_bounds(bounds); });
    std::vector<ColumnRun> runs;
    for (std::size_t rank = 0; rank + 1 < bounds.size(); ++rank)
        runs.push_back({bounds[rank], bounds[rank + 1]});
    read(runs, take);
}

void ShardReader::read(std::span<const ColumnRun> runs, const Take& take) {
    mpi::agreed(comm_, [&] {
        check_runs(runs);
        const ColumnRun& own = runs[static_cast<std::size_t>(comm_.rank())];
        if (images_.random_access) read_range(own.first, own.last, take);
    });
    if (!images_.random_access) distribute(runs, take);
}

void ShardReader::check_bounds(std::span<const Index> bounds) const {
    const bool fits = bounds.size() == static_cast<std::size_t>(comm_.size()) + 1 && bounds.front() >= 0 &&
                      bounds.back() <= images_.count && std::is_sorted(bounds.begin(), bounds.end());
    if (fits) return;
    std::string found;
    for (const Index bound : bounds) found.append(" ").append(std::to_string(bound));
    throw Error("the ranks' shares of the images must be " + std::to_string(comm_.size() + 1) +
                " ascending bounds between 0 and " + std::to_string(images_.count) + ", found" + found);
}

void ShardReader::check_runs(std::span<const ColumnRun> runs) const {
    std::vector<ColumnRun> in_order(runs.begin(), runs.end());
    std::ranges::sort(in_order, {}, &ColumnRun::first);
    Index before = 0;
    bool fits = runs.size() == static_cast<std::size_t>(comm_.size());
    for (const ColumnRun& run : in_order) {
        if (run.first == run.last) continue;
        fits = fits && before <= run.first && run.first < run.last;
        before = run.last;
    }
    if (fits && before <= images_.count) return;
    throw Error("the ranks' shares of the images must be " + std::to_string(comm_.size()) +
                " runs between 0 and " + std::to_string(images_.count) + " that do not overlap");
}

void ShardReader::read_range(Index first, Index last, const Take& take) {
    if (first == last) return;
    if (!source_) open_again();
    std::vector<std::uint8_t> piece;
    for (Index next = first; next < last; next += piece_images()) {
        const Index n = std::min(piece_images(), last - next);
        piece.resize(static_cast<std::size_t>(n * images_.image_size()));
        source_->read(next, piece);
        take(next, piece);
    }
}

void ShardReader::open_again() {
    std::unique_ptr<ImageSource> source = open_();
    if (source->count() != images_.count || source->rows() != images_.rows ||
        source->cols() != images_.cols) {
        throw Error(source->description() + ", but on rank 0 " + images_.description +
                    ": expected one file for all; was it changed meanwhile, or is it another on this node?");
    }
    source_ = std::move(source);
}

/// Rank 0 reads the source in order. If that fails, it sends no more images, but each rank that waits for
/// some still gets a message, so that all ranks reach the agreement.
void ShardReader::distribute(std::span<const ColumnRun> runs, const Take& take) {
    const auto run_of = [&](int rank) { return runs[static_cast<std::size_t>(rank)]; };
    if (!comm_.is_root()) {
        receive_shard(run_of(comm_.rank()).first, run_of(comm_.rank()).last, take);
        mpi::agree(comm_, {});
        return;
    }
    std::vector<int> owners(runs.size());
    std::iota(owners.begin(), owners.end(), 0);
    std::ranges::stable_sort(owners, {}, [&](int rank) { return run_of(rank).first; });
    std::optional<mpi::ErrorReport> report;
    for (const int owner : owners) {
        const ColumnRun run = run_of(owner);
        if (run.first == run.last) continue;
        if (!report) {
            try {
                owner == 0 ? read_range(run.first, run.last, take) : send_shard(owner, run.first, run.last);
                continue;
            } catch (const mpi::Failure&) {
                throw;
            } catch (...) {
                report = mpi::report_current_exception();
            }
        }
        if (owner != 0) send_status(comm_, PieceStatus::failed, owner);
    }
    mpi::agree(comm_, report);
}

void ShardReader::send_shard(int owner, Index first, Index last) {
    read_range(first, last, [&](Index, std::span<const std::uint8_t> piece) {
        send_status(comm_, PieceStatus::follows, owner);
        comm_.send(std::as_bytes(piece), owner, piece_tag);
    });
}

void ShardReader::receive_shard(Index first, Index last, const Take& take) {
    std::vector<std::uint8_t> piece;
    for (Index next = first; next < last; next += piece_images()) {
        PieceStatus status{};
        comm_.receive(std::as_writable_bytes(std::span(&status, 1)), 0, status_tag);
        if (status == PieceStatus::failed) return;
        piece.resize(static_cast<std::size_t>(std::min(piece_images(), last - next) * images_.image_size()));
        comm_.receive(std::as_writable_bytes(std::span(piece)), 0, piece_tag);
        take(next, piece);
    }
}

Index ShardReader::piece_images() const {
    return std::max<Index>(1, piece_bytes_ / images_.image_size());
}

}  // namespace sae
