#include "sweep_line.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <thread>
#include <utility>

namespace sae {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Rank 0 of the world receives GroupNews and answers the first ranks of the groups with an Order: a setting,
// or that there is none, or to stop; at the end, on every rank, that all groups have ended. A rank that gets
// a signal sends a StopRequest: only that, since rank 0 may be waiting for this rank without looking for
// messages, and a message of a few bytes leaves a rank at once where a GroupNews may not.

struct NoSetting {};
struct End {
    StopRequest reason = StopRequest::none;
};
using Order = std::variant<NoSetting, Index, StopRequest, End>;

constexpr int news_tag = 1, order_tag = 2, stop_tag = 3;
/// How long finish() sleeps between two checks for messages.
constexpr auto idle = 2ms;

static_assert(std::is_trivially_copyable_v<GroupNews> && std::is_trivially_copyable_v<Order>);

template <class Message>
void send(const mpi::Communicator& world, const Message& message, int rank, int tag) {
    world.send(std::as_bytes(std::span(&message, 1)), rank, tag);
}

template <class Message>
Message receive(const mpi::Communicator& world, int rank, int tag) {
    Message message;
    world.receive(std::as_writable_bytes(std::span(&message, 1)), rank, tag);
    return message;
}

/// A message that has arrived, and the rank that sent it; does not wait.
template <class Message>
std::optional<std::pair<Message, int>> arrived(const mpi::Communicator& world, int tag) {
    const std::optional<int> source = world.waiting_message(tag);
    if (!source) return std::nullopt;
    return std::pair(receive<Message>(world, *source, tag), *source);
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
        first_ = next(0);
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

    void tell(const GroupNews& news) override { hear(news, 0); }

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
        for (int rank = 1; rank < world_.size(); ++rank) send(world_, Order(End{reason_}), rank, order_tag);
        // Somebody may still have asked to stop, too late.
        world_.barrier();
        while (arrived<StopRequest>(world_, stop_tag)) {
        }
        return reason_;
    }

  private:
    void serve() {
        while (const auto asked = arrived<StopRequest>(world_, stop_tag)) stop(asked->first);
        while (const auto message = arrived<GroupNews>(world_, news_tag))
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
        if (const auto* record = std::get_if<IterationRecord>(&news.what))
            progress_.record(news.group, *record);
        else if (const auto* remark = std::get_if<Remark>(&news.what))
            progress_.remark(news.group, remark->kind, remark->text.data());
        else if (const auto* reason = std::get_if<StopRequest>(&news.what))
            stop(*reason);
        else
            answer(news.group, rank);
    }

    void answer(int group, int rank) {
        const std::optional<Index> setting = next(group);
        if (!setting) std::erase(busy_, rank);
        send(world_, setting ? Order(*setting) : Order(NoSetting{}), rank, order_tag);
    }

    void stop(StopRequest reason) {
        if (reason <= reason_) return;
        reason_ = reason;
        for (const int rank : busy_) send(world_, Order(reason_), rank, order_tag);
    }

    const mpi::Communicator& world_;
    std::deque<Index> queue_;
    int groups_;
    const StopSignals& signals_;
    SweepProgress& progress_;
    std::optional<Index> first_;  ///< of group 0
    int dismissed_ = 0;           ///< groups that get no more settings
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
        post({group_, {}});
        for (;;) {
            const auto order = receive<Order>(world_, 0, order_tag);
            if (const auto* setting = std::get_if<Index>(&order)) return *setting;
            if (std::holds_alternative<NoSetting>(order)) return std::nullopt;
            raise(std::get<StopRequest>(order));
        }
    }

    void tell(const GroupNews& news) override {
        if (!std::holds_alternative<IterationRecord>(news.what)) return post(news);
        const auto now = Clock::now();
        if (now - sent_at_ < 200ms || !outstanding_.test()) return;
        sent_at_ = now;
        news_ = news;
        outstanding_ = world_.start_send(std::as_bytes(std::span(&news_, 1)), 0, news_tag);
    }

    StopRequest check() override {
        ask_to_stop();
        if (first_of_group_) {
            if (const auto message = arrived<Order>(world_, order_tag))
                raise(std::get<StopRequest>(message->first));
        }
        return reason_;
    }

    StopRequest finish() override {
        std::optional<End> end;
        while (!end) {
            ask_to_stop();
            if (const auto message = arrived<Order>(world_, order_tag)) {
                if (const auto* last = std::get_if<End>(&message->first)) end = *last;
            } else {
                std::this_thread::sleep_for(idle);
            }
        }
        outstanding_.wait();
        world_.barrier();
        return end->reason;
    }

  private:
    void post(const GroupNews& news) { send(world_, news, 0, news_tag); }

    /// The interrupt outweighs the rest.
    void raise(StopRequest reason) { reason_ = std::max(reason_, reason); }

    /// Reports a signal that this rank has got to rank 0, once.
    void ask_to_stop() {
        const StopRequest asked = signals_.request();
        if (asked <= asked_) return;
        asked_ = asked;
        raise(asked);
        send(world_, asked, 0, stop_tag);
    }

    const mpi::Communicator& world_;
    int group_;
    bool first_of_group_;
    std::optional<Index> first_;
    const StopSignals& signals_;
    StopRequest reason_ = StopRequest::none;
    StopRequest asked_ = StopRequest::none;
    Clock::time_point sent_at_;
    GroupNews news_;
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

void GroupObserver::remark(RemarkKind kind, const std::string& text) {
    Remark remark{kind, {}};
    text.copy(remark.text.data(), remark.text.size() - 1);
    line_.tell({group_, remark});
}

}  // namespace sae
