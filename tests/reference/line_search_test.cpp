// LBFGSpp's line search, as the program calls it, against the second implementation of docs/arithmetic.md:
// the same trials, one after the other, on lines of all kinds.
#include "sae/train/line_search.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "catch.hpp"
#include "line_search.hpp"

namespace {

/// A line phi(t) = cost + slope t + ..., drawn by a seed: curved; some have waves, steps that make equal
/// costs, a derivative that is not quite their own or of the wrong sign, or a region that is not finite.
class Line {
  public:
    explicit Line(unsigned seed) : random_(seed) {
        slope = -std::exp(number(-20, 20));
        curvature_ = -slope * std::exp(number(-4, 4));
        if (chance(0.5)) wave_ = -slope * std::exp(number(-6, 1));
        if (chance(0.2)) grain_ = -slope * std::exp(number(-12, 0));
        if (chance(0.3)) doubt_ = number(-1, 1);
        if (chance(0.3)) end_ = std::exp(number(-6, 3));
        if (chance(0.05)) sign_ = -1;
        cost = number(-1, 1) * std::exp(number(-3, 3)) * -slope;
        step = chance(0.5) ? 1 : std::exp(number(-6, 6));
    }

    double cost = 0, slope = 0, step = 1;

    struct Point {
        double cost, slope;
    };
    [[nodiscard]] Point at(double t) const {
        if (t > end_) return {std::numeric_limits<double>::quiet_NaN(), 0};
        const double change = slope * t + curvature_ * t * t / 2 + wave_ * (1 - std::cos(5 * t)) / 5;
        const double derivative = slope + curvature_ * t + wave_ * std::sin(5 * t);
        const double shown = grain_ > 0 ? grain_ * std::floor(change / grain_) : change;
        return {cost + sign_ * shown, derivative * (1 + doubt_)};
    }

  private:
    double number(double from, double to) {
        return std::uniform_real_distribution<double>(from, to)(random_);
    }
    bool chance(double p) { return number(0, 1) < p; }

    std::mt19937_64 random_;
    double curvature_ = 0, wave_ = 0, grain_ = 0, doubt_ = 0, sign_ = 1,
           end_ = std::numeric_limits<double>::infinity();
};

/// What a search did: the steps that it tried, whether it found one, and which one it is, or else the best.
struct Search {
    std::vector<double> steps;
    bool found = false;
    double step = 0;

    friend bool operator==(const Search&, const Search&) = default;
};

Search by_program(const Line& line) {
    Search search;
    const auto phi = [&](double t) {
        search.steps.push_back(t);
        const Line::Point point = line.at(t);
        sae::Trial trial;
        trial.cost = point.cost;
        trial.slope = point.slope;
        return trial;
    };
    const sae::LineSearchResult result =
        sae::search_line(sae::LineSearch::nocedal_wright, {line.cost, line.slope, line.step}, phi);
    search.found = result.found;
    search.step = result.step;
    return search;
}

Search by_reference(const Line& line) {
    Search search;
    const auto phi = [&](double t) -> reference::Trial {
        search.steps.push_back(t);
        const Line::Point point = line.at(t);
        return {t, point.cost, point.slope, std::isfinite(point.cost) && std::isfinite(point.slope)};
    };
    const reference::Found found = reference::LineSearch(line.cost, line.slope, phi).search(line.step);
    search.found = found.found;
    search.step = found.found ? found.last.step : found.best_step;
    // The program goes back to the best trial, which its space must hold.
    if (!search.found && search.step > 0 && search.steps.back() != search.step)
        search.steps.push_back(search.step);
    return search;
}

}  // namespace

TEST_CASE("the line search is that of docs/arithmetic.md") {
    int found = 0, long_ones = 0, not_found = 0, back = 0;
    for (unsigned seed = 0; seed < 20000; ++seed) {
        const Line line(seed);
        const Search search = by_program(line);
        INFO("seed " << seed);
        REQUIRE((search == by_reference(line)));
        ++(search.found ? found : not_found);
        if (search.steps.size() > 20) ++long_ones;
        if (!search.found && search.step > 0) ++back;
    }
    // All kinds of ends.
    CHECK(found > 1000);
    CHECK(not_found > 100);
    CHECK(long_ones > 100);
    CHECK(back > 10);
}
