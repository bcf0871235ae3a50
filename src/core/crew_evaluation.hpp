#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "core_work.hpp"
#include "gradient_shares.hpp"
#include "sae/core/evaluation.hpp"
#include "teams.hpp"
#include "work_shares.hpp"

namespace sae {

/// The evaluation by the cores of a crew, with products in numbers of type T; Evaluation has the formulas.
/// This is the schedule: which core does what and when, where cores meet, and when sums over the nodes begin.
/// What a core computes is in CoreWork, the words team, wave, piece and block in work_shares.hpp.
///
/// The plain network (beta = 0) takes one pass:
///
///     the weights are packed, each core a share; the scales of the gradient's sums follow from them
///     each team, for each of its waves:
///         dW2 and dW1 of the wave before (blocks)
///         a2, delta3, delta2 of this wave (pieces)
///         the cores of the team meet
///     dW2 and dW1 of the last wave; their sums over the teams; db1 and db2
///
/// The sparse network needs rho_hat for delta2, and so takes a pass before that one:
///
///     the weights are packed
///     each team, for each of its waves:  a2 (pieces), which is kept
///     the sums of a2 over the cores, then over the nodes, while the first wave is computed up to
///         W2^T delta3
///     rho_hat, the sparsity term and the scales; delta2 of the first wave
///     the other waves as above, but for a2
///
/// Without other nodes rho_hat is known before the first wave, which then is like the others.
///
/// The sum of dW2 over the nodes begins as soon as dW2 is complete, while dW1 of the last wave is computed.
template <class T>
class CrewEvaluation final : public Evaluation {
  public:
    CrewEvaluation(const EvaluationSettings& settings, const ColumnTiles& x, const ColumnTiles& y);
    CrewEvaluation(const CrewEvaluation&) = delete;
    CrewEvaluation& operator=(const CrewEvaluation&) = delete;

    /// The bytes that this requests of a crew with these teams.
    [[nodiscard]] static std::size_t bytes(const EvaluationSettings& settings, const Tiling& tiling,
                                           std::span<const Team> teams);

    const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                           Reduction& reduction) override;
    [[nodiscard]] double value_of_one(Index index) const override { return data_.scales.value_of_one(index); }
    [[nodiscard]] std::span<const double> mean_activations() const override { return data_.means.rho_hat(); }
    [[nodiscard]] std::span<PhaseTimes> times() override { return times_; }
    [[nodiscard]] std::size_t teams() const override { return teams_.size(); }

  private:
    [[nodiscard]] Index next_scale(Index index) const override { return data_.scales.next_scale(index); }

    /// What one core works on: its pieces of each wave of its team, and its blocks of any tile's dW2 and dW1.
    /// Where a single tile is divided by rows, also its blocks of the output layer and of the hidden deltas.
    struct Shares {
        std::size_t team = 0;
        std::vector<std::vector<Piece>> pieces;
        /// See GradientShares.
        std::vector<Block> w1, w2_apart, w2_together;
        std::vector<Block> outputs, hidden;
    };
    [[nodiscard]] std::size_t team_of(int core) const;
    [[nodiscard]] Shares shares_of(int core, std::size_t which, const GradientShares& gradient) const;

    /// One core of this rank while an evaluation runs. The first core of a rank alone communicates; the
    /// others have a reduction that does nothing.
    struct Core {
        int number;
        bool first;  ///< of this rank
        const Team& team;
        std::int64_t* sums;  ///< dW1 and dW2 of its team, in theta's order
        CoreWork<T>& work;
        Reduction& reduction;
    };
    void run_core(const Core& core);
    void pack(const Core& core);
    void activate(const Core& core, std::size_t wave);
    void sum_activations(const Core& core);
    void wait_for_means(const Core& core);
    void set_means(const Core& core);
    [[nodiscard]] bool means_before_waves(const Core& core) const;
    void set_scales_of_plain(const Core& core);
    [[nodiscard]] bool set_hidden_scales();
    void layers_by_columns(const Core& core, std::size_t wave);
    void layers_by_rows(const Core& core);
    void report_not_finite(const Core& core);
    [[nodiscard]] bool finite_on_node() const;
    void gradient_of_wave(const Core& core, std::size_t wave);
    void gradient_without_tiles(const Core& core);
    void start_output_gradient(const Core& core);
    void sum_biases(const Core& core);
    void add_teams(const Core& core, Range elements);
    void meet(const Core& core);
    void meet_team(const Core& core);

    [[nodiscard]] Range share(const Core& core, Range elements) const;
    [[nodiscard]] std::int64_t* sums_of(std::size_t team) const;
    [[nodiscard]] const Shares& shares(const Core& core) const;

    EvaluationSettings settings_;
    Hyperparameters hyperparameters_;
    std::vector<Team> teams_;
    std::size_t division_;  ///< of the crew into these teams
    EvaluationData<T> data_;
    // In the crew's memory, seen by all cores of the node:
    std::span<std::int64_t> gradient_;          ///< in theta's order; until the end only of the first team
    std::span<std::int64_t> other_teams_;       ///< dW1 and dW2 of each of the other teams
    std::span<std::int64_t> not_finite_;        ///< one number: whether a core has met what is not finite
    std::span<std::int64_t> activations_;       ///< the sums of a2 over all cores; see MeanActivations
    std::span<std::int64_t> core_activations_;  ///< the same of each core, on cache lines of its own
    std::span<std::int64_t> core_biases_;       ///< of each core: CoreSums::biases
    // By thread of this rank:
    std::vector<CoreWork<T>> work_;
    std::vector<PhaseTimes> times_;
    std::vector<Shares> shares_;
    bool two_passes_ = false;
    bool other_nodes_ = false;
    PartialSums partial_;
};

}  // namespace sae
