#include "sweep_line.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

namespace sae {
namespace {

constexpr int news_tag = 1;
constexpr int order_tag = 2;
constexpr auto idle = std::chrono::milliseconds(2);

/// What rank 0 tells the others.
struct Order {
    enum class Kind : int { train, nothing, stop, end };

    Kind kind = Kind::nothing;
    Index setting = 0;                       ///< of `train`
    StopRequest reason = StopRequest::none;  ///< of `stop` and `end`
};

/// The interrupt outweighs the rest.
void raise(StopRequest& reason, StopRequest other) {
    reason = std::max(reason, other);
}

template <class Message>
std::optional<std::pair<Message, int>> receive(const mpi::Communicator& world, int tag) {
    const std::optional<int> source = world.waiting_message(tag);
    if (!source) return std::nullopt;
    Message message;
    world.receive(std::as_writable_bytes(std::span(&message, 1)), *source, tag);
    return std::pair(message, *source);
}

/// Rank 0 of the world, itself the first of group 0.
class Hub final : public SweepLine {
  public:
    Hub(const mpi::Communicator& world, int groups, const std::vector<Index>& queue,
        const StopSignals& signals, SweepProgress& progress)
        : world_(world),
          queue_(queue.begin(), queue.end()),
          groups_(groups),
          signals_(signals),
          progress_(progress) {
        first_ = *next(0);
        for (int rank = 1; rank < world_.size(); ++rank) {
            const int group = group_of(rank, world_.size(), groups_);
            if (group == group_of(rank - 1, world_.size(), groups_)) continue;
            static_cast<void>(next(group));
            busy_.push_back(rank);
        }
    }

    std::optional<Index> take() override {
        check();
        return first_ ? std::exchange(first_, std::nullopt) : next(0);
    }

    void tell(GroupNews news) override { hear(news, 0); }

    StopRequest check() override {
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        serve();
        stop(signals_.request());
        return reason_;
    }

    void serve_in_passing() override {
        try {
            serve();
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    StopRequest finish() override {
        while (dismissed_ < groups_) {
            check();
            std::this_thread::sleep_for(idle);
        }
        progress_.finish();
        for (int rank = 1; rank < world_.size(); ++rank) send({Order::Kind::end, 0, reason_}, rank);
        // Somebody may still have asked to stop, too late.
        world_.barrier();
        while (receive<GroupNews>(world_, news_tag)) {
        }
        return reason_;
    }

  private:
    void send(Order order, int rank) { world_.send(std::as_bytes(std::span(&order, 1)), rank, order_tag); }

    void serve() {
        while (const auto message = receive<GroupNews>(world_, news_tag))
            hear(message->first, message->second);
    }

    std::optional<Index> next(int group) {
        if (queue_.empty() || reason_ != StopRequest::none) {
            ++dismissed_;
            return std::nullopt;
        }
        const Index setting = queue_.front();
        queue_.pop_front();
        progress_.started(group, setting);
        return setting;
    }

    void hear(const GroupNews& news, int rank) {
        switch (news.kind) {
            case GroupNews::Kind::ask: {
                const std::optional<Index> setting = next(news.group);
                std::erase(busy_, rank);
                if (setting) busy_.push_back(rank);
                send({setting ? Order::Kind::train : Order::Kind::nothing, setting.value_or(0), {}}, rank);
                break;
            }
            case GroupNews::Kind::iteration:
                progress_.record(news.group, news.record);
                break;
            case GroupNews::Kind::note:
                progress_.note(news.group, news.text.data());
                break;
            case GroupNews::Kind::warning:
                progress_.warn(news.group, news.text.data());
                break;
            case GroupNews::Kind::ended:
                progress_.ended(news.group, news.outcome);
                break;
            case GroupNews::Kind::stop:
                stop(news.reason);
                break;
        }
    }

    void stop(StopRequest reason) {
        if (reason <= reason_) return;
        reason_ = reason;
        for (const int rank : busy_) send({Order::Kind::stop, 0, reason_}, rank);
    }

    const mpi::Communicator& world_;
    std::deque<Index> queue_;
    int groups_;
    const StopSignals& signals_;
    SweepProgress& progress_;
    std::optional<Index> first_;  ///< of group 0
    int dismissed_ = 0;           ///< groups that were told that nothing is left
    std::vector<int> busy_;       ///< the first ranks of the other groups that have a setting
    StopRequest reason_ = StopRequest::none;
    std::exception_ptr failure_;
};

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

    /// Tells rank 0, once, of a signal that this rank has got.
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

int group_of(int rank, int ranks, int groups) {
    return static_cast<int>(Index{rank} * groups / ranks);
}

std::unique_ptr<SweepLine> make_sweep_line(const mpi::Communicator& world, int groups,
                                           const std::vector<Index>& queue, const StopSignals& signals,
                                           SweepProgress* progress) {
    if (world.is_root()) return std::make_unique<Hub>(world, groups, queue, signals, *progress);
    return std::make_unique<Member>(world, groups, queue, signals);
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
