#include <vector>

#include "command_bodies.hpp"
#include "sae/app/run_command.hpp"

namespace sae {

std::span<const Command> commands() {
    static const std::vector<Command> all{
        make_command<ShowOptions>("grids of the first images as PNG files", show),
    };
    return all;
}

}  // namespace sae
