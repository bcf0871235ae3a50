#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "core_work.hpp"
#include "gradient_shares.hpp"
#include "sae/core/evaluation.hpp"
#include "work_shares.hpp"

namespace sae {

/// The evaluation in numbers of type T; see Evaluation. It says which core does what when, and when the sums
/// of the nodes are combined; what is done to columns and blocks, see CoreWork.
template <class T>
class TileEvaluation final : public Evaluation {
  public:
    TileEvaluation(const EvaluationSettings& settings, const ColumnTiles& x, const ColumnTiles& y);
    TileEvaluation(const TileEvaluation&) = delete;
    TileEvaluation& operator=(const TileEvaluation&) = delete;

    /// The memory that this takes of a crew of `cores`.
    [[nodiscard]] static std::size_t bytes(const EvaluationSettings& settings, const Tiling& tiling,
                                           std::span<const Wave> waves, int cores);

    const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                           Combine& combine) override;
    [[nodiscard]] double unit(Index index) const override { return inputs_.scales.unit(index); }
    [[nodiscard]] std::span<const double> mean_activations() const override {
        return inputs_.means.rho_hat();
    }
    [[nodiscard]] std::span<PhaseTimes> times() override { return times_; }

  private:
    [[nodiscard]] Index next_unit(Index index) const override { return inputs_.scales.next_unit(index); }

    /// Of each thread: its pieces of each wave, its blocks of any tile's gradient, and of the layers of a
    /// tile that is divided by rows.
    struct Shares {
        std::vector<std::vector<Piece>> pieces;
        GradientShare together, apart;
        std::vector<Block> outputs, hidden;
    };

    /// What one core does, and what it calls for communication: the first core of a rank alone communicates.
    struct Core {
        int number;
        bool first;  ///< of this rank
        CoreWork<T>& work;
        Combine& combine;
    };
    void run_core(const Core& core);
    void pack(const Core& core);
    void sum_activations(const Core& core);
    void await_means(const Core& core);
    void learn_means(const Core& core);
    void learn_scales(const Core& core);
    void activate(const Core& core, std::size_t wave);
    void columns_of_wave(const Core& core, std::size_t wave);
    void rows_of_tile(const Core& core);
    void note_finite(const Core& core);
    void gradient_of_wave(const Core& core, std::size_t wave);
    void no_gradient(const Core& core);
    void start_output_gradient(const Core& core);
    void add_biases(const Core& core);
    [[nodiscard]] bool set_hidden_scales();
    [[nodiscard]] bool finite_on_node() const;
    void meet(const Core& core);

    [[nodiscard]] const Shares& shares(const Core& core) const;

    EvaluationSettings settings_;
    Hyperparameters hyperparameters_;
    std::vector<Wave> waves_;
    EvaluationInputs<T> inputs_;
    std::span<std::int64_t> gradient_, not_finite_, node_hidden_, hidden_of_cores_, biases_of_cores_;
    std::vector<CoreWork<T>> work_;
    std::vector<PhaseTimes> times_;
    std::vector<Shares> shares_;
    bool two_passes_ = false;
    bool exchanges_ = false;
    PartialSums partial_;
};

}  // namespace sae
