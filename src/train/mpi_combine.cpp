#include "sae/train/mpi_combine.hpp"

#include <algorithm>
#include <utility>

namespace sae {

MpiCombine::MpiCombine(const mpi::Communicator& comm, const Partition& partition,
                       std::function<void()> between_tiles)
    : comm_(comm),
      partition_(partition),
      between_tiles_(std::move(between_tiles)),
      slice_(static_cast<std::size_t>(partition.slice_length(comm.rank()))) {}

void MpiCombine::start_hidden_sums(std::span<std::int64_t> sums) {
    if (comm_.size() > 1) hidden_ = comm_.start_all_reduce_sum(sums);
}

void MpiCombine::wait_hidden_sums() {
    hidden_.wait();
}

void MpiCombine::progress() {
    between_tiles_();
    if (hidden_.test()) static_cast<void>(output_.test());
}

mpi::Request MpiCombine::start(std::size_t segment, std::span<const std::int64_t> sums) {
    const Partition::Run run = partition_.run(comm_.rank(), segment);
    const auto own =
        std::span(slice_).subspan(static_cast<std::size_t>(run.local), static_cast<std::size_t>(run.length));
    if (comm_.size() > 1) return comm_.start_reduce_scatter_sum(sums, own, partition_.counts(segment));
    std::copy(sums.begin(), sums.end(), own.begin());
    return {};
}

void MpiCombine::start_output_gradient(std::span<std::int64_t> sums) {
    started_ = true;
    output_ = start(Partition::w2, sums);
}

std::span<const std::int64_t> MpiCombine::finish(std::span<const std::int64_t> gradient) {
    if (!std::exchange(started_, false)) return {};
    const auto part = [&](std::size_t segment) {
        const auto begin = static_cast<std::size_t>(partition_.segment_begin(segment));
        const auto end = static_cast<std::size_t>(partition_.segment_begin(segment + 1));
        return start(segment, gradient.subspan(begin, end - begin));
    };
    mpi::Request w1 = part(Partition::w1);
    mpi::Request biases = part(Partition::biases);
    output_.wait();
    w1.wait();
    biases.wait();
    return slice_;
}

}  // namespace sae
