#include "shared_options.hpp"

namespace sae {

void declare_optimiser(OptionTable& table, TrainOptions& options) {
    table.add({"max-iterations", "N", "iterations of L-BFGS at most"}, options.max_iterations, at_least_one);
    table.add(history_text, options.history, history_lengths);
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
    table.add({"checkpoint-every", "N", "iterations between checkpoints", "by time, for under 1 % of it; one more at the end"},
              options.checkpoint_every, at_least_one);
    table.add({"quiet", "", "no progress"}, options.quiet);
    table.leave_out_of_ini("overwrite");
    table.leave_out_of_ini("resume");
    table.exclude("resume", {"overwrite"});
}

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
    table.add({"train", "FILE", "training images: bytes in an IDX or .npy file, raw or .gz", "built-in digits"},
              train);
    table.exclude("data", {"train"});
    if (with_test) {
        table.add({"test", "FILE", "test images in such a file, together with --train", "none with --train"},
                  test);
        table.exclude("data", {"test"});
        table.depend("test", "train");
    }
    table.add({"digits-seed", "N", "seed of the built-in digits; unused with --data and --train"},
              digits_seed);
}

}  // namespace sae
