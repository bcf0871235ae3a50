#include "sae/app/options.hpp"

#include "sae/data/metadata.hpp"

namespace sae {
namespace {

constexpr WholeNumbers at_least_one{1}, hidden_units{1, 1'000'000'000}, picture_counts{1, 100'000},
    history_lengths{1, 1000}, thread_counts{1, 1024};
constexpr RealNumbers not_negative{0}, positive{0, std::numeric_limits<double>::infinity(), true},
    fraction{0, 1, true};
constexpr Paths path;
constexpr auto of_model = OptionRole::model, of_start = OptionRole::start;

/// The default of a coefficient where a model is evaluated.
std::string of_the_model(double number) {
    return "the model's, else " + shortest_decimal(number);
}

const std::string all_images = std::to_string(built_in_count) + " built-in digits, or all of the file";

const OptionText train_count_text{"train-count", "N", "training images: the first N", all_images, of_model};
const OptionText test_count_text{"test-count", "N", "test images: the first N", all_images};
const OptionText hidden_text{"hidden", "N", "hidden units", {}, of_model};
const OptionText lambda_text{"lambda", "X", "weight decay: lambda/2 times the sum of the squared weights",
                             of_the_model(Hyperparameters{}.lambda), of_model};
const OptionText rho_text{"rho", "X", "wanted mean activation of a hidden unit, between 0 and 1",
                          of_the_model(Hyperparameters{}.rho), of_model};
const OptionText beta_text{"beta", "X", "weight of the sparsity term; 0 is the plain autoencoder",
                           of_the_model(Hyperparameters{}.beta), of_model};
const OptionText history_text{
    "history", "N", "pairs of steps and gradient changes that L-BFGS keeps", {}, of_model};
const OptionText seed_text{"seed", "N", "seed of the random starting weights", {}, of_model};
const OptionText precision_text{"precision",
                                "double|single",
                                "numbers in the work on images: products, activations, deltas; parameters, "
                                "sums over tiles and L-BFGS are "
                                "the same in both",
                                {},
                                of_model};
const OptionText threads_text{"threads", "N", "threads of each rank; they do not change the result",
                              "OMP_NUM_THREADS, else its share of the cores it is bound to"};

void declare_network(OptionTable& table, Index& hidden, Hyperparameters& hyperparameters) {
    table.add(hidden_text, hidden, hidden_units);
    table.add(lambda_text, hyperparameters.lambda, not_negative);
    table.add(rho_text, hyperparameters.rho, fraction);
    table.add(beta_text, hyperparameters.beta, not_negative);
}

}  // namespace

std::optional<Precision> Precisions::read(std::string_view text) {
    for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
        if (text == name(precision)) return precision;
    }
    return std::nullopt;
}

std::string TiedNumbers::expected() const {
    return "X or H:X, H hidden units and X " + numbers.expected();
}

std::optional<TiedNumber> TiedNumbers::read(std::string_view text) const {
    TiedNumber number;
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        number.hidden = WholeNumbers{}.read(text.substr(0, colon));
        if (!number.hidden) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    const std::optional<double> value = numbers.read(text);
    if (!value) return std::nullopt;
    number.value = *value;
    return number;
}

std::string TiedNumbers::text(const TiedNumber& value) {
    return (value.hidden ? std::to_string(*value.hidden) + ':' : "") + RealNumbers::text(value.value);
}

void SourceOptions::declare(OptionTable& table, bool with_test) {
    table.group("Data (by default digits drawn by the program)");
    table.add(
        {"data", "DIR", "directory with the files of MNIST, such as train-images-idx3-ubyte, raw or .gz",
         "built-in digits"},
        data, path);
    table.add(
        {"train", "FILE", "training images: bytes in an IDX or .npy file, raw or .gz", "built-in digits"},
        train, path);
    table.exclude("data", {"train"});
    if (with_test) {
        table.add({"test", "FILE", "test images in such a file, together with --train", "none with --train"},
                  test, path);
        table.exclude("data", {"test"});
        table.depend("test", "train");
    }
    table.add({"digits-seed", "N", "seed of the built-in digits; unused with --data and --train"},
              digits_seed, Seeds{});
}

void RunOptions::declare_optimiser(OptionTable& table) {
    table.add({"max-iterations", "N", "iterations of L-BFGS at most"}, optimiser.max_iterations,
              at_least_one);
    table.add(history_text, optimiser.history, history_lengths);
    table.add({"gradient-tolerance", "X", "stop when ||gradient|| <= X max(1, ||theta||)", {}, of_model},
              optimiser.gradient_tolerance, not_negative);
    table.add({"cost-tolerance",
               "X",
               "stop when an iteration changes the cost by at most X max(1, cost); 0: never",
               {},
               of_model},
              optimiser.cost_tolerance, not_negative);
    table.add(seed_text, seed, Seeds{});
}

void RunOptions::declare_output(OptionTable& table, const std::string& directory,
                                const std::string& resumed) {
    table.group("Output");
    table.add({"output", "DIR", directory}, output, path);
    table.add({"overwrite", "", "replace the result that DIR holds", {}, of_start}, overwrite);
    table.add({"resume", "", resumed, {}, of_start}, resume);
    table.add({"checkpoint-every", "N", "iterations between checkpoints",
               "by time, for under 1 % of it; one more at the end"},
              checkpoint_every, at_least_one);
    table.add({"quiet", "", "no progress"}, quiet);
    table.exclude("resume", {"overwrite"});
}

void TrainOptions::declare(OptionTable& table) {
    source.declare(table, true);
    table.add(train_count_text, train_count, at_least_one);
    table.add(test_count_text, test_count, at_least_one);

    table.group("Training");
    declare_network(table, hidden, hyperparameters);
    declare_optimiser(table);
    table.add({"init", "MODEL", "start from this model file", "random weights"}, init, path);
    table.add(precision_text, precision, Precisions{});
    table.add(threads_text, threads, thread_counts);

    declare_output(table, "run directory",
                   "continue from the newest checkpoint in DIR, if any, on any number of ranks");

    table.example("built-in digits, nothing to download", "mpirun -n 2 sae-mpi train --output first-run");
    table.example(
        "MNIST",
        "mpirun -n 4 sae-mpi train --data mnist --train-count 10000 --hidden 196 --output mnist-196");
    table.example("the plain autoencoder", "sae-mpi train --beta 0 --lambda 1e-4 --output plain");
    table.example("the same run again", "sae-mpi train --config first-run/config.ini --output again");
}

void SweepOptions::declare(OptionTable& table) {
    source.declare(table, true);
    table.add(test_count_text, test_count, at_least_one);

    table.group("Settings (all combinations; rho makes no difference where beta is 0)");
    table.add({"study", "",
               "17 settings instead of the lists: plain with 10, 50, 100 and 250 hidden units and 100 and "
               "1000 images; sparse with 10, 50 and 100 units, 100 images and rho 0.05, 0.01 and 0.005"},
              study);
    table.add({"hidden", "N,N,...", "hidden units", "100"}, hidden, ListOf{hidden_units});
    table.add({"train-count", "N,N,...", "training images: the first N", all_images}, train_counts,
              ListOf{at_least_one});
    table.add({"beta", "[H:]X,...",
               "weights of the sparsity term, 0 the plain autoencoder: X for all hidden sizes, H:X with H "
               "hidden units only",
               "3"},
              beta, ListOf{TiedNumbers{not_negative}});
    table.add({"rho", "[H:]X,...", "wanted mean activations, likewise", "0.1"}, rho,
              ListOf{TiedNumbers{fraction}});
    table.exclude("study", {"hidden", "train-count", "beta", "rho"});
    table.add({"lambda", "X", lambda_text.help, "0.003, with --study 0.0001"}, lambda, not_negative);

    table.group("Training");
    declare_optimiser(table);
    table.add({"retries", "N",
               "how often a setting whose line search fails in the first half of --max-iterations starts "
               "again, each time with the next seed"},
              retries, WholeNumbers{0, 1000});
    table.add(precision_text, precision, Precisions{});
    table.add(threads_text, threads, thread_counts);

    table.group("Work");
    table.add({"groups", "N", "groups of ranks, each with a setting at a time",
               "chosen by an estimate of the time"},
              groups, at_least_one);
    table.add({"only", "K,K,...",
               "train these settings only and write no table; K from 0, as --list has them", "all", of_start},
              only, ListOf{WholeNumbers{0}});
    table.add({"list", "", "print the settings as JSON and do nothing", {}, of_start}, list);
    table.add({"collect", "", "train nothing: table and report of what is finished in DIR", {}, of_start},
              collect);
    declare_output(table, "directory of table and report, with a run directory for each setting",
                   "keep what is finished in DIR and continue from the checkpoints, on any number of ranks");
    table.exclude("collect", {"only", "overwrite"});
    table.exclude("list", {"only"});

    table.example("the study, on MNIST", "mpirun -n 4 sae-mpi sweep --study --data mnist --output study");
    table.example("nine settings on the built-in digits, beta for each hidden size",
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
    table.add(seed_text, seed, Seeds{});
    table.add(threads_text, threads, thread_counts);

    table.group("Check");
    table.add({"epsilon", "X", "each weight is moved by X to both sides"}, epsilon, positive);
    table.add({"plain-tolerance", "X", "allowed ||a - b|| / ||a + b|| of the gradients a and b, plain"},
              plain_tolerance, positive);
    table.add({"sparse-tolerance", "X", "likewise, sparse"}, sparse_tolerance, positive);

    table.example("the small network that is checked by default", "sae-mpi check-gradient");
    table.example("more units, on MNIST", "mpirun -n 2 sae-mpi check-gradient --data mnist --hidden 5");
}

void VerifyOptions::declare(OptionTable& table) {
    table.group("Verification");
    table.add(threads_text, threads, thread_counts);
    table.add({"print", "", "print the results as src/app/golden_values.cpp; compare nothing"}, print);

    table.example("whether this machine computes the published bits", "sae-mpi verify");
    table.example("on two ranks", "mpirun -n 2 sae-mpi verify --threads 1");
}

void EvaluateOptions::declare(OptionTable& table) {
    table.group("Model");
    table.add({"model", "FILE", "model file that is evaluated"}, model, path);
    table.require("model");
    table.add(lambda_text, lambda, not_negative);
    table.add(rho_text, rho, fraction);
    table.add(beta_text, beta, not_negative);
    table.add(precision_text, precision, Precisions{});
    table.add(threads_text, threads, thread_counts);

    source.declare(table, false);
    table.add({"train-count", "N", "images: the first N", "as many as the model was trained on"}, train_count,
              at_least_one);

    table.group("Output");
    table.add({"gradient", "FILE", "write the gradient in the model's format", "not written"}, gradient,
              path);

    table.example("the cost at the end of a training; add --precision single if it was trained so",
                  "sae-mpi evaluate --model first-run/model.safetensors");
    table.example("a model on other images, without sparsity",
                  "sae-mpi evaluate --model m.safetensors --train t10k-images-idx3-ubyte.gz --train-count "
                  "10000 --beta 0");
}

SourceOptions RowOptions::images_source() const {
    if (!images) return source;
    SourceOptions file;
    file.train = images;
    return file;
}

void RowOptions::declare_rows(OptionTable& table, const std::string& written) {
    table.group("Model");
    table.add({"model", "FILE", "model file"}, model, path);
    table.require("model");
    table.add(threads_text, threads, thread_counts);

    source.declare(table, true);
    table.add(
        {"images", "FILE", "any images in an IDX or .npy file, instead of training and test images", "none"},
        images, path);
    table.add({"train-count", "N", "training images, or those of --images: the first N", all_images},
              train_count, at_least_one);
    table.add(test_count_text, test_count, at_least_one);

    table.group("Output");
    table.add({"output", "FILE", written + " of the training images, or of --images"}, output, path);
    table.add({"test-output", "FILE", written + " of the test images", "not written"}, test_output, path);
    table.add({"overwrite", "", "replace files that are there", {}, of_start}, overwrite);
    table.exclude("images", {"data", "train", "test", "test-count", "test-output"});
    table.depend("test", "test-output");
    table.depend("test-count", "test-output");
}

void EncodeOptions::declare(OptionTable& table) {
    declare_rows(table, "file for the activations");
    table.example("features of MNIST's training and test images",
                  "mpirun -n 2 sae-mpi encode --model mnist-196/model.safetensors --data mnist --output "
                  "train.npy --test-output test.npy");
    table.example("features of any images",
                  "sae-mpi encode --model mnist-196/model.safetensors --images letters.idx.gz --output "
                  "letters.npy");
}

void ReconstructOptions::declare(OptionTable& table) {
    declare_rows(table, "file for the reconstructions");
    table.add({"shown", "N",
               "images in the picture, which has the file's name with .png instead of .npy; 0: no picture"},
              shown, WholeNumbers{0, 100'000});
    table.example("built-in digits after sae-mpi train",
                  "sae-mpi reconstruct --model sae-run/model.safetensors --test-output test.npy");
    table.example("MNIST's first 1000 training images, 20 of them in the picture",
                  "mpirun -n 2 sae-mpi reconstruct --model mnist-196/model.safetensors --data mnist "
                  "--train-count 1000 --shown 20");
}

void InfoOptions::declare(OptionTable& table) {
    table.group("File");
    table.add({"file", "FILE", "model or checkpoint"}, file, path);
    table.require("file");
    table.group("Output");
    table.add({"json", "", "one JSON object instead of text"}, json);
    table.example("the model of a training", "sae-mpi info --file sae-run/model.safetensors");
    table.example("a checkpoint, for a program",
                  "sae-mpi info --file sae-run/checkpoint-000100.safetensors --json");
}

void ShowOptions::declare(OptionTable& table) {
    source.declare(table, true);
    table.group("Output");
    table.add({"first", "N,N,...", "a grid of the first N training images for each N"}, first,
              ListOf{picture_counts});
    table.add({"test-first", "N", "a grid of the first N test images"}, test_first, picture_counts);
    table.add({"output", "DIR", "directory for the pictures"}, output, path);

    table.example("the built-in digits", "sae-mpi show");
    table.example("MNIST", "sae-mpi show --data mnist --first 10,50,100 --output mnist-pictures");
}

void BenchOptions::declare(OptionTable& table) {
    source.declare(table, false);
    table.add(train_count_text, train_count, at_least_one);

    table.group("Network");
    declare_network(table, hidden, hyperparameters);
    table.add(history_text, history, history_lengths);
    table.add(seed_text, seed, Seeds{});
    table.add(precision_text, precision, Precisions{});
    table.add(threads_text, threads, thread_counts);

    table.group("Measurement");
    table.add({"repeat", "N", "evaluations, and iterations of L-BFGS once its history is full"}, repeat,
              WholeNumbers{1, 100'000});
    table.add({"json", "", "one JSON object instead of the tables: seconds, bytes, operations a second"},
              json);
    table.add({"quiet", "", "no progress"}, quiet);

    table.example("UFLDL's network on 10,000 of MNIST's images, one core",
                  "sae-mpi bench --data mnist --train-count 10000 --hidden 196 --threads 1");
    table.example("two ranks, for a program",
                  "mpirun -n 2 sae-mpi bench --train-count 10000 --hidden 250 --beta 3 --json");
}

}  // namespace sae
