#include "sae/train/cluster.hpp"

#include <algorithm>
#include <cassert>

#include "sae/core/tiling.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

/// Numbers that a cache line holds.
constexpr std::size_t line_words = 64 / sizeof(std::int64_t);

std::size_t whole_lines(std::size_t words) {
    return (words + line_words - 1) / line_words * line_words;
}

std::size_t bytes_of(std::size_t words) {
    return Crew::share(words * sizeof(std::int64_t));
}

mpi::SharedNodes make_nodes(const mpi::Communicator& comm, const ClusterSettings& settings) {
    const std::size_t words = whole_lines(settings.most_words);
    return mpi::share_memory(
        comm, settings.node_of, settings.threads, [&](const mpi::NodeLayout& layout, int node) {
            const int cores = layout.cores_of_node(node);
            return Crew::overhead(cores) + settings.bytes(layout, node) +
                   bytes_of(static_cast<std::size_t>(cores) * words) + bytes_of(words) + bytes_of(2 * words);
        });
}

std::shared_ptr<Crew> make_crew(const mpi::Communicator& comm, const mpi::SharedNodes& shared, int threads) {
    const mpi::Nodes& nodes = *shared.nodes;
    const int processors = mpi::processors_of(nodes.local());
    return mpi::agreed(comm, [&] {
        if (nodes.members() == 1) return std::make_shared<Crew>(threads);
        const mpi::NodeLayout& layout = nodes.layout();
        CrewPlace place;
        place.memory = shared.memory.bytes();
        place.member = nodes.member();
        place.members = nodes.members();
        place.first_core = layout.first_core(comm.rank()) - layout.first_core_of_node(nodes.node());
        place.cores = layout.cores_of_node(nodes.node());
        place.processors = processors;
        return std::make_shared<Crew>(threads, place);
    });
}

}  // namespace

Cluster::Cluster(const mpi::Communicator& comm, const ClusterSettings& settings)
    : nodes_(make_nodes(comm, settings)),
      crew_(make_crew(comm, nodes_, settings.threads)),
      most_words_(whole_lines(settings.most_words)),
      slots_(memory<std::int64_t>(static_cast<std::size_t>(crew_->cores()) * most_words_)),
      totals_(memory<std::int64_t>(most_words_)),
      news_(memory<std::int64_t>(2 * most_words_)) {}

std::span<std::int64_t> Cluster::slot(int core) const {
    return slots_.subspan(static_cast<std::size_t>(core) * most_words_, most_words_);
}

/// Adds up a core's share of the words, whole lines, over all cores of the node.
void Cluster::add_share(int core, std::size_t words) const {
    const auto lines = static_cast<Index>(whole_lines(words) / line_words);
    const auto first = static_cast<std::size_t>(Tiling::share(lines, core, crew_->cores())) * line_words;
    const auto last = static_cast<std::size_t>(Tiling::share(lines, core + 1, crew_->cores())) * line_words;
    if (first == last) return;
    const std::span<std::int64_t> total = totals_.subspan(first, last - first);
    std::ranges::fill(total, 0);
    for (int other = 0; other < crew_->cores(); ++other) {
        const std::span<const std::int64_t> more = slot(other).subspan(first, last - first);
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];
    }
}

void Cluster::collect(std::size_t count,
                      const std::function<void(int thread, std::span<std::int64_t> sums)>& work) {
    assert(count <= most_words_);
    Crew& crew = *crew_;
    crew.run([&](int core) {
        std::ranges::fill(slot(core).first(whole_lines(count)), 0);
        work(core - crew.first_core(), slot(core).first(count));
    });
}

void Cluster::add_up(std::span<std::int64_t> totals) {
    crew_->run([&](int core) {
        crew_->meet(core);
        add_share(core, totals.size());
        crew_->meet(core);
    });
    // The totals are not written again before all ranks have met again, and so have copied them.
    const std::span<std::int64_t> sums = totals_.first(totals.size());
    if (sends()) leaders().all_reduce_sum(sums);
    if (layout().nodes() > 1) meet();
    std::ranges::copy(sums, totals.begin());
}

void Cluster::broadcast(std::span<std::int64_t> words) {
    assert(words.size() <= most_words_);
    // A rank that comes late may still read what was broadcast before: so two places are used in turn.
    const std::span<std::int64_t> news = news_.subspan(turn_ * most_words_, words.size());
    turn_ = 1 - turn_;
    if (rank() == 0) std::ranges::copy(words, news.begin());
    if (sends()) leaders().broadcast(news);
    meet();
    std::ranges::copy(news, words.begin());
}

}  // namespace sae
