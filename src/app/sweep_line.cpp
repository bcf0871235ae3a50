#include "sweep_line.hpp"

#include <string_view>

#include "sweep_line_ends.hpp"

namespace sae {

int group_of(int rank, int ranks, int groups) {
    return static_cast<int>(Index{rank} * groups / ranks);
}

std::unique_ptr<SweepLine> make_sweep_line(const mpi::Communicator& world, int groups,
                                           const std::vector<Index>& queue, const StopSignals& signals,
                                           SweepProgress* progress) {
    return world.is_root() ? make_sweep_hub(world, groups, queue, signals, *progress)
                           : make_sweep_member(world, groups, queue, signals);
}

void GroupObserver::record(const IterationRecord& record) {
    GroupNews news;
    news.kind = GroupNews::Kind::iteration;
    news.group = group_;
    news.record = record;
    line_.tell(news);
}

void GroupObserver::note(const std::string& text) {
    tell(GroupNews::Kind::note, text);
}

void GroupObserver::warn(const std::string& text) {
    tell(GroupNews::Kind::warning, text);
}

void GroupObserver::tell(GroupNews::Kind kind, const std::string& text) {
    GroupNews news;
    news.kind = kind;
    news.group = group_;
    std::string_view(text).substr(0, news.text.size() - 1).copy(news.text.data(), news.text.size() - 1);
    line_.tell(news);
}

}  // namespace sae
