#include "sae/train/checkpoint.hpp"

#include "memory_file.hpp"
#include "refusal.hpp"
#include "safetensors_input.hpp"

/// A checkpoint, to be gone on from by a run of the smallest network.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::uint8_t> bytes = sae::fuzz::safetensors_file({data, size});
    const sae::fuzz::MemoryFile memory(bytes);
    sae::fuzz::accepts([&] {
        const sae::Checkpoint checkpoint(memory.path());
        const sae::RunDescription run{{1, 1, 1}, 3, 100, {{"seed", "1"}}};
        const sae::LbfgsState state = checkpoint.state_for(run);
        sae::fuzz::require(state.iterations <= run.max_iterations && state.gram.size() <= run.history &&
                               state.current.finite(),
                           "a state that is none");
    });
    return 0;
}
