#include <algorithm>
#include <thread>

#include "sweep_line_ends.hpp"

namespace sae {
namespace {

/// The interrupt outweighs the rest.
void raise(StopRequest& reason, StopRequest other) {
    reason = std::max(reason, other);
}

/// Any other rank.
class Member final : public SweepLine {
  public:
    Member(const mpi::Communicator& world, int groups, const std::vector<Index>& queue,
           const StopSignals& signals)
        : world_(world),
          group_(group_of(world.rank(), world.size(), groups)),
          first_of_group_(group_ != group_of(world.rank() - 1, world.size(), groups)),
          first_(queue[static_cast<std::size_t>(group_)]),
          signals_(signals) {}

    std::optional<Index> take() override {
        if (first_) return std::exchange(first_, std::nullopt);
        GroupNews news;
        news.group = group_;
        post(news);
        for (;;) {
            Order order;
            world_.receive(std::as_writable_bytes(std::span(&order, 1)), 0, order_tag);
            if (order.kind == Order::Kind::train) return order.setting;
            if (order.kind == Order::Kind::nothing) return std::nullopt;
            raise(reason_, order.reason);
        }
    }

    void tell(GroupNews news) override {
        if (news.kind != GroupNews::Kind::iteration) return post(news);
        using namespace std::chrono_literals;
        const auto now = Clock::now();
        if (now - told_at_ < 200ms || !outstanding_.test()) return;
        told_at_ = now;
        told_ = news;
        outstanding_ = world_.start_send(std::as_bytes(std::span(&told_, 1)), 0, news_tag);
    }

    StopRequest check() override {
        ask_to_stop();
        if (first_of_group_) {
            if (const auto message = receive<Order>(world_, order_tag)) raise(reason_, message->first.reason);
        }
        return reason_;
    }

    void serve_in_passing() override {}

    StopRequest finish() override {
        for (;;) {
            ask_to_stop();
            if (const auto message = receive<Order>(world_, order_tag)) {
                reason_ = message->first.reason;
                if (message->first.kind == Order::Kind::end) break;
            }
            std::this_thread::sleep_for(idle);
        }
        outstanding_.wait();
        world_.barrier();
        return reason_;
    }

  private:
    using Clock = std::chrono::steady_clock;

    void post(const GroupNews& news) { world_.send(std::as_bytes(std::span(&news, 1)), 0, news_tag); }

    /// Reports a signal that this rank has got to rank 0, once.
    void ask_to_stop() {
        const StopRequest asked = signals_.request();
        if (asked <= asked_) return;
        asked_ = asked;
        raise(reason_, asked);
        GroupNews news;
        news.kind = GroupNews::Kind::stop;
        news.reason = asked;
        post(news);
    }

    const mpi::Communicator& world_;
    int group_;
    bool first_of_group_;
    std::optional<Index> first_;
    const StopSignals& signals_;
    StopRequest reason_ = StopRequest::none;
    StopRequest asked_ = StopRequest::none;
    Clock::time_point told_at_;
    GroupNews told_;
    mpi::Request outstanding_;
};

}  // namespace

std::unique_ptr<SweepLine> make_sweep_member(const mpi::Communicator& world, int groups,
                                             const std::vector<Index>& queue, const StopSignals& signals) {
    return std::make_unique<Member>(world, groups, queue, signals);
}

}  // namespace sae
