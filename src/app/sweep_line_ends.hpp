#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sweep_line.hpp"

namespace sae {

// What the two ends of a sweep's line share: rank 0 of the world receives GroupNews and answers with an
// Order.

/// Of GroupNews, to rank 0.
inline constexpr int news_tag = 1;
/// Of Order, from rank 0.
inline constexpr int order_tag = 2;
/// How long finish() sleeps between two checks for messages.
inline constexpr auto idle = std::chrono::milliseconds(2);

/// A message from rank 0 to the first rank of a group.
struct Order {
    enum class Kind : int { train, nothing, stop, end };

    Kind kind = Kind::nothing;
    Index setting = 0;                       ///< of `train`
    StopRequest reason = StopRequest::none;  ///< of `stop` and `end`
};

/// A message that has arrived, and the rank that sent it; does not wait.
template <class Message>
std::optional<std::pair<Message, int>> receive(const mpi::Communicator& world, int tag) {
    const std::optional<int> source = world.waiting_message(tag);
    if (!source) return std::nullopt;
    Message message;
    world.receive(std::as_writable_bytes(std::span(&message, 1)), *source, tag);
    return std::pair(message, *source);
}

/// The end on rank 0. As make_sweep_line().
[[nodiscard]] std::unique_ptr<SweepLine> make_sweep_hub(const mpi::Communicator& world, int groups,
                                                        const std::vector<Index>& queue,
                                                        const StopSignals& signals, SweepProgress& progress);

/// The end on any other rank. As make_sweep_line().
[[nodiscard]] std::unique_ptr<SweepLine> make_sweep_member(const mpi::Communicator& world, int groups,
                                                           const std::vector<Index>& queue,
                                                           const StopSignals& signals);

}  // namespace sae
