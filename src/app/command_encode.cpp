#include "command_bodies.hpp"
#include "row_command.hpp"
#include "sae/core/feedforward.hpp"

namespace sae {

int encode(const mpi::Communicator& world, const EncodeOptions& options, std::ostream& out) {
    RowTask task;
    task.columns = [](const Shape& shape) { return shape.hidden; };
    task.make = hidden_activations;
    return run_row_command(world, options.rows, task, out);
}

}  // namespace sae
