#include <vector>

#include "command_bodies.hpp"
#include "sae/app/run_command.hpp"

namespace sae {

std::span<const Command> commands() {
    static const std::vector<Command> all{
        make_command<TrainOptions>(train),
        make_command<SweepOptions>(sweep),
        make_command<CheckGradientOptions>(check_gradient),
        make_command<VerifyOptions>(verify),
        make_command<EvaluateOptions>(evaluate),
        make_command<EncodeOptions>(encode),
        make_command<ReconstructOptions>(reconstruct),
        make_command<InfoOptions>(info),
        make_command<ShowOptions>(show),
        make_command<BenchOptions>(bench),
    };
    return all;
}

}  // namespace sae
