#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sae/app/stop_signals.hpp"
#include "sae/app/training_observer.hpp"
#include "sae/mpi/communicator.hpp"
#include "sweep_progress.hpp"

namespace sae {

/// Text for the progress of a group, ended by a zero.
struct Remark {
    RemarkKind kind = RemarkKind::note;
    std::array<char, 400> text{};
};

/// A message from a group's first rank to rank 0 of the world: a remark, an iteration, that its training was
/// stopped, or, with none of these, a request for a setting.
struct GroupNews {
    int group = 0;
    std::variant<std::monostate, Remark, IterationRecord, StopRequest> what;
};

/// The connection between the ranks of a sweep and rank 0 of the world, which hands out the settings, shows
/// the progress and passes on requests to stop. Rank 0 trains as well: it answers between the tiles of its
/// own evaluations, so that no group waits for another's. Nothing here is collective but finish().
class SweepLine {
  public:
    SweepLine() = default;
    SweepLine(const SweepLine&) = delete;
    SweepLine& operator=(const SweepLine&) = delete;
    virtual ~SweepLine() = default;

    /// On the first rank of a group: the next setting, or nothing if there are none left or the sweep stops.
    virtual std::optional<Index> take() = 0;
    /// On the first rank of a group. An iteration is skipped if another was sent a moment ago.
    virtual void tell(const GroupNews& news) = 0;
    /// On every rank, once an evaluation: whether to stop.
    virtual StopRequest check() = 0;
    /// On every rank, between tiles. Does not throw: the next check() throws its errors.
    virtual void serve_in_passing() {}
    /// Collective over the world, called when a rank's group gets no more settings: returns when no group
    /// gets any, with the request to stop, if there was one.
    virtual StopRequest finish() = 0;
};

/// The group that a rank is in, of `groups` <= `ranks`: runs of ranks, as equal as possible.
[[nodiscard]] int group_of(int rank, int ranks, int groups);

/// The line of a rank of `world` in a sweep of `groups` groups, at most as many as there are settings in
/// `queue`, which is the same on all ranks. The groups start with the settings at its front, without asking;
/// rank 0 hands out the others and shows the progress; `progress` is null on the others. All references must
/// outlive it.
[[nodiscard]] std::unique_ptr<SweepLine> make_sweep_line(const mpi::Communicator& world, int groups,
                                                         const std::vector<Index>& queue,
                                                         const StopSignals& signals, SweepProgress* progress);

/// The observer of a group's trainings, on the group's first rank: passes on its events.
class GroupObserver final : public TrainingObserver {
  public:
    /// `line` must outlive it.
    GroupObserver(SweepLine& line, int group) : line_(line), group_(group) {}

    void started(const std::string&) override {}
    void record(const IterationRecord& record) override { line_.tell({group_, record}); }
    void note(const std::string& text) override { remark(RemarkKind::note, text); }
    void warn(const std::string& text) override { remark(RemarkKind::warning, text); }
    /// The setting has a result: what came of it.
    void ended(const std::string& text) { remark(RemarkKind::end, text); }

  private:
    void remark(RemarkKind kind, const std::string& text);

    SweepLine& line_;
    int group_;
};

}  // namespace sae
