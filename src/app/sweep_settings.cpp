#include "sweep_settings.hpp"

#include <algorithm>

#include "sae/core/error.hpp"
#include "sae/data/metadata.hpp"

namespace sae {
namespace {

constexpr double study_lambda = 1e-4;

/// The values for a hidden size, in the order of the list.
std::vector<double> values_for(const std::vector<TiedNumber>& list, Index hidden, const std::string& option) {
    std::vector<double> values;
    for (const TiedNumber& number : list) {
        if (!number.hidden || *number.hidden == hidden) values.push_back(number.value);
    }
    if (values.empty())
        throw UsageError("--" + option + ": has no value for " + std::to_string(hidden) +
                         " hidden units; add " + std::to_string(hidden) + ":X, or X for all hidden sizes");
    return values;
}

void check_ties(const std::vector<TiedNumber>& list, const std::vector<Index>& hidden,
                const std::string& option) {
    for (const TiedNumber& number : list) {
        if (!number.hidden || std::ranges::find(hidden, *number.hidden) != hidden.end()) continue;
        throw UsageError("--" + option + ": " + std::to_string(*number.hidden) + ':' +
                         shortest_decimal(number.value) +
                         " is for a hidden size that --hidden does not list");
    }
}

/// Lists of settings, all combined.
struct Lists {
    std::vector<Index> hidden;
    std::vector<Index> train_counts;
    std::vector<TiedNumber> beta;
    std::vector<TiedNumber> rho;
};

void add_combinations(const Lists& lists, double lambda, std::vector<SweepSetting>& settings) {
    check_ties(lists.beta, lists.hidden, "beta");
    check_ties(lists.rho, lists.hidden, "rho");
    const double unused_rho = TrainOptions{}.hyperparameters.rho;
    for (const Index hidden : lists.hidden) {
        for (const Index images : lists.train_counts) {
            for (const double beta : values_for(lists.beta, hidden, "beta")) {
                for (const double rho : values_for(lists.rho, hidden, "rho")) {
                    const SweepSetting setting{hidden, images, {lambda, beta == 0 ? unused_rho : rho, beta}};
                    if (std::ranges::find(settings, setting) == settings.end()) settings.push_back(setting);
                }
            }
        }
    }
}

std::vector<SweepSetting> study(double lambda) {
    std::vector<SweepSetting> settings;
    for (const Index images : {100, 1000})
        add_combinations({{10, 50, 100, 250}, {images}, {{{}, 0}}, {{{}, 0.05}}}, lambda, settings);
    add_combinations(
        {{10, 50, 100}, {100}, {{10, 0.2}, {50, 0.1}, {100, 0.01}}, {{{}, 0.05}, {{}, 0.01}, {{}, 0.005}}},
        lambda, settings);
    return settings;
}

}  // namespace

std::vector<SweepSetting> sweep_settings(const SweepOptions& options, Index all_images) {
    if (options.study) return study(options.lambda.value_or(study_lambda));
    const TrainOptions single;
    std::vector<SweepSetting> settings;
    add_combinations({options.hidden.value_or(std::vector<Index>{single.hidden}),
                      options.train_counts.value_or(std::vector<Index>{all_images}),
                      options.beta.value_or(std::vector<TiedNumber>{{{}, single.hyperparameters.beta}}),
                      options.rho.value_or(std::vector<TiedNumber>{{{}, single.hyperparameters.rho}})},
                     options.lambda.value_or(single.hyperparameters.lambda), settings);
    return settings;
}

std::string name_of(const SweepSetting& setting) {
    const Hyperparameters& terms = setting.hyperparameters;
    const std::string sparsity =
        terms.sparse() ? "beta-" + shortest_decimal(terms.beta) + "-rho-" + shortest_decimal(terms.rho)
                       : "plain";
    return "hidden-" + std::to_string(setting.hidden) + "-images-" + std::to_string(setting.train_count) +
           '-' + sparsity;
}

TrainOptions train_options(const SweepOptions& options, const SweepSetting& setting) {
    TrainOptions training;
    static_cast<RunOptions&>(training) = options;
    training.hidden = setting.hidden;
    training.train_count = setting.train_count;
    training.hyperparameters = setting.hyperparameters;
    training.output = options.output + '/' + name_of(setting);
    return training;
}

}  // namespace sae
