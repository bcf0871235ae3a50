#include <time.h>

#include <algorithm>
#include <functional>
#include <random>

#include "catch.hpp"
#include "sae/core/evaluation.hpp"

using namespace sae;

namespace {

/// Seconds of processor time of this thread; other programs do not add to it.
double own_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// A reduction over one rank that takes a while, as over a slow network. In fact no core waits; the time that
/// it would have waited is counted.
class DelayedReduction final : public Reduction {
  public:
    /// Delays in seconds; `overlapping` false waits for each sum at once, as a blocking reduction does.
    DelayedReduction(double hidden, double output, bool overlapping = true)
        : hidden_(hidden), output_(output), overlapping_(overlapping) {}

    void start_hidden_sums(std::span<std::int64_t> /*sums*/) override {
        hidden_started_ = own_seconds();
        calls_between_ = 0;
        if (!overlapping_) wait(hidden_);
    }
    void wait_hidden_sums() override {
        hidden_work = own_seconds() - hidden_started_;
        hidden_calls = calls_between_;
        if (overlapping_) wait(hidden_ - hidden_work);
    }
    [[nodiscard]] bool has_other_nodes() const override { return true; }
    void start_output_gradient(std::span<const std::int64_t> /*sums*/) override {
        output_started_ = own_seconds();
        calls_between_ = 0;
        if (!overlapping_) wait(output_);
    }
    void progress() override {
        ++calls;
        ++calls_between_;
    }
    /// After the evaluation: waits for the gradient of W2.
    void finish() {
        output_work = own_seconds() - output_started_;
        output_calls = calls_between_;
        if (overlapping_) wait(output_ - output_work);
    }

    double waited = 0;       ///< seconds, for both sums
    double hidden_work = 0;  ///< between start and wait, seconds
    double output_work = 0;
    int hidden_calls = 0;  ///< of progress() meanwhile
    int output_calls = 0;
    int calls = 0;

  private:
    void wait(double seconds) { waited += std::max(seconds, 0.0); }

    double hidden_, output_;
    bool overlapping_;
    double hidden_started_ = 0, output_started_ = 0;
    int calls_between_ = 0;
};

/// Some tiles of a network that is large enough for each part of a tile's work to take milliseconds.
class Problem {
  public:
    explicit Problem(int threads = 1)
        : tiles_(shape_.inputs, tiling_, 0, tiles),
          evaluation_(make_evaluation(
              {shape_, Precision::double_precision, true, false, std::make_shared<Crew>(threads)}, tiles_,
              tiles_)) {
        std::mt19937 random(1);
        std::uniform_real_distribution<double> weights(-0.05, 0.05);
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(tiles_.last_column() * shape_.inputs));
        std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
        tiles_.put(0, bytes);
        theta_.resize(static_cast<std::size_t>(shape_.size()));
        std::ranges::generate(theta_, [&] { return weights(random); });
    }

    /// Seconds of an evaluation on one thread until all sums are there.
    double run(DelayedReduction& reduction, double beta) {
        const double start = own_seconds();
        const PartialSums& sums = evaluation_->run(theta_, {1e-3, 0.1, beta}, reduction);
        reduction.finish();
        REQUIRE(sums.finite);
        return own_seconds() - start + reduction.waited;
    }

    static constexpr Index tiles = 4;

  private:
    Shape shape_{784, 200, 784};
    Tiling tiling_{8192};
    ColumnTiles tiles_;
    std::unique_ptr<Evaluation> evaluation_;
    std::vector<double> theta_;
};

/// The least time of some runs; other programs can only make a run slower.
double least_time(Problem& problem, double beta, double hidden, double output, bool overlapping = true) {
    double least = 1e9;
    for (int repeat = 0; repeat < 5; ++repeat) {
        DelayedReduction reduction(hidden, output, overlapping);
        least = std::min(least, problem.run(reduction, beta));
    }
    return least;
}

/// How much reductions add to the time of an evaluation, as a share of their own time. They take most of the
/// time of the work that runs next to them.
double exposed_share(Problem& problem, double beta, bool overlapping) {
    double hidden = 1e9, output = 1e9, without = 1e9;
    for (int repeat = 0; repeat < 5; ++repeat) {
        DelayedReduction reduction(0, 0);
        without = std::min(without, problem.run(reduction, beta));
        if (beta > 0) hidden = std::min(hidden, reduction.hidden_work);
        output = std::min(output, reduction.output_work);
    }
    const double part = 0.7;
    const double delay_hidden = beta > 0 ? part * hidden : 0, delay_output = part * output;
    const double with = least_time(problem, beta, delay_hidden, delay_output, overlapping);
    return (with - without) / (delay_hidden + delay_output);
}

/// Whether the condition holds in one of some attempts; the clock rate may have changed in the others.
bool once(const std::function<bool()>& holds) {
    for (int attempt = 0; attempt < 5; ++attempt)
        if (holds()) return true;
    return false;
}

}  // namespace

TEST_CASE("the time of a reduction is hidden behind the product that runs next to it") {
    const double beta = GENERATE(0.0, 3.0);
    CAPTURE(beta);
    Problem problem;
    double overlapped = 0, blocking = 0;
    CHECK(once([&] { return (overlapped = exposed_share(problem, beta, true)) < 0.3; }));
    // An evaluation that waits at once, which the test above must notice.
    CHECK(once([&] { return (blocking = exposed_share(problem, beta, false)) > 0.7; }));
    CAPTURE(overlapped, blocking);
}

TEST_CASE("each reduction has a large part of a tile's work to hide behind") {
    Problem problem;
    const double beta = 3;
    CHECK(once([&] {
        DelayedReduction reduction(0, 0);
        const double tile = problem.run(reduction, beta) / static_cast<double>(Problem::tiles);
        // Two of five products of a tile run next to the sums of activations, one next to the gradient of W2.
        return reduction.hidden_work > 0.3 * tile && reduction.output_work > 0.1 * tile;
    }));
}

TEST_CASE("reductions make progress while the threads compute") {
    const int threads = GENERATE(1, 2);
    Problem problem(threads);
    DelayedReduction reduction(0, 0);
    problem.run(reduction, 3);
    const auto own_tiles = static_cast<int>(Problem::tiles) / threads;
    CHECK(reduction.calls >= 8 * own_tiles);
    CHECK(reduction.hidden_calls >= 8 / threads);
    CHECK(reduction.output_calls >= 1);
}
