#include "command_bodies.hpp"
#include "row_command.hpp"
#include "sae/core/feedforward.hpp"

namespace sae {

int reconstruct(const mpi::Communicator& world, const ReconstructOptions& options, std::ostream& out) {
    RowTask task;
    task.columns = [](const Shape& shape) { return shape.outputs; };
    task.make = network_outputs;
    task.decodes = true;
    task.shown = options.shown;
    return run_row_command(world, options.rows, task, out);
}

}  // namespace sae
