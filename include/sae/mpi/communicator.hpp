#pragma once
#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "sae/mpi/failure.hpp"
#include "sae/mpi/request.hpp"

namespace sae::mpi {

/// A group of ranks that exchange messages: a duplicate of an MPI communicator, so that its messages do not
/// mix with others. Passed by reference.
///
/// - All functions are collective, that is called by all ranks in the same order, but for those that say so
/// and
///   for messages from one rank to another.
/// - Sums are offered for int64 only. A floating-point MPI_SUM depends on the number of ranks and on the
///   algorithm, so it may not decide a bit of a result; ExactSum and FixedPoint replace it.
/// - Broadcasts, reductions, send() and receive() split what is longer than `largest_message` bytes. The
///   functions that take counts by rank do not split; they throw Error if an int cannot count the elements.
/// - A failing MPI call throws Failure (MPI_ERRORS_RETURN is set). Arguments that do not fit together throw
///   Error before anything is sent.
class Communicator {
  public:
    static constexpr std::size_t default_largest_message = std::size_t{1} << 30;

    /// Collective over `original`. `largest_message` in bytes, the same on all ranks.
    explicit Communicator(MPI_Comm original, std::size_t largest_message = default_largest_message);
    /// Frees the duplicate, unless MPI has been finalized.
    ~Communicator();

    Communicator(const Communicator&) = delete;
    Communicator& operator=(const Communicator&) = delete;

    [[nodiscard]] int rank() const { return rank_; }
    [[nodiscard]] int size() const { return size_; }
    [[nodiscard]] bool is_root() const { return rank_ == 0; }
    [[nodiscard]] MPI_Comm handle() const { return handle_; }

    /// The communicator of the ranks that pass the same `color` (>= 0), ordered by `key`, then by rank.
    [[nodiscard]] Communicator split(int color, int key) const;

    /// Kills every rank of the program at once; its exit status becomes `status`. Not collective.
    [[noreturn]] void abort(int status) const;

    void barrier() const;

    /// Copies the values of `root` to all, byte by byte. The lengths must be equal on all ranks.
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void broadcast(std::span<T> values, int root = 0) const {
        broadcast_bytes(std::as_writable_bytes(values), root);
    }
    /// Copies one value.
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void broadcast_value(T& value, int root = 0) const { broadcast(std::span(&value, 1), root); }
    /// Copies a text; the other ranks do not have to know its length.
    void broadcast_text(std::string& text, int root = 0) const;

    /// Element-wise sums over the ranks, in place. The lengths must be equal on all ranks.
    void all_reduce_sum(std::span<std::int64_t> values) const;
    [[nodiscard]] Request start_all_reduce_sum(std::span<std::int64_t> values) const;
    /// The largest value of all ranks.
    [[nodiscard]] std::int64_t all_reduce_max(std::int64_t value) const;

    /// The value of every rank, by rank.
    template <class T>
    requires std::is_trivially_copyable_v<T>
    [[nodiscard]] std::vector<T> all_gather_value(const T& value) const {
        std::vector<T> all(static_cast<std::size_t>(size_));
        all_gather_bytes(std::as_bytes(std::span(&value, 1)), std::as_writable_bytes(std::span(all)));
        return all;
    }
    /// The text of every rank, by rank; together less than 2 GiB.
    [[nodiscard]] std::vector<std::string> all_gather_text(const std::string& text) const;

    /// Copies the run all[displacements[r], displacements[r] + counts[r]) of each rank r to the same place on
    /// all ranks. `counts` and `displacements` may be freed once the call returns, `all` may not.
    [[nodiscard]] Request start_all_gather(std::span<double> all, std::span<const std::int64_t> counts,
                                           std::span<const std::int64_t> displacements) const;
    /// `all` has a run of counts[r] elements for each rank r, in the order of the ranks. Sends each other
    /// rank its run; `received` takes the runs that the other ranks have for this one, (size() - 1) x
    /// counts[rank()] elements in the order of the ranks.
    [[nodiscard]] Request start_exchange(std::span<const std::int64_t> all, std::span<std::int64_t> received,
                                         std::span<const std::int64_t> counts) const;

    /// Copies the run all[displacements[r], displacements[r] + counts[r]) of each rank r to the same place on
    /// rank 0.
    void gather_to_root(std::span<double> all, std::span<const std::int64_t> counts,
                        std::span<const std::int64_t> displacements) const;
    /// The reverse: copies each rank's run from rank 0 to that rank.
    void scatter_from_root(std::span<double> all, std::span<const std::int64_t> counts,
                           std::span<const std::int64_t> displacements) const;

    /// Sends bytes to one rank, which receives as many. Messages of one tag arrive in the order they were
    /// sent.
    void send(std::span<const std::byte> bytes, int destination, int tag = 0) const;
    void receive(std::span<std::byte> bytes, int source, int tag = 0) const;
    /// Starts to send at most `largest_message` bytes; complete once the other rank has begun to receive
    /// them.
    [[nodiscard]] Request start_send(std::span<const std::byte> bytes, int destination, int tag = 0) const;
    /// The sender of a message of this tag that has arrived, if there is one: receive() from it does not
    /// wait.
    [[nodiscard]] std::optional<int> waiting_message(int tag = 0) const;

  private:
    struct Adopt {};
    Communicator(Adopt, MPI_Comm handle, std::size_t largest_message);

    void broadcast_bytes(std::span<std::byte> bytes, int root) const;
    void all_gather_bytes(std::span<const std::byte> own, std::span<std::byte> all) const;

    MPI_Comm handle_ = MPI_COMM_NULL;
    std::size_t largest_message_;
    int rank_ = 0;
    int size_ = 1;
};

}  // namespace sae::mpi
