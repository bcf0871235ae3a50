#include <algorithm>
#include <iostream>

#include "command_bodies.hpp"
#include "golden.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/arithmetic.hpp"

namespace sae {
namespace {

/// Prints how the results compare with the published ones; returns the exit status.
int compare(std::span<const GoldenResult> found, std::ostream& out) {
    const std::string version = "version " + std::to_string(arithmetic_version) + " of the arithmetic";
    int different = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::string text = difference(found[i], golden_results()[i]);
        if (text.empty()) continue;
        ++different;
        out << golden_trainings()[i].name << ": " << text << '\n';
    }
    if (different == 0) {
        out << "this machine computes the published bits: " << found.size() << " trainings, " << version
            << '\n';
        return 0;
    }
    out << "this machine does not compute the published bits: " << different << " of " << found.size()
        << " trainings differ, " << version << "; sae-mpi --version names what a report of it needs\n";
    return 1;
}

}  // namespace

int verify(const mpi::Communicator& world, const VerifyOptions& options, std::ostream& out) {
    const ThreadCount threads = choose_threads(world, options.threads);
    if (world.is_root() && !threads.warning.empty()) std::cerr << "warning: " << threads.warning << '\n';
    const ShardedImages images = shard_training_images(world, {}, golden_columns, threads.threads);
    std::vector<GoldenResult> found;
    for (const GoldenTraining& training : golden_trainings())
        found.push_back(train_golden(world, training, images.columns.tiles(), threads.threads));
    int status = 0;
    if (world.is_root() && options.print) out << golden_source(found);
    if (world.is_root() && !options.print) status = compare(found, out);
    world.broadcast_value(status);
    return status;
}

}  // namespace sae
