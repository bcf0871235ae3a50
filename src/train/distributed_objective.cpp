#include "sae/train/distributed_objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "sae/core/error.hpp"
#include "sae/core/length.hpp"
#include "vector_kernels.hpp"

namespace sae {

namespace {

/// The same text on the ranks that form a node: those of one host that see the same tiles and use the same
/// kernels, which decide how weights are packed.
std::string node_key(std::int64_t host, const TileRange& seen) {
    return std::to_string(host) + ' ' + std::to_string(seen.first) + ' ' + std::to_string(seen.last) + ' ' +
           std::string(best_kernels().name);
}

/// The tiles that a node works on. `seen` are the tiles that each rank sees, by rank. Nodes that see the same
/// tiles divide them, in proportion to their cores.
TileRange tiles_of(const mpi::NodeLayout& layout, std::span<const TileRange> seen, int node) {
    const auto seen_by = [&](int other) { return seen[static_cast<std::size_t>(layout.rank(other, 0))]; };
    const TileRange own = seen_by(node);
    int before = 0, all = 0;
    for (int other = 0; other < layout.nodes(); ++other) {
        if (seen_by(other) != own) continue;
        if (other < node) before += layout.cores_of_node(other);
        all += layout.cores_of_node(other);
    }
    const auto at = [&](int core) { return own.first + Tiling::share(own.last - own.first, core, all); };
    return {at(before), at(before + layout.cores_of_node(node))};
}

TileRange tiles_of_this_node(const Cluster& cluster, const ColumnTiles& columns) {
    const std::vector<TileRange> seen =
        cluster.comm().all_gather_value(TileRange{columns.first_tile(), columns.last_tile()});
    return tiles_of(cluster.layout(), seen, cluster.node());
}

ColumnTiles part_of_this_node(const Cluster& cluster, const ColumnTiles& columns) {
    const TileRange tiles = tiles_of_this_node(cluster, columns);
    return columns.part(tiles.first, tiles.last);
}

EvaluationSettings with_crew(const Cluster& cluster, const ObjectiveSettings& settings) {
    EvaluationSettings evaluation = settings.evaluation;
    evaluation.crew = cluster.crew();
    evaluation.sparse = settings.hyperparameters.sparse();
    return evaluation;
}

}  // namespace

/// What one evaluation sums up over all cores in one message: exact sums, then counts.
struct DistributedObjective::Sums {
    enum Sum : std::size_t { squares, weights, biases, slope, gradient, sum_count };
    enum Count : std::size_t { not_finite, save_and_requeue, user_interrupt, columns, elements, word_count };
    static constexpr std::size_t words = sum_count * ExactSum::limb_count + word_count;

    std::array<ExactSum, sum_count> sums;
    std::array<std::int64_t, word_count> counts{};

    void write(std::span<std::int64_t> to) {
        std::ranges::copy(counts, std::ranges::copy(limbs(sums), to.begin()).out);
    }
    void read(std::span<const std::int64_t> from) {
        const std::span<std::int64_t> own = limbs(sums);
        std::ranges::copy(from.first(own.size()), own.begin());
        std::ranges::copy(from.subspan(own.size()), counts.begin());
    }
};

Cluster DistributedObjective::make_cluster(const mpi::Communicator& comm, const ObjectiveSettings& settings,
                                           const ColumnTiles& inputs, std::size_t more_words) {
    const TileRange own{inputs.first_tile(), inputs.last_tile()};
    const std::vector<TileRange> seen = comm.all_gather_value(own);
    const std::vector<std::int64_t> hosts = host_numbers(comm, settings.sharing);
    ClusterSettings cluster;
    cluster.threads = settings.threads;
    cluster.node_of =
        mpi::numbers_of_equal(comm, node_key(hosts[static_cast<std::size_t>(comm.rank())], own));
    cluster.max_words = std::max(more_words, Sums::words);
    cluster.bytes = [&](const mpi::NodeLayout& layout, int node) {
        const TileRange tiles = tiles_of(layout, seen, node);
        const Shape& shape = settings.evaluation.shape;
        EvaluationSettings evaluation = settings.evaluation;
        evaluation.sparse = settings.hyperparameters.sparse();
        return NodeReduction::bytes(Partition(shape, layout), layout, node) +
               Crew::share(length(shape.size()) * sizeof(double)) +
               evaluation_bytes(evaluation, inputs.tiling(), tiles.first, tiles.last,
                                layout.cores_of_node(node));
    };
    return Cluster(comm, cluster);
}

DistributedObjective::DistributedObjective(Cluster& cluster, const ObjectiveSettings& settings,
                                           const Partition& partition, const ColumnTiles& inputs,
                                           const ColumnTiles& targets, StepTimes& times)
    : cluster_(cluster),
      settings_(settings),
      partition_(partition),
      tiling_(inputs.tiling()),
      inputs_(part_of_this_node(cluster, inputs)),
      targets_(part_of_this_node(cluster, targets)),
      reduction_(cluster, partition, settings.between_tiles),
      theta_(cluster.memory<double>(length(settings.evaluation.shape.size()))),
      evaluation_(make_evaluation(with_crew(cluster, settings), inputs_, targets_)),
      times_(times) {}

void DistributedObjective::share_slice(const Slice& slice) {
    Crew& crew = *cluster_.crew();
    const Index size = partition_.slice_length(cluster_.rank());
    crew.run([&](int core) {
        const BlockRange range = thread_blocks(size, core - crew.first_core(), crew.threads());
        partition_.for_parts(cluster_.rank(), range, [&](auto /*segment*/, const Partition::Run& part) {
            std::ranges::copy(slice.span({part.local, part.local + part.length}),
                              theta_.begin() + part.begin);
        });
    });
    cluster_.meet();
}

/// Each leader sends the others its node's run of each segment.
void DistributedObjective::gather_theta() {
    cluster_.meet();
    if (cluster_.layout().nodes() == 1) return;
    if (cluster_.is_leader()) {
        std::array<mpi::Request, Partition::segments> requests;
        for (std::size_t s = 0; s < Partition::segments; ++s) {
            const auto begin = length(partition_.segment_begin(s)),
                       end = length(partition_.segment_begin(s + 1));
            requests[s] = cluster_.leaders().start_all_gather(
                theta_.subspan(begin, end - begin), partition_.counts(s), partition_.displacements(s));
        }
        for (mpi::Request& request : requests) request.wait();
    }
    cluster_.meet();
}

/// Computes the elements of the gradient's slice in `range` and, while a block is in the cache, its dot
/// products with `direction` and with itself.
void DistributedObjective::finish_gradient(const Slice& theta, const Slice& direction, BlockRange range,
                                           Slice& gradient, Sums& sums) const {
    const auto m = static_cast<double>(tiling_.columns());
    partition_.for_parts(cluster_.rank(), range, [&](auto segment, const Partition::Run& part) {
        const double lambda = segment == Partition::biases ? 0 : settings_.hyperparameters.lambda;
        const std::vector<const std::int64_t*> addends = reduction_.addends(segment, part);
        for (Index before = 0; before < part.length; before += block_length) {
            const Index local = part.local + before;
            const double* const at = theta.span().data() + local;
            double* const to = gradient.span().data() + local;
            evaluation_->for_equal_scales(part.begin + before, std::min(block_length, part.length - before),
                                          [&](Index first, Index last, double one) {
                                              kernels::best().finish_gradient(
                                                  addends.data(), addends.size(), before + first,
                                                  last - first, at + first, {one, m, lambda}, to + first);
                                          });
            const std::span<const double> g = gradient.span({local, local + block_length});
            add_dot(g, direction.span({local, local + block_length}), sums.sums[Sums::slope]);
            add_dot(g, g, sums.sums[Sums::gradient]);
        }
    });
}

Trial DistributedObjective::evaluate(const Slice& theta, std::span<const SquaredNorms> norms,
                                     const Slice& direction, Slice& gradient) {
    times_.measure(StepPhase::gather, [&] { gather_theta(); });
    const PartialSums& partial = times_.measure(StepPhase::evaluate, [&]() -> const PartialSums& {
        return evaluation_->run(theta_, settings_.hyperparameters, reduction_);
    });
    times_.measure(StepPhase::reduce, [&] { reduction_.finish(partial); });
    const StopRequest asked = settings_.stop_request();
    const auto of_thread = [&](int thread, std::span<std::int64_t> words) {
        Sums own;
        own.sums[Sums::weights] = norms[static_cast<std::size_t>(thread)].weights;
        own.sums[Sums::biases] = norms[static_cast<std::size_t>(thread)].biases;
        if (thread == 0) {
            if (partial.finite) own.sums[Sums::squares] = partial.squares;
            own.counts = {partial.finite ? 0 : 1, asked == StopRequest::save_and_requeue ? 1 : 0,
                          asked == StopRequest::user_interrupt ? 1 : 0, partial.columns_done,
                          partial.elements_done};
        }
        if (partial.finite) {
            const BlockRange range =
                thread_blocks(partition_.slice_length(cluster_.rank()), thread, cluster_.threads());
            finish_gradient(theta, direction, range, gradient, own);
        }
        own.write(words);
    };
    std::array<std::int64_t, Sums::words> words{};
    times_.measure(StepPhase::gradient, [&] { cluster_.collect(words.size(), of_thread); });
    times_.measure(StepPhase::sums, [&] { cluster_.add_up(words); });
    Sums all;
    all.read(words);
    return trial(all, partial.sparsity);
}

void DistributedObjective::check_coverage(std::int64_t columns, std::int64_t elements) const {
    const Index of_tiles = Evaluation::elements_of(settings_.evaluation.shape) * tiling_.tiles();
    if (columns == tiling_.columns() && elements == of_tiles) return;
    throw Error("the evaluation covered " + std::to_string(columns) + " of " +
                std::to_string(tiling_.columns()) + " columns and " + std::to_string(elements) + " of " +
                std::to_string(of_tiles) +
                " elements of the tiles' gradients: ranks disagree on who does what, which is a defect of "
                "the program; please report it with the command and the numbers of nodes, ranks and threads");
}

Trial DistributedObjective::trial(const Sums& all, double sparsity) {
    const auto& counts = all.counts;
    Trial trial;
    trial.interrupted = counts[Sums::save_and_requeue] + counts[Sums::user_interrupt] > 0;
    if (trial.interrupted)
        stop_reason_ =
            counts[Sums::user_interrupt] > 0 ? StopRequest::user_interrupt : StopRequest::save_and_requeue;
    trial.cost = std::numeric_limits<double>::infinity();
    if (counts[Sums::not_finite] > 0) return trial;
    check_coverage(counts[Sums::columns], counts[Sums::elements]);
    const double squares = all.sums[Sums::squares].value();
    const double weight_squares = all.sums[Sums::weights].value();
    trial.terms = {squares / (2 * static_cast<double>(tiling_.columns())),
                   settings_.hyperparameters.lambda / 2 * weight_squares, sparsity};
    trial.cost = trial.terms.total();
    trial.slope = all.sums[Sums::slope].value();
    trial.gradient_norm = std::sqrt(all.sums[Sums::gradient].value());
    trial.x_norm = std::sqrt(weight_squares + all.sums[Sums::biases].value());
    return trial;
}

Traffic DistributedObjective::traffic() const {
    constexpr auto word = static_cast<Index>(sizeof(std::int64_t));
    if (!cluster_.sends()) return {};
    const Shape& s = settings_.evaluation.shape;
    const bool means = settings_.hyperparameters.sparse() || settings_.evaluation.always_means;
    Traffic traffic;
    traffic.hidden_sums = means ? word * (2 * s.hidden + 1) : 0;
    traffic.cost = word * static_cast<Index>(Sums::words);
    const int others = cluster_.layout().nodes() - 1;
    for (std::size_t segment = 0; segment < Partition::segments; ++segment) {
        const Index own = partition_.node_run(cluster_.node(), segment).length;
        const Index all = partition_.segment_begin(segment + 1) - partition_.segment_begin(segment);
        traffic.gradient += word * (all - own);
        traffic.theta += word * own * others;
        if (own > 0) traffic.messages += others;
        for (int node = 0; node < cluster_.layout().nodes(); ++node)
            if (node != cluster_.node() && partition_.node_run(node, segment).length > 0) ++traffic.messages;
    }
    return traffic;
}

}  // namespace sae
