#include "sae/mpi/node_layout.hpp"

#include <cassert>
#include <map>

namespace sae::mpi {

NodeLayout::NodeLayout(const std::vector<std::int64_t>& node_of, const std::vector<std::int64_t>& cores)
    : places_(node_of.size()) {
    assert(cores.size() == node_of.size());
    std::map<std::int64_t, int> numbers;
    for (std::size_t rank = 0; rank < node_of.size(); ++rank) {
        const auto [found, added] = numbers.try_emplace(node_of[rank], nodes());
        if (added) members_.emplace_back();
        std::vector<int>& members = members_[static_cast<std::size_t>(found->second)];
        places_[rank] = {found->second, static_cast<int>(members.size()), static_cast<int>(cores[rank]), 0};
        members.push_back(static_cast<int>(rank));
    }
    int core = 0;
    for (const std::vector<int>& members : members_) {
        first_cores_.push_back(core);
        for (const int rank : members) {
            places_[static_cast<std::size_t>(rank)].first_core = core;
            core += places_[static_cast<std::size_t>(rank)].cores;
        }
    }
    first_cores_.push_back(core);
}

}  // namespace sae::mpi
