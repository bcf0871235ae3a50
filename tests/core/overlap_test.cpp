// What an evaluation computes while its sums travel between the ranks.
#include <random>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "sae/core/evaluation.hpp"

using namespace sae;

namespace {

/// What was done between two moments of an evaluation.
struct Work {
    PhaseTimes begin, end;
    int calls = 0;  ///< of progress()

    [[nodiscard]] bool includes(Phase phase) const { return end[phase] > begin[phase]; }
};

/// A single rank that looks at the work beside each reduction: from its start until it is waited for.
class Observer final : public Combine {
  public:
    explicit Observer(Evaluation& evaluation) : evaluation_(evaluation) {}

    void start_hidden_sums(std::span<std::int64_t> /*sums*/) override { start(hidden_sums); }
    void wait_hidden_sums() override { stop(); }
    void start_output_gradient(std::span<std::int64_t> /*sums*/) override { start(output_gradient); }
    void progress() override {
        if (current_ != nullptr) ++current_->calls;
    }
    /// After the evaluation, when the gradient of W2 would be waited for.
    void finish() { stop(); }

    Work hidden_sums;
    Work output_gradient;

  private:
    void start(Work& work) {
        current_ = &work;
        work.begin = evaluation_.times();
    }
    void stop() { std::exchange(current_, nullptr)->end = evaluation_.times(); }

    Evaluation& evaluation_;
    Work* current_ = nullptr;
};

}  // namespace

TEST_CASE("a tile's work goes on, and looks after MPI, while sums travel") {
    const int threads = GENERATE(1, 2);
    CAPTURE(threads);
    const Shape shape{60, 50, 60};
    const Tiling tiling(8192);
    // Two tiles of 512 columns for each thread.
    ColumnTiles tiles(shape.inputs, tiling, 0, 2 * threads);
    std::mt19937 random(1);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(tiles.last_column() * shape.inputs));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    tiles.put(0, bytes);
    const std::vector<double> theta(static_cast<std::size_t>(shape.size()), 0.01);
    const auto evaluation =
        make_evaluation({shape, Precision::double_precision, threads, false}, tiles, tiles);

    Observer seen(*evaluation);
    REQUIRE(evaluation->run(theta, {1e-3, 0.1, 3}, seen).finite);
    seen.finish();

    // All that needs no mean activation, of one tile.
    for (const Phase phase : {Phase::output, Phase::back, Phase::gradient_w2})
        CHECK(seen.hidden_sums.includes(phase));
    CHECK_FALSE(seen.hidden_sums.includes(Phase::gradient_w1));
    CHECK(seen.hidden_sums.calls >= 512 / (column_group * panel_width<double>));

    // The other half of the last tile.
    for (const Phase phase : {Phase::hidden_delta, Phase::gradient_w1})
        CHECK(seen.output_gradient.includes(phase));
    CHECK_FALSE(seen.output_gradient.includes(Phase::gradient_w2));
    CHECK(seen.output_gradient.calls >= 2);
}
