#include "sae/train/mpi_combine.hpp"

#include <functional>
#include <utility>

namespace sae {

MpiCombine::MpiCombine(const mpi::Communicator& comm, const Partition& partition, Team& team,
                       std::function<void()> between_tiles)
    : comm_(comm), partition_(partition), team_(team), between_tiles_(std::move(between_tiles)) {
    if (one_team()) return;
    for (std::size_t segment = 0; segment < Partition::segments; ++segment) {
        const Index own = partition.run(comm.rank(), segment).length;
        parts_[segment].received.resize(static_cast<std::size_t>((comm.size() - 1) * own));
    }
}

void MpiCombine::start_hidden_sums(std::span<std::int64_t> sums) {
    if (comm_.size() > 1) hidden_ = comm_.start_all_reduce_sum(sums);
}

void MpiCombine::wait_hidden_sums() {
    hidden_.wait();
}

void MpiCombine::progress() {
    between_tiles_();
    if (hidden_.test()) static_cast<void>(parts_[Partition::w2].exchange.test());
}

/// `sums` are this rank's of the whole segment.
void MpiCombine::start(std::size_t segment, std::span<const std::int64_t> sums) {
    Part& part = parts_[segment];
    const Partition::Run run = partition_.run(comm_.rank(), segment);
    part.addends.assign(1, sums.data() + (run.begin - partition_.segment_begin(segment)));
    for (int other = 1; other < comm_.size(); ++other)
        part.addends.push_back(part.received.data() + (other - 1) * run.length);
    part.exchange = comm_.start_exchange(sums, part.received, partition_.counts(segment));
}

void MpiCombine::start_output_gradient(std::span<std::int64_t> sums) {
    started_ = true;
    if (!one_team()) start(Partition::w2, sums);
}

void MpiCombine::finish(const PartialSums& partial) {
    if (!std::exchange(started_, false)) return;
    if (one_team()) {
        for (std::size_t segment = 0; segment < Partition::segments; ++segment) {
            const Partition::Run run = partition_.run(comm_.rank(), segment);
            parts_[segment].addends.clear();
            for (const auto& sums : partial.of_team)
                parts_[segment].addends.push_back(sums.data() + run.begin);
        }
        team_.meet();
        return;
    }
    for (const auto segment : {Partition::w1, Partition::biases}) {
        const auto begin = static_cast<std::size_t>(partition_.segment_begin(segment));
        const auto end = static_cast<std::size_t>(partition_.segment_begin(segment + 1));
        start(segment, partial.gradient.subspan(begin, end - begin));
    }
    for (Part& part : parts_) part.exchange.wait();
}

}  // namespace sae
