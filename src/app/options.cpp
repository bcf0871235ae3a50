#include "sae/app/options.hpp"

#include "shared_options.hpp"

namespace sae {

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
                   "continue from the newest checkpoint in DIR, if any, on any number of ranks");

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
    table.add({threads_text.name, threads_text.value, threads_text.help}, threads, thread_counts);

    table.group("Check");
    table.add({"epsilon", "X", "each weight is moved by X to both sides"}, epsilon, positive);
    table.add({"plain-tolerance", "X", "allowed ||analytic - numerical|| / ||analytic + numerical||, plain"},
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

    table.example("the cost at the end of a training; add --precision single if it was trained so",
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
    table.add(history_text, history, history_lengths);
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

void InfoOptions::declare(OptionTable& table) {
    table.group("File");
    table.add({"file", "FILE", "model or checkpoint"}, file);
    table.require("file");
    table.group("Output");
    table.add({"json", "", "one JSON object in place of text"}, json);
    table.example("what a training has learnt", "sae-mpi info --file sae-run/model.safetensors");
    table.example("a checkpoint, for a program",
                  "sae-mpi info --file sae-run/checkpoint-000100.safetensors --json");
}

}  // namespace sae
