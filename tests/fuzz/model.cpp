#include <algorithm>
#include <cmath>

#include "memory_file.hpp"
#include "refusal.hpp"
#include "sae/data/model_file.hpp"
#include "safetensors_input.hpp"

/// A model file and the hyperparameters in it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::uint8_t> bytes = sae::fuzz::safetensors_file({data, size});
    const sae::fuzz::MemoryFile memory(bytes);
    sae::fuzz::accepts([&] {
        const sae::Model model = sae::read_model(memory.path());
        sae::fuzz::require(static_cast<sae::Index>(model.theta.size()) == model.shape.size() &&
                               std::ranges::all_of(model.theta, [](double x) { return std::isfinite(x); }),
                           "a model that is none");
        const sae::Hyperparameters found = sae::find_hyperparameters(model.metadata, {}, memory.path());
        sae::fuzz::require(found.lambda >= 0 && found.beta >= 0 && found.rho > 0 && found.rho < 1,
                           "hyperparameters out of range");
    });
    return 0;
}
