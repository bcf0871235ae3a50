#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "sae/app/run_command.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
using Words = std::vector<std::string>;

namespace {

/// Collective: what rank 0 prints.
std::string bench(const mpi::Communicator& world, Words more, int repeat = 3) {
    Words words{"bench",    "--train-count",        "300",     "--hidden",  "20", "--history", "4",
                "--repeat", std::to_string(repeat), "--quiet", "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    std::string printed;
    CHECK(run_command(world, commands(), words, [&](std::string_view text) { printed += text; }) == 0);
    return printed;
}

/// Of one rank and one evaluation: the share of its time that its phases add up to.
double share_of_phases(const mpi::Communicator& alone) {
    const auto evaluation = nlohmann::json::parse(bench(alone, {"--json"}, 1))["evaluation"];
    double sum = 0;
    for (const auto& phase : evaluation["phases"]) sum += phase["mean"].get<double>();
    return sum / evaluation["seconds"]["median"].get<double>();
}

double sum_of(const nlohmann::json& phases, const char* key) {
    double sum = 0;
    for (const auto& phase : phases) {
        CHECK(phase["slowest"] >= phase["mean"]);
        sum += phase[key].get<double>();
    }
    return sum;
}

}  // namespace

TEST_CASE("the phases of an evaluation make up the whole") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const mpi::Communicator alone = world.split(world.rank(), 0);
    if (!world.is_root()) return;
    double share = 0;
    // What another program takes of the processor between two phases belongs to none.
    for (int attempt = 0; attempt < 50 && (share < 0.9 || share > 1.01); ++attempt)
        share = share_of_phases(alone);
    CHECK(share >= 0.9);
    CHECK(share <= 1.01);
}

TEST_CASE("rates, bytes and counts fit together") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const char* beta : {"0", "3"}) {
        const std::string text = bench(world, {"--json", "--beta", beta});
        if (!world.is_root()) {
            CHECK(text.empty());
            continue;
        }
        const auto result = nlohmann::json::parse(text);
        const auto& evaluation = result["evaluation"];
        const double seconds = evaluation["seconds"]["median"];
        CHECK(evaluation["rounds"] == 3);
        CHECK(evaluation["operations"] == 10.0 * 20 * 784 * 300);
        CHECK(sum_of(evaluation["phases"], "slowest") > 0);
        const double rate = evaluation["rate"]["median"];
        CHECK(rate == Approx(evaluation["operations"].get<double>() / seconds));
        CHECK(evaluation["rate"]["minimum"] <= rate);
        CHECK(evaluation["share_of_peak"]["median"] > 0);
        CHECK(evaluation["bytes"]["gradient"] == 0);
        CHECK(evaluation["bytes"]["theta"] == 0);
        // All ranks are on one node.
        CHECK(evaluation["bytes"]["hidden_sums"] == 0);
        CHECK(evaluation["messages"] == 0);
        CHECK(result["step"]["rounds"] == 3);
        CHECK(result["iterations"] == 7);
        CHECK(result["step"]["seconds"]["median"] > 0);
        CHECK(sum_of(result["step"]["phases"], "mean") > 0);
        CHECK(result["setting"]["ranks"] == world.size());
        CHECK(result["all_reduce"].size() == (world.size() == 1 ? 0U : 3U));
    }
}

TEST_CASE("bench goes the way of a training: its parameters do not depend on the ranks") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const std::string together = bench(world, {"--json"});
    const mpi::Communicator alone = world.split(world.rank(), 0);
    const std::string single = bench(alone, {"--json"});
    if (!world.is_root()) return;
    CHECK(nlohmann::json::parse(together)["sha256"] == nlohmann::json::parse(single)["sha256"]);
}

TEST_CASE("the tables name phases, rate, peak and step") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const std::string text = bench(world, {"--precision", "single"});
    if (!world.is_root()) return;
    for (const char* part : {"784-20-784", "300 columns", "single", "kernels: ", "dW1", "share of the peak",
                             "GFLOP/s", "direction", "push pair", "3 evaluations and 3 steps", "sha256"})
        CHECK_THAT(text, ContainsSubstring(part));
    CHECK((text.find("one node") != std::string::npos) == (world.size() > 1));
    CHECK((text.find("busiest") != std::string::npos) == (world.size() > 1));
}
