#include "forward_pass.hpp"

#include <cmath>

#include "sae/core/summation.hpp"

namespace sae {

using summation::column_group;

template <class T>
ForwardPass<T>::ForwardPass(const Shape& shape, const TileKernels<T>& kernels,
                            const PackedWeights<T>& weights)
    : shape_(shape),
      kernels_(kernels),
      weights_(weights),
      x_(pieces(kernels.widths.columns_together, nonzero_width), shape.inputs),
      padded_(pieces(shape.hidden, kernels.widths.panel) * kernels.widths.panel),
      group_sums_(static_cast<std::size_t>(pieces(kernels.widths.columns_together, column_group) * padded_)) {
}

template <class T>
void ForwardPass<T>::activate(BytePanels x, Index column, Index columns, T* a2, Index tile_columns,
                              PhaseTimes& times) {
    times.measure(Phase::widen, [&] { kernels_.widen(x, column, columns, x_.groups()); });
    times.measure(Phase::hidden, [&] {
        kernels_.hidden(x_.groups(), columns, weights_.w1(), weights_.b1(), shape_.inputs, shape_.hidden,
                        a2 + column * kernels_.widths.panel, tile_columns, group_sums_.data());
    });
}

template <class T>
void ForwardPass<T>::add_sums(const MeanActivations& means, Index columns,
                              std::span<std::int64_t> sums) const {
    for (Index group = 0; group < pieces(columns, column_group); ++group)
        means.add(kernels_, group_sums_.data() + group * padded_, sums);
}

template class ForwardPass<double>;
template class ForwardPass<float>;

bool add_squares(std::span<const double> of_columns, ExactSum& sum) {
    bool finite = true;
    for (std::size_t first = 0; first < of_columns.size(); first += column_group) {
        const auto at = [&](std::size_t c) {
            return first + c < of_columns.size() ? of_columns[first + c] : 0.0;
        };
        const double of_group = ((at(0) + at(1)) + (at(2) + at(3))) + ((at(4) + at(5)) + (at(6) + at(7)));
        if (std::isfinite(of_group))
            sum.add(of_group);
        else
            finite = false;
    }
    return finite;
}

}  // namespace sae
