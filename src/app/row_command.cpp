#include <iostream>

#include "command_bodies.hpp"
#include "row_files.hpp"
#include "sae/app/stop_signals.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/feedforward.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/train/image_rows.hpp"

namespace sae {
namespace {

/// Rank 0's part of the start: reads the model, and opens each file after all checks.
Model open_sets(const RowOptions& options, const RowTask& task, std::vector<RowSet>& sets) {
    check_places(options, sets, task.shown > 0);
    Model model = read_model(options.model);
    const Index columns = task.columns(model.shape);
    for (RowSet& set : sets) {
        const Images images = set.open();
        check_fit(options.model, model.shape, images.source->image_size(), images.source->description(),
                  task.decodes);
        check_room(set, images.count, columns);
        set.count = images.count;
    }
    for (RowSet& set : sets) set.file = std::make_unique<NpyWriter>(set.path, set.count, columns);
    return model;
}

/// Collective: gives all ranks rank 0's model.
void share_model(const mpi::Communicator& world, Model& model) {
    world.broadcast_value(model.shape);
    mpi::agreed(world, [&] { model.theta.resize(static_cast<std::size_t>(model.shape.size())); });
    world.broadcast(std::span(model.theta));
}

/// Rank 0's part of the end.
void finish(const RowTask& task, const std::vector<RowSet>& sets, const Model& model, std::ostream& out) {
    for (const RowSet& set : sets) set.file->commit();
    for (const RowSet& set : sets) {
        out << set.path << ": [" << set.count << ", " << task.columns(model.shape) << "] of "
            << set.open().source->description() << '\n';
        if (task.shown == 0) continue;
        write_picture_beside(set, task.shown, model);
        out << picture_beside(set.path) << ": the first " << std::min(task.shown, set.count)
            << ", each above its reconstruction\n";
    }
}

/// Collective: what encode and reconstruct do. Options, model, images and the places of the files are all
/// checked before the first row is computed; the files appear together at the end. Returns the exit status.
int run_row_command(const mpi::Communicator& world, const RowOptions& options, const RowTask& task,
                    std::ostream& out) {
    const StopSignals signals;
    std::vector<RowSet> sets;
    Model model = mpi::agreed(world, [&] {
        sets = row_sets(options);
        return world.is_root() ? open_sets(options, task, sets) : Model{};
    });
    share_model(world, model);
    const int threads = choose_threads(world, options.threads).threads;
    const auto crew = mpi::agreed(world, [&] { return std::make_unique<Crew>(threads); });
    const auto make = task.decodes ? network_outputs : hidden_activations;
    const RowMaker maker{model.shape.inputs, task.columns(model.shape), [&](auto images, auto rows) {
                             make(model.shape, model.theta, images, rows, *crew);
                         }};
    for (RowSet& set : sets) {
        world.broadcast_value(set.count);
        ShardReader reader(world, [&] { return set.open().source; });
        const StopRequest stopped = append_rows(
            world, reader, set.count, maker, [&] { return signals.request(); }, set.file.get());
        if (stopped == StopRequest::none) continue;
        if (world.is_root()) std::cerr << "stopped as asked; nothing is written\n";
        return exit_status(stopped);
    }
    mpi::agreed_on_root(world, [&] { finish(task, sets, model, out); });
    return 0;
}

}  // namespace

int encode(const mpi::Communicator& world, const EncodeOptions& options, std::ostream& out) {
    return run_row_command(world, options, {}, out);
}

int reconstruct(const mpi::Communicator& world, const ReconstructOptions& options, std::ostream& out) {
    return run_row_command(world, options, {.decodes = true, .shown = options.shown}, out);
}

}  // namespace sae
