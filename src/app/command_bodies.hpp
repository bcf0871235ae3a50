#pragma once
#include <ostream>

#include "sae/app/options.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

// The commands, called once their options are read: collective, return the exit status, the same on all
// ranks; only rank 0 writes to `out`. Each is in src/app/command_NAME.cpp, encode and reconstruct in
// row_command.cpp.

int train(const mpi::Communicator& world, const TrainOptions& options, std::ostream& out);
int sweep(const mpi::Communicator& world, const SweepOptions& options, std::ostream& out);
int verify(const mpi::Communicator& world, const VerifyOptions& options, std::ostream& out);
int evaluate(const mpi::Communicator& world, const EvaluateOptions& options, std::ostream& out);
int check_gradient(const mpi::Communicator& world, const CheckGradientOptions& options, std::ostream& out);
int encode(const mpi::Communicator& world, const EncodeOptions& options, std::ostream& out);
int reconstruct(const mpi::Communicator& world, const ReconstructOptions& options, std::ostream& out);
int info(const mpi::Communicator& world, const InfoOptions& options, std::ostream& out);
int bench(const mpi::Communicator& world, const BenchOptions& options, std::ostream& out);
int show(const mpi::Communicator& world, const ShowOptions& options, std::ostream& out);

}  // namespace sae
