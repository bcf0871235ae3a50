#include "gradient_scales.hpp"

namespace sae {

GradientScales::GradientScales(const Shape& shape, Index columns)
    : shape_(shape),
      output_(FixedPoint::for_bound(static_cast<double>(columns) * largest_delta3)),
      hidden_(static_cast<std::size_t>(shape.hidden)),
      hidden_scales_(hidden_.size()) {}

void GradientScales::set_hidden(std::size_t j, double bound) {
    hidden_[j] = FixedPoint::for_bound(bound);
    hidden_scales_[j] = hidden_[j].scale();
}

double GradientScales::value_of_one(Index index) const {
    if (index < shape_.w2()) return hidden_[static_cast<std::size_t>(index / shape_.inputs)].unit();
    if (index >= shape_.b1() && index < shape_.b2())
        return hidden_[static_cast<std::size_t>(index - shape_.b1())].unit();
    return output_.unit();
}

Index GradientScales::next_scale(Index index) const {
    if (index < shape_.w2()) return (index / shape_.inputs + 1) * shape_.inputs;
    if (index < shape_.b1()) return shape_.b1();
    return index < shape_.b2() ? index + 1 : shape_.size();
}

}  // namespace sae
