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
/// all-reduce, each segment of the gradient by an exchange, after which each rank can add up its own run: no
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

    /// Where all ranks' sums of this rank's run of a segment begin.
    using Addends = std::span<const std::int64_t* const>;

    /// After an evaluation: exchanges what is left of the gradient's sums and waits for all. Nothing, on all
    /// ranks alike, if the evaluation ended before its gradient.
    void finish(const PartialSums& partial);
    /// What the gradient's sums of a segment are the sums of, after finish() and until the next evaluation.
    [[nodiscard]] Addends addends(std::size_t segment) const { return parts_[segment].addends; }

  private:
    /// A segment of the gradient on its way: this rank's sums of it, and the other ranks' sums of this rank's
    /// run.
    struct Part {
        std::vector<std::int64_t> received;
        std::vector<const std::int64_t*> addends;
        mpi::Request exchange;
    };

    [[nodiscard]] bool one_team() const { return team_.members() == comm_.size(); }
    void start(std::size_t segment, std::span<const std::int64_t> sums);

    const mpi::Communicator& comm_;
    const Partition& partition_;
    Team& team_;
    std::function<void()> between_tiles_;
    mpi::Request hidden_;
    std::array<Part, Partition::segments> parts_;
    bool started_ = false;
};

}  // namespace sae
