#include "sae/train/mpi_combine.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace sae {

MpiCombine::MpiCombine(const mpi::Communicator& comm, const Partition& partition, Team& team,
                       std::function<void()> between_tiles)
    : comm_(comm),
      partition_(partition),
      team_(team),
      between_tiles_(std::move(between_tiles)),
      slice_(static_cast<std::size_t>(partition.slice_length(comm.rank()))) {
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

void MpiCombine::start(std::size_t segment, std::span<const std::int64_t> sums) {
    Part& part = parts_[segment];
    part.sums = sums;
    if (comm_.size() > 1)
        part.exchange = comm_.start_exchange(sums, part.received, partition_.counts(segment));
}

void MpiCombine::finish(std::size_t segment) {
    Part& part = parts_[segment];
    const Partition::Run run = partition_.run(comm_.rank(), segment);
    const Index first = run.begin - partition_.segment_begin(segment);
    std::int64_t* const own = slice_.data() + run.local;
    std::copy_n(part.sums.begin() + first, run.length, own);
    part.exchange.wait();
    for (auto other = part.received.cbegin(); other != part.received.cend(); other += run.length)
        std::transform(own, own + run.length, other, own, std::plus<>());
}

void MpiCombine::start_output_gradient(std::span<std::int64_t> sums) {
    started_ = true;
    if (team_.members() < comm_.size()) start(Partition::w2, sums);
}

void MpiCombine::add_up_team(std::span<const std::span<const std::int64_t>> sums) {
    team_.meet();
    for (std::size_t segment = 0; segment < Partition::segments; ++segment) {
        const Partition::Run run = partition_.run(comm_.rank(), segment);
        std::int64_t* const own = slice_.data() + run.local;
        std::copy_n(sums.front().begin() + run.begin, run.length, own);
        for (const auto& more : sums.subspan(1))
            std::transform(own, own + run.length, more.begin() + run.begin, own, std::plus<>());
    }
}

std::span<const std::int64_t> MpiCombine::finish(const PartialSums& partial) {
    if (!std::exchange(started_, false)) return {};
    if (team_.members() == comm_.size()) {
        add_up_team(partial.of_team);
        return slice_;
    }
    const std::span<const std::int64_t> gradient = partial.gradient;
    for (const auto segment : {Partition::w1, Partition::biases}) {
        const auto begin = static_cast<std::size_t>(partition_.segment_begin(segment));
        const auto end = static_cast<std::size_t>(partition_.segment_begin(segment + 1));
        start(segment, gradient.subspan(begin, end - begin));
    }
    for (const auto segment : {Partition::w2, Partition::w1, Partition::biases}) finish(segment);
    return slice_;
}

}  // namespace sae
