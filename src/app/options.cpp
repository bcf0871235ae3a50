#include "sae/app/options.hpp"

namespace sae {
namespace {

constexpr WholeNumbers at_least_one{1};
constexpr WholeNumbers hidden_units{1, 1'000'000'000};
constexpr WholeNumbers picture_counts{1, 100'000};
constexpr WholeNumbers thread_counts{1, 1024};
constexpr RealNumbers not_negative{0};
constexpr RealNumbers positive{0, std::numeric_limits<double>::infinity(), true};
constexpr RealNumbers fraction{0, 1, true};

const OptionText train_count_text{"train-count", "N", "training images: the first N",
                                  std::to_string(built_in_count) + " built-in digits, or all of the file"};
const OptionText hidden_text{"hidden", "N", "hidden units"};
const OptionText lambda_text{"lambda", "X", "weight decay: lambda/2 times the sum of the squared weights",
                             "the model's"};
const OptionText rho_text{"rho", "X", "wanted mean activation of a hidden unit, between 0 and 1",
                          "the model's"};
const OptionText beta_text{"beta", "X", "weight of the sparsity term; 0 is the plain autoencoder",
                           "the model's"};
const OptionText seed_text{"seed", "N", "of the random starting weights"};
const OptionText precision_text{"precision", "double|single",
                                "numbers in the matrix products; all else is in double"};
const OptionText threads_text{"threads", "N", "threads of each rank; they do not change the result",
                              "as many as the processors it is bound to"};

}  // namespace

void SourceOptions::declare(OptionTable& table, bool with_test) {
    table.group("Data (by default digits drawn by the program)");
    table.add(
        {"data", "DIR", "directory with the files of MNIST, such as train-images-idx3-ubyte, raw or .gz",
         "built-in digits"},
        data);
    table.add({"train", "FILE", "IDX file of unsigned bytes, raw or .gz: training images", "built-in digits"},
              train);
    table.exclude("data", {"train"});
    if (with_test) {
        table.add({"test", "FILE", "IDX file of test images", "none with --train"}, test);
        table.exclude("data", {"test"});
        table.depend("test", "train");
    }
    table.add({"digits-seed", "N", "of the built-in digits; unused with --data and --train"}, digits_seed);
}

void TrainOptions::declare(OptionTable& table) {
    source.declare(table, true);
    table.add(train_count_text, train_count, at_least_one);
    table.add({"test-count", "N", "test images: the first N", train_count_text.without}, test_count,
              at_least_one);

    table.group("Training");
    table.add(hidden_text, hidden, hidden_units);
    table.add(lambda_text, hyperparameters.lambda, not_negative);
    table.add(rho_text, hyperparameters.rho, fraction);
    table.add(beta_text, hyperparameters.beta, not_negative);
    table.add({"max-iterations", "N", "iterations of L-BFGS at most"}, max_iterations, at_least_one);
    table.add({"history", "N", "pairs of steps and gradient changes that L-BFGS keeps"}, history, {1, 1000});
    table.add({"gradient-tolerance", "X", "stop when ||gradient|| <= X max(1, ||theta||)"},
              gradient_tolerance, not_negative);
    table.add({"cost-tolerance", "X",
               "stop when an iteration changes the cost by at most X max(1, cost); 0: never"},
              cost_tolerance, not_negative);
    table.add(seed_text, seed);
    table.add({"init", "MODEL", "start from this model file", "random weights"}, init);
    table.add(precision_text, precision);
    table.add(threads_text, threads, thread_counts);

    table.group("Output");
    table.add({"output", "DIR", "run directory"}, output);
    table.add({"overwrite", "", "replace the result that DIR holds"}, overwrite);
    table.add({"resume", "", "go on from the newest checkpoint in DIR, if any, on any number of ranks"},
              resume);
    table.add({"checkpoint-every", "N", "iterations between checkpoints", "by time"}, checkpoint_every,
              at_least_one);
    table.add({"quiet", "", "no progress"}, quiet);
    table.leave_out_of_ini("overwrite");
    table.leave_out_of_ini("resume");
    table.exclude("resume", {"overwrite"});

    table.example("built-in digits, nothing to download", "mpirun -n 2 sae-mpi train --output first-run");
    table.example(
        "MNIST",
        "mpirun -n 4 sae-mpi train --data mnist --train-count 10000 --hidden 196 --output mnist-196");
    table.example("the plain autoencoder", "sae-mpi train --beta 0 --lambda 1e-4 --output plain");
    table.example("the same run again", "sae-mpi train --config first-run/config.ini --output again");
}

void CheckGradientOptions::declare(OptionTable& table) {
    source.declare(table, false);
    table.add({"train-count", "N", "images: the first N"}, train_count, at_least_one);

    table.group("Network");
    table.add(hidden_text, hidden, hidden_units);
    table.add(lambda_text, hyperparameters.lambda, not_negative);
    table.add(rho_text, hyperparameters.rho, fraction);
    table.add({"beta", "X", "weight of the sparsity term in the sparse check"}, hyperparameters.beta,
              positive);
    table.add(seed_text, seed);
    table.add(threads_text, threads, thread_counts);

    table.group("Check");
    table.add({"epsilon", "X", "each weight is moved by X to both sides"}, epsilon, positive);
    table.add({"plain-tolerance", "X", "allowed ||analytic - numerical|| / ||analytic + numerical||, plain"},
              plain_tolerance, positive);
    table.add({"sparse-tolerance", "X", "likewise, sparse"}, sparse_tolerance, positive);

    table.example("the small network that is checked by default", "sae-mpi check-gradient");
    table.example("more units, on MNIST", "mpirun -n 2 sae-mpi check-gradient --data mnist --hidden 5");
}

void EvaluateOptions::declare(OptionTable& table) {
    table.group("Model");
    table.add({"model", "FILE", "model file that is evaluated"}, model);
    table.require("model");
    table.add(lambda_text, lambda, not_negative);
    table.add(rho_text, rho, fraction);
    table.add(beta_text, beta, not_negative);
    table.add(precision_text, precision);
    table.add(threads_text, threads, thread_counts);

    source.declare(table, false);
    table.add({"train-count", "N", "images: the first N", "as many as the model was trained on"}, train_count,
              at_least_one);

    table.group("Output");
    table.add({"gradient", "FILE", "write the gradient in the model's format", "not written"}, gradient);

    table.example("the cost at the end of a training",
                  "sae-mpi evaluate --model first-run/model.safetensors");
    table.example("a model on other images, without sparsity",
                  "sae-mpi evaluate --model m.safetensors --train t10k-images-idx3-ubyte.gz --train-count "
                  "10000 --beta 0");
}

void ShowOptions::declare(OptionTable& table) {
    source.declare(table, true);
    table.group("Output");
    table.add({"first", "N,N,...", "a grid of the first N training images for each N"}, first,
              picture_counts);
    table.add({"test-first", "N", "a grid of the first N test images"}, test_first, picture_counts);
    table.add({"output", "DIR", "directory for the pictures"}, output);

    table.example("the built-in digits", "sae-mpi show");
    table.example("MNIST", "sae-mpi show --data mnist --first 10,50,100 --output mnist-pictures");
}

}  // namespace sae
