#include "sae/train/checkpoint_schedule.hpp"

#include <vector>

#include "catch.hpp"

using namespace sae;

namespace {

/// The result of a schedule, with a clock that the test moves.
struct Simulation {
    std::vector<double> starts;  ///< of the checkpoints
    double spent = 0;            ///< on them
    double end = 0;              ///< of the run
};

/// `iterations` of `seconds` each; `cost(n)` is what checkpoint n takes.
template <class Cost>
Simulation simulate(CheckpointSchedule schedule, Index iterations, double seconds, Cost cost) {
    Simulation result;
    double now = 0;
    for (Index i = 0; i <= iterations; ++i) {
        now += seconds;
        if (!schedule.due(i, now)) continue;
        const double begin = now;
        now += cost(result.starts.size());
        schedule.record(begin, now);
        result.starts.push_back(begin);
        CHECK(schedule.spent() <= 0.01 * now);
    }
    result.spent = schedule.spent();
    result.end = now;
    return result;
}

}  // namespace

TEST_CASE("checkpoints every few iterations come after these and no others") {
    const CheckpointSchedule schedule(3, 1e9);
    std::vector<Index> due;
    for (Index i = 0; i < 10; ++i) {
        if (schedule.due(i, 0)) due.push_back(i);
    }
    CHECK(due == std::vector<Index>{3, 6, 9});
}

TEST_CASE("cheap checkpoints by time come every two seconds and cost almost nothing") {
    const Simulation run = simulate(CheckpointSchedule({}, 0.001), 10000, 0.01, [](auto) { return 0.001; });
    CHECK(run.starts.front() == Approx(2).margin(0.02));
    CHECK(run.starts.size() == 49);
}

TEST_CASE("checkpoints by time come as often as the budget allows") {
    // 0.1 s of 0.8 % is 12.5 s; another 12.5 s are for the checkpoint at the end.
    const Simulation run = simulate(CheckpointSchedule({}, 0.1), 10000, 0.1, [](auto) { return 0.1; });
    CHECK(run.starts.front() == Approx(25).margin(0.2));
    CHECK(run.starts[1] - run.starts[0] == Approx(12.5).margin(0.3));
    CHECK(run.spent / run.end == Approx(CheckpointSchedule::budget).epsilon(0.05));
}

TEST_CASE("a wrong guess and a slow disk do not break the budget for long") {
    CheckpointSchedule schedule({}, 0.01);
    CHECK(schedule.due(0, 2.6));
    schedule.record(2.6, 3.6);  // a hundred times the guess
    CHECK_FALSE(schedule.due(1, 374));
    CHECK(schedule.due(1, 376));
    schedule.record(376, 376.1);
    CHECK_FALSE(schedule.due(2, 377));
    CHECK(schedule.due(2, 378.2));
}

TEST_CASE("an iteration longer than the pause between checkpoints is saved if it is affordable") {
    const Simulation run = simulate(CheckpointSchedule({}, 0.1), 20, 60, [](auto) { return 0.1; });
    CHECK(run.starts.size() == 21);
}
