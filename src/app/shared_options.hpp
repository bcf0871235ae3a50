#pragma once
#include <limits>
#include <string>

#include "sae/app/number_text.hpp"
#include "sae/app/options.hpp"

namespace sae {

// Ranges, texts and groups of options that several commands have.

inline constexpr WholeNumbers at_least_one{1};
inline constexpr WholeNumbers hidden_units{1, 1'000'000'000};
inline constexpr WholeNumbers picture_counts{1, 100'000};
inline constexpr WholeNumbers history_lengths{1, 1000};
inline constexpr WholeNumbers thread_counts{1, 1024};
inline constexpr RealNumbers not_negative{0};
inline constexpr RealNumbers positive{0, std::numeric_limits<double>::infinity(), true};
inline constexpr RealNumbers fraction{0, 1, true};

/// The default of a coefficient where a model is evaluated.
inline std::string of_the_model(double number) {
    return "the model's, else " + shortest_text(number);
}

inline const std::string all_images = std::to_string(built_in_count) + " built-in digits, or all of the file";

inline const OptionText train_count_text{"train-count", "N", "training images: the first N", all_images};
inline const OptionText test_count_text{"test-count", "N", "test images: the first N", all_images};
inline const OptionText hidden_text{"hidden", "N", "hidden units"};
inline const OptionText lambda_text{"lambda", "X",
                                    "weight decay: lambda/2 times the sum of the squared weights",
                                    of_the_model(Hyperparameters{}.lambda)};
inline const OptionText rho_text{"rho", "X", "wanted mean activation of a hidden unit, between 0 and 1",
                                 of_the_model(Hyperparameters{}.rho)};
inline const OptionText beta_text{"beta", "X", "weight of the sparsity term; 0 is the plain autoencoder",
                                  of_the_model(Hyperparameters{}.beta)};
inline const OptionText history_text{"history", "N", "pairs of steps and gradient changes that L-BFGS keeps"};
inline const OptionText seed_text{"seed", "N", "seed of the random starting weights"};
inline const OptionText precision_text{
    "precision", "double|single",
    "numbers in the work on images: products, activations, deltas; parameters, sums over tiles and L-BFGS "
    "are the same in both"};
inline const OptionText threads_text{"threads", "N", "threads of each rank; they do not change the result",
                                     "OMP_NUM_THREADS, else its share of the cores it is bound to"};

/// The settings of L-BFGS.
void declare_optimiser(OptionTable& table, TrainOptions& options);

/// The group of the output: `directory` says what --output is, `resume` what --resume does.
void declare_output(OptionTable& table, TrainOptions& options, const std::string& directory,
                    const std::string& resume);

}  // namespace sae
