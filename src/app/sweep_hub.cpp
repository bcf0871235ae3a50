#include <deque>
#include <exception>
#include <thread>

#include "sweep_line_ends.hpp"

namespace sae {
namespace {

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

}  // namespace

std::unique_ptr<SweepLine> make_sweep_hub(const mpi::Communicator& world, int groups,
                                          const std::vector<Index>& queue, const StopSignals& signals,
                                          SweepProgress& progress) {
    return std::make_unique<Hub>(world, groups, queue, signals, progress);
}

}  // namespace sae
