#include "sweep_groups.hpp"

#include "catch.hpp"

using namespace sae;

namespace {

constexpr Index mnist_pixels = 28 * 28;

SweepWork work_of_settings(std::size_t count, Index hidden, Index images) {
    return {std::vector<SweepSetting>(count, {hidden, images, {}}), mnist_pixels, 400};
}

/// `nodes` hosts with `ranks` ranks each.
std::vector<std::int64_t> hosts(int nodes, int ranks) {
    std::vector<std::int64_t> numbers;
    for (int rank = 0; rank < nodes * ranks; ++rank) numbers.push_back(rank / ranks);
    return numbers;
}

double one_training(Index hidden, Index images, GroupCores group) {
    const SweepWork work = work_of_settings(1, hidden, images);
    return training_seconds(work, work.settings[0], group);
}

}  // namespace

TEST_CASE("one large setting is shared among all cores") {
    CHECK(choose_groups(work_of_settings(1, 250, 10000), hosts(1, 8), 1) == 1);
    CHECK(one_training(250, 10000, {1, 8}) < one_training(250, 10000, {1, 1}) / 7);
}

TEST_CASE("small settings are trained side by side, each on one core") {
    CHECK(choose_groups(work_of_settings(16, 10, 100), hosts(1, 2), 1) == 2);
    CHECK(choose_groups(work_of_settings(64, 10, 100), hosts(1, 64), 1) == 64);
}

TEST_CASE("more cores than settings are divided among them") {
    CHECK(choose_groups(work_of_settings(4, 10, 100), hosts(1, 64), 1) == 4);
}

TEST_CASE("a long setting at the end does not keep one core busy while the others wait") {
    // Three equal ones on two ranks: two side by side and then one on one rank take longer than three in
    // turn.
    CHECK(choose_groups(work_of_settings(3, 250, 10000), hosts(1, 2), 1) == 1);
    CHECK(choose_groups(work_of_settings(4, 250, 10000), hosts(1, 2), 1) == 2);
    SweepWork mixed = work_of_settings(6, 10, 100);
    mixed.settings.insert(mixed.settings.begin(), {250, 60000, {}});
    CHECK(choose_groups(mixed, hosts(1, 4), 1) == 1);
}

TEST_CASE("groups of one node each spare the messages") {
    CHECK(choose_groups(work_of_settings(4, 250, 1000), hosts(4, 16), 1) == 4);
    CHECK(one_training(250, 1000, {1, 16}) < one_training(250, 1000, {4, 16}));
}

TEST_CASE("threads count as cores") {
    const SweepWork work = work_of_settings(2, 250, 10000);
    CHECK(sweep_seconds(work, hosts(1, 2), 4, 2) == sweep_seconds(work, hosts(1, 8), 1, 2));
}

TEST_CASE("a setting goes to the group that is free first") {
    SweepWork work = work_of_settings(2, 100, 100);
    work.settings.insert(work.settings.begin(), {100, 1000, {}});
    const double longest = training_seconds(work, work.settings[0], {1, 1});
    const double others = 2 * training_seconds(work, work.settings[1], {1, 1});
    CHECK(sweep_seconds(work, hosts(1, 2), 1, 2) == std::max(longest, others));
}

TEST_CASE("cores beyond the column groups do not make the products faster") {
    // 104 columns are 13 groups of 8.
    const auto products = [](int cores) {
        return one_training(1000, 104, {1, cores}) - one_training(1000, 8, {1, cores});
    };
    CHECK(products(16) == Approx(products(13)).margin(1e-9));
    CHECK(products(13) < products(7));
}
