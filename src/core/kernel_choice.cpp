#include <algorithm>
#include <cstdlib>

#include "processor.hpp"
#include "sae/core/error.hpp"
#include "sae/core/kernels.hpp"

namespace sae {

namespace {

std::string possible_options() {
    std::string list;
    for (const KernelSet* set : kernel_sets())
        if (set->runs_here()) list += (list.empty() ? "" : ", ") + std::string(set->option);
    return list;
}

std::string_view option_of_environment() {
    const char* const option = std::getenv("SAE_KERNELS");
    return option == nullptr ? std::string_view() : option;
}

}  // namespace

const KernelSet& kernels_named(std::string_view option) {
    for (const KernelSet* set : kernel_sets()) {
        if (!option.empty() && set->option != option) continue;
        if (set->runs_here()) return *set;
        if (!option.empty())
            throw Error(
                "SAE_KERNELS=" + std::string(option) +
                ": this processor does not have these instructions; it can run: " + possible_options());
    }
    throw Error("SAE_KERNELS=" + std::string(option) +
                ": this build has no such kernels; possible here: " + possible_options());
}

const KernelSet& best_kernels() {
    static const KernelSet& chosen = kernels_named(option_of_environment());
    return chosen;
}

template <class T>
Index TileKernels<T>::columns_together(Index k) const {
    // Half of the second-level cache for these columns, the rest for strips and results.
    static const Index room = second_level_cache() / 2 / static_cast<Index>(sizeof(T));
    const Index step = std::max(widths.panel, byte_panel_width);
    return std::clamp(room / std::max<Index>(k, 1) / step * step, step, widths.columns_together);
}

template <class T>
Index TileKernels<T>::columns_together(const Shape& shape) const {
    return columns_together(std::max({shape.inputs, shape.hidden, shape.outputs}));
}

template struct TileKernels<double>;
template struct TileKernels<float>;

}  // namespace sae
