#include <deque>
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

/// A set, how many images it has, and on rank 0 the file that its rows go to.
struct OpenSet {
    RowSet set;
    Index count = 0;
    std::optional<NpyWriter> file;
};

/// Rank 0's part of the start: reads the model, and opens each file after all checks.
Model open_sets(const RowOptions& options, const RowTask& task, std::deque<OpenSet>& sets) {
    std::vector<RowSet> wanted = row_sets(options);
    check_places(options, wanted, task.shown > 0);
    Model model = read_model(options.model);
    for (RowSet& set : wanted) {
        const Images images = set.open();
        check_set(task, set, images, model, options);
        sets.emplace_back().set = std::move(set);
        sets.back().count = images.count;
    }
    for (OpenSet& open : sets) open.file.emplace(open.set.path, open.count, task.columns(model.shape));
    return model;
}

/// Collective: gives all ranks rank 0's model.
void share_model(const mpi::Communicator& world, Model& model) {
    world.broadcast_value(model.shape);
    mpi::agreed(world, [&] { model.theta.resize(static_cast<std::size_t>(model.shape.size())); });
    world.broadcast(std::span(model.theta));
}

/// Rank 0's part of the end.
void finish(const RowTask& task, std::deque<OpenSet>& sets, const Model& model, std::ostream& out) {
    for (OpenSet& open : sets) open.file->commit();
    for (const OpenSet& open : sets) {
        const Images images = open.set.open();
        out << open.set.path << ": [" << open.count << ", " << task.columns(model.shape) << "] of "
            << images.source->description() << '\n';
        if (task.shown == 0) continue;
        write_picture_beside(task, open.set, images, model);
        out << picture_beside(open.set.path) << ": the first " << std::min(task.shown, open.count)
            << ", each above its reconstruction\n";
    }
}

/// Collective: what encode and reconstruct do. Options, model, images and the places of the files are all
/// checked before the first row is computed; the files appear together at the end. Returns the exit status.
int run_row_command(const mpi::Communicator& world, const RowOptions& options, const RowTask& task,
                    std::ostream& out) {
    const StopSignals signals;
    std::deque<OpenSet> sets;
    Model model =
        mpi::agreed(world, [&] { return world.is_root() ? open_sets(options, task, sets) : Model{}; });
    if (!world.is_root()) {
        for (RowSet& set : row_sets(options)) sets.emplace_back().set = std::move(set);
    }
    share_model(world, model);
    const int threads = choose_threads(world, options.threads).threads;
    const auto crew = mpi::agreed(world, [&] { return std::make_unique<Crew>(threads); });
    const RowMaker maker{model.shape.inputs, task.columns(model.shape), [&](auto images, auto rows) {
                             task.make(model.shape, model.theta, images, rows, *crew);
                         }};
    for (OpenSet& open : sets) {
        world.broadcast_value(open.count);
        ShardReader reader(world, [&] { return open.set.open().source; });
        const StopRequest stopped = append_rows(
            world, reader, open.count, maker, [&] { return signals.request(); },
            open.file ? &*open.file : nullptr);
        if (stopped == StopRequest::none) continue;
        if (world.is_root()) std::cerr << "stopped as asked; nothing is written\n";
        return exit_status(stopped);
    }
    mpi::agreed(world, [&] {
        if (world.is_root()) finish(task, sets, model, out);
    });
    return 0;
}

}  // namespace

int encode(const mpi::Communicator& world, const EncodeOptions& options, std::ostream& out) {
    const auto columns = [](const Shape& shape) { return shape.hidden; };
    return run_row_command(world, options.rows, {columns, hidden_activations}, out);
}

int reconstruct(const mpi::Communicator& world, const ReconstructOptions& options, std::ostream& out) {
    const auto columns = [](const Shape& shape) { return shape.outputs; };
    return run_row_command(world, options.rows, {columns, network_outputs, true, options.shown}, out);
}

}  // namespace sae
