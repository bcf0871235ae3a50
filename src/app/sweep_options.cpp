#include "sae/app/sweep_options.hpp"

#include "shared_options.hpp"

namespace sae {
namespace {

void declare_settings(OptionTable& table, SweepOptions& options) {
    table.group("Settings (all combinations; rho makes no difference where beta is 0)");
    table.add({"study", "",
               "17 settings in place of the lists: plain with 10, 50, 100 and 250 hidden units and 100 and "
               "1000 images; sparse with 10, 50 and 100 units, 100 images and rho 0.05, 0.01 and 0.005"},
              options.study);
    table.add({"hidden", "N,N,...", "hidden units", "100"}, options.hidden, hidden_units);
    table.add({"train-count", "N,N,...", "training images: the first N", train_count_text.without},
              options.train_counts, at_least_one);
    table.add({"beta", "[H:]X,...",
               "weights of the sparsity term, 0 the plain autoencoder: X for all hidden sizes, H:X with H "
               "hidden units only",
               "3"},
              options.beta, not_negative);
    table.add({"rho", "[H:]X,...", "wanted mean activations, likewise", "0.1"}, options.rho, fraction);
    table.exclude("study", {"hidden", "train-count", "beta", "rho"});
    table.add({"lambda", "X", lambda_text.help, "0.003, with --study 0.0001"}, options.lambda, not_negative);
}

void declare_training(OptionTable& table, SweepOptions& options) {
    table.group("Training");
    declare_optimiser(table, options.training);
    table.add(seed_text, options.training.seed);
    table.add({"retries", "N",
               "how often a setting whose line search fails in the first half of --max-iterations starts "
               "again, each time with the next seed"},
              options.retries, {0, 1000});
    table.add(precision_text, options.training.precision);
    table.add(threads_text, options.training.threads, thread_counts);
}

void declare_work(OptionTable& table, SweepOptions& options) {
    table.group("Work");
    table.add({"groups", "N", "groups of ranks, each with a setting at a time",
               "as an estimate of speed says"},
              options.groups, at_least_one);
    table.add({"only", "K,K,...",
               "train these settings only and write no table; K from 0, as --list has them", "all"},
              options.only, {0});
    table.add({"list", "", "print the settings as JSON and do nothing"}, options.list);
    table.add({"collect", "", "train nothing: table and report of what is finished in DIR"}, options.collect);
    for (const char* name : {"only", "list", "collect"}) table.leave_out_of_ini(name);
}

}  // namespace

void SweepOptions::declare(OptionTable& table) {
    training.source.declare(table, true);
    table.add(test_count_text, training.test_count, at_least_one);
    declare_settings(table, *this);
    declare_training(table, *this);
    declare_work(table, *this);
    declare_output(table, training, "directory of table and report, with a run directory for each setting",
                   "keep what is finished in DIR and continue from the checkpoints, on any number of ranks");
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

}  // namespace sae
