#include "sae/train/cluster.hpp"

#include <algorithm>
#include <cassert>

#include "sae/core/tiling.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

/// The numbers in a cache line.
constexpr std::size_t line_words = 64 / sizeof(std::int64_t);

std::size_t whole_lines(std::size_t words) {
    return (words + line_words - 1) / line_words * line_words;
}

std::size_t bytes_of(std::size_t words) {
    return Crew::share(words * sizeof(std::int64_t));
}

mpi::SharedNodes make_nodes(const mpi::Communicator& comm, const ClusterSettings& settings) {
    const std::size_t words = whole_lines(settings.max_words);
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
      max_words_(whole_lines(settings.max_words)),
      parts_(memory<std::int64_t>(static_cast<std::size_t>(crew_->cores()) * max_words_)),
      totals_(memory<std::int64_t>(max_words_)),
      broadcast_(memory<std::int64_t>(2 * max_words_)) {}

std::span<std::int64_t> Cluster::part(int core) const {
    return parts_.subspan(static_cast<std::size_t>(core) * max_words_, max_words_);
}

/// Adds up the parts of all cores of the node: this core's share of the words, in whole cache lines.
void Cluster::add_parts(int core, std::size_t words) const {
    const auto lines = static_cast<Index>(whole_lines(words) / line_words);
    const auto first = static_cast<std::size_t>(Tiling::share(lines, core, crew_->cores())) * line_words;
    const auto last = static_cast<std::size_t>(Tiling::share(lines, core + 1, crew_->cores())) * line_words;
    if (first == last) return;
    const std::span<std::int64_t> total = totals_.subspan(first, last - first);
    std::ranges::fill(total, 0);
    for (int other = 0; other < crew_->cores(); ++other) {
        const std::span<const std::int64_t> more = part(other).subspan(first, last - first);
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];
    }
}

void Cluster::collect(std::size_t count,
                      const std::function<void(int thread, std::span<std::int64_t> sums)>& work) {
    assert(count <= max_words_);
    Crew& crew = *crew_;
    crew.run([&](int core) {
        std::ranges::fill(part(core).first(whole_lines(count)), 0);
        work(core - crew.first_core(), part(core).first(count));
    });
}

void Cluster::add_up(std::span<std::int64_t> totals) {
    crew_->run([&](int core) {
        crew_->meet(core);
        add_parts(core, totals.size());
        crew_->meet(core);
    });
    // The next call writes to totals_ after a meeting of all cores, so all ranks have copied them by then.
    const std::span<std::int64_t> sums = totals_.first(totals.size());
    if (sends()) leaders().all_reduce_sum(sums);
    if (layout().nodes() > 1) meet();
    std::ranges::copy(sums, totals.begin());
}

void Cluster::broadcast(std::span<std::int64_t> words) {
    assert(words.size() <= max_words_);
    // Two buffers in turn: another rank may still read what was broadcast before.
    const std::span<std::int64_t> shared = broadcast_.subspan(next_buffer_ * max_words_, words.size());
    next_buffer_ = 1 - next_buffer_;
    if (rank() == 0) std::ranges::copy(words, shared.begin());
    if (sends()) leaders().broadcast(shared);
    meet();
    std::ranges::copy(shared, words.begin());
}

}  // namespace sae
