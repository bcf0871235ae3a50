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
const OptionText test_count_text{"test-count", "N", "test images: the first N", train_count_text.without};

void declare_optimiser(OptionTable& table, TrainOptions& options) {
    table.add({"max-iterations", "N", "iterations of L-BFGS at most"}, options.max_iterations, at_least_one);
    table.add({"history", "N", "pairs of steps and gradient changes that L-BFGS keeps"}, options.history,
              {1, 1000});
    table.add({"gradient-tolerance", "X", "stop when ||gradient|| <= X max(1, ||theta||)"},
              options.gradient_tolerance, not_negative);
    table.add({"cost-tolerance", "X",
               "stop when an iteration changes the cost by at most X max(1, cost); 0: never"},
              options.cost_tolerance, not_negative);
}

void declare_output(OptionTable& table, TrainOptions& options, const std::string& directory,
                    const std::string& resume) {
    table.group("Output");
    table.add({"output", "DIR", directory}, options.output);
    table.add({"overwrite", "", "replace the result that DIR holds"}, options.overwrite);
    table.add({"resume", "", resume}, options.resume);
    table.add({"checkpoint-every", "N", "iterations between checkpoints", "by time"},
              options.checkpoint_every, at_least_one);
    table.add({"quiet", "", "no progress"}, options.quiet);
    table.leave_out_of_ini("overwrite");
    table.leave_out_of_ini("resume");
    table.exclude("resume", {"overwrite"});
}

}  // namespace

SourceOptions SourceOptions::drawn_by(int threads) const {
    SourceOptions source = *this;
    source.drawing_threads = threads;
    return source;
}

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
    table.add(test_count_text, test_count, at_least_one);

    table.group("Training");
    table.add(hidden_text, hidden, hidden_units);
    table.add(lambda_text, hyperparameters.lambda, not_negative);
    table.add(rho_text, hyperparameters.rho, fraction);
    table.add(beta_text, hyperparameters.beta, not_negative);
    declare_optimiser(table, *this);
    table.add(seed_text, seed);
    table.add({"init", "MODEL", "start from this model file", "random weights"}, init);
    table.add(precision_text, precision);
    table.add(threads_text, threads, thread_counts);

    declare_output(table, *this, "run directory",
                   "go on from the newest checkpoint in DIR, if any, on any number of ranks");

    table.example("built-in digits, nothing to download", "mpirun -n 2 sae-mpi train --output first-run");
    table.example(
        "MNIST",
        "mpirun -n 4 sae-mpi train --data mnist --train-count 10000 --hidden 196 --output mnist-196");
    table.example("the plain autoencoder", "sae-mpi train --beta 0 --lambda 1e-4 --output plain");
    table.example("the same run again", "sae-mpi train --config first-run/config.ini --output again");
}

void SweepOptions::declare(OptionTable& table) {
    training.source.declare(table, true);
    table.add(test_count_text, training.test_count, at_least_one);

    table.group("Settings (all combinations; rho makes no difference where beta is 0)");
    table.add({"study", "",
               "17 settings in place of the lists: plain with 10, 50, 100 and 250 hidden units and 100 and "
               "1000 images; sparse with 10, 50 and 100 units, 100 images and rho 0.05, 0.01 and 0.005"},
              study);
    table.add({"hidden", "N,N,...", "hidden units", "100"}, hidden, hidden_units);
    table.add({"train-count", "N,N,...", "training images: the first N", train_count_text.without},
              train_counts, at_least_one);
    table.add({"beta", "[H:]X,...",
               "weights of the sparsity term, 0 the plain autoencoder: X for all hidden sizes, H:X with H "
               "hidden units only",
               "3"},
              beta, not_negative);
    table.add({"rho", "[H:]X,...", "wanted mean activations, likewise", "0.1"}, rho, fraction);
    table.exclude("study", {"hidden", "train-count", "beta", "rho"});
    table.add({"lambda", "X", lambda_text.help, "0.003, with --study 0.0001"}, lambda, not_negative);

    table.group("Training");
    declare_optimiser(table, training);
    table.add(seed_text, training.seed);
    table.add({"retries", "N",
               "starts with the seeds after --seed that a setting gets whose line search fails in the first "
               "half of --max-iterations"},
              retries, {0, 1000});
    table.add(precision_text, training.precision);
    table.add(threads_text, training.threads, thread_counts);

    table.group("Work");
    table.add({"groups", "N", "groups of ranks, each with a setting at a time",
               "as many as there are ranks and settings for"},
              groups, at_least_one);
    table.add({"only", "K,K,...",
               "train these settings only and write no table; K from 0, as --list has them", "all"},
              only, {0});
    table.add({"list", "", "print the settings as JSON and do nothing"}, list);
    table.add({"collect", "", "train nothing: table and report of what is finished in DIR"}, collect);
    for (const char* name : {"only", "list", "collect"}) table.leave_out_of_ini(name);

    declare_output(table, training, "directory of table and report, with a run directory for each setting",
                   "keep what is finished in DIR and go on from the checkpoints, on any number of ranks");
    table.exclude("collect", {"only", "overwrite"});
    table.exclude("list", {"only"});

    table.example("the study, on MNIST", "mpirun -n 4 sae-mpi sweep --study --data mnist --output study");
    table.example("nine settings on the built-in digits, beta tied to the hidden units",
                  "mpirun -n 2 sae-mpi sweep --hidden 10,50,100 --train-count 100 --lambda 1e-4 --beta "
                  "10:0.2,50:0.1,100:0.01 --rho 0.05,0.01,0.005");
    table.example("the fourth setting alone, as one task of many, and the table when all have ended",
                  "sae-mpi sweep --study --data mnist --output study --resume --only 3\n  sae-mpi sweep "
                  "--study --data mnist --output study --collect");
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

void BenchOptions::declare(OptionTable& table) {
    source.declare(table, false);
    table.add(train_count_text, train_count, at_least_one);

    table.group("Network");
    table.add(hidden_text, hidden, hidden_units);
    table.add(lambda_text, hyperparameters.lambda, not_negative);
    table.add(rho_text, hyperparameters.rho, fraction);
    table.add(beta_text, hyperparameters.beta, not_negative);
    table.add({"history", "N", "pairs of steps and gradient changes that L-BFGS keeps"}, history, {1, 1000});
    table.add(seed_text, seed);
    table.add(precision_text, precision);
    table.add(threads_text, threads, thread_counts);

    table.group("Measurement");
    table.add({"repeat", "N", "evaluations, and iterations of L-BFGS once its history is full"}, repeat,
              {1, 100'000});
    table.add({"json", "", "one JSON object in place of the tables: seconds, bytes, operations a second"},
              json);
    table.add({"quiet", "", "no progress"}, quiet);

    table.example("UFLDL's network on 10,000 of MNIST's images, one core",
                  "sae-mpi bench --data mnist --train-count 10000 --hidden 196 --threads 1");
    table.example("two ranks, for a program",
                  "mpirun -n 2 sae-mpi bench --train-count 10000 --hidden 250 --beta 3 --json");
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
