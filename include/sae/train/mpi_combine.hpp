#pragma once
#include <array>
#include <functional>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/partition.hpp"

namespace sae {

/// The reductions of one evaluation after the other over the ranks of a communicator: the hidden sums by an
/// all-reduce, each segment of the gradient by an exchange, after which each rank adds up its own slice: no
/// word is sent twice. (MPI_Ireduce_scatter of Open MPI 4 reduces all of it on one rank and took four times
/// as long.) Both go on while the ranks compute. Where all ranks are one team, nothing is exchanged: each
/// reads the others' sums where they are.
class MpiCombine final : public Combine {
  public:
    /// All but `between_tiles` must outlive this, which is called whenever there is time to make progress.
    MpiCombine(
        const mpi::Communicator& comm, const Partition& partition, Team& team,
        std::function<void()> between_tiles = [] {});

    void start_hidden_sums(std::span<std::int64_t> sums) override;
    void wait_hidden_sums() override;
    void start_output_gradient(std::span<std::int64_t> sums) override;
    void progress() override;

    /// After an evaluation: reduces what is left of the gradient's sums and waits for all.
    /// Returns the sums of this rank's slice, or nothing if the evaluation ended before its gradient, which
    /// it does on all ranks alike.
    [[nodiscard]] std::span<const std::int64_t> finish(const PartialSums& partial);

  private:
    /// A segment of the gradient on its way: this rank's sums of it, and the other ranks' sums of this rank's
    /// run.
    struct Part {
        std::span<const std::int64_t> sums;
        std::vector<std::int64_t> received;
        mpi::Request exchange;
    };

    void start(std::size_t segment, std::span<const std::int64_t> sums);
    void finish(std::size_t segment);
    void add_up_team(std::span<const std::span<const std::int64_t>> sums);

    const mpi::Communicator& comm_;
    const Partition& partition_;
    Team& team_;
    std::function<void()> between_tiles_;
    std::vector<std::int64_t> slice_;
    mpi::Request hidden_;
    std::array<Part, Partition::segments> parts_;
    bool started_ = false;
};

}  // namespace sae
