#include <vector>

#include "command_bodies.hpp"
#include "sae/app/run_command.hpp"

namespace sae {

std::span<const Command> commands() {
    static const std::vector<Command> all{
        make_command<TrainOptions>("train an autoencoder and write a run directory", train),
        make_command<SweepOptions>("train many settings, one table and one report", sweep),
        make_command<CheckGradientOptions>("analytic against numerical gradient", check_gradient),
        make_command<VerifyOptions>("whether this machine computes the published bits", verify),
        make_command<EvaluateOptions>("cost and mean activations of a model on data, as JSON", evaluate),
        make_command<EncodeOptions>("hidden activations of images as .npy files", encode),
        make_command<ReconstructOptions>("reconstructions of images as .npy files and pictures", reconstruct),
        make_command<InfoOptions>("what is in a model or checkpoint file", info),
        make_command<ShowOptions>("grids of the first images as PNG files", show),
        make_command<BenchOptions>("time of each phase and share of the processor's peak", bench),
    };
    return all;
}

}  // namespace sae
