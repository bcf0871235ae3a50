#include "sae/train/lbfgs.hpp"

#include <LBFGS.h>

#include <limits>
#include <numeric>
#include <optional>
#include <random>

#include "catch.hpp"
#include "local_space.hpp"
#include "sae/core/error.hpp"
#include "sae/train/lbfgs_outcome.hpp"

using sae::Lbfgs;
using sae::LbfgsSettings;
using sae::LbfgsStatus;
using sae::LbfgsStep;
using sae::LineSearch;
using sae::test::LocalSpace;
using sae::test::Objective;
using sae::test::quadratic;
using sae::test::rosenbrock;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> start_of(std::size_t size) {
    std::vector<double> x(size);
    for (std::size_t i = 0; i < size; ++i) x[i] = i % 2 == 0 ? -1.2 : 1;
    return x;
}

LbfgsStep run(Lbfgs& lbfgs) {
    LbfgsStep last = lbfgs.start();
    while (last.status == LbfgsStatus::running) {
        const double before = last.point.cost;
        last = lbfgs.step();
        CHECK(last.point.cost <= before);
    }
    return last;
}

/// LBFGSpp's own solver on the same objective.
struct Plain {
    double cost = 0;
    int iterations = 0;
    int evaluations = 0;
};

template <template <class> class Search>
Plain plain_run(const Objective& objective, const std::vector<double>& start, const LbfgsSettings& settings) {
    LBFGSpp::LBFGSParam<double> param;
    param.m = settings.history;
    param.epsilon = param.epsilon_rel = settings.gradient_tolerance;
    param.max_iterations = static_cast<int>(settings.max_iterations);
    param.max_linesearch = settings.max_line_search;
    param.linesearch = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE;
    LBFGSpp::LBFGSSolver<double, Search> solver(param);
    Eigen::VectorXd x =
        Eigen::Map<const Eigen::VectorXd>(start.data(), static_cast<Eigen::Index>(start.size()));
    Plain plain;
    auto f = [&](const Eigen::VectorXd& at, Eigen::VectorXd& g) {
        ++plain.evaluations;
        g.resize(at.size());
        const auto size = static_cast<std::size_t>(at.size());
        return objective({at.data(), size}, {g.data(), size});
    };
    plain.iterations = solver.minimize(f, x, plain.cost);
    return plain;
}

}  // namespace

TEST_CASE("finds the minimum of Rosenbrock's function and of ill-conditioned quadratics") {
    const auto search =
        GENERATE(LineSearch::nocedal_wright, LineSearch::bracketing, LineSearch::backtracking);
    LbfgsSettings settings;
    settings.line_search = search;
    settings.gradient_tolerance = 1e-9;
    settings.max_iterations = 20000;
    settings.history = 20;
    const std::vector<std::pair<Objective, std::size_t>> problems{
        {rosenbrock, 2}, {rosenbrock, 10}, {rosenbrock, 5000}, {quadratic(1e2), 3000}, {quadratic(1e6), 20}};
    for (const auto& [objective, size] : problems) {
        LocalSpace space(objective, start_of(size), settings.history);
        Lbfgs lbfgs(settings, space);
        const LbfgsStep last = run(lbfgs);
        CHECK(last.status == LbfgsStatus::converged);
        CHECK(last.point.cost < 1e-14);
        CHECK(last.point.gradient_norm <= 1e-9 * std::max(1.0, last.point.x_norm));
        for (const double x : space.x()) REQUIRE(std::abs(x - 1) < 1e-6);
        CHECK(last.evaluations == space.evaluations);
        CHECK(last.evaluations > last.iteration);
        CHECK(lbfgs.step().iteration == last.iteration);  // nothing more to do
    }
}

TEST_CASE("does as well as LBFGSpp's solver with the same line search") {
    LbfgsSettings settings;
    settings.gradient_tolerance = 1e-7;
    settings.max_iterations = 1000;
    const std::vector<std::pair<Objective, std::size_t>> problems{
        {rosenbrock, 2}, {rosenbrock, 100}, {rosenbrock, 5000}, {quadratic(1e3), 200}, {quadratic(1e6), 10}};
    for (const auto& [objective, size] : problems) {
        const std::vector<double> start = start_of(size);
        for (const auto search : {LineSearch::nocedal_wright, LineSearch::bracketing}) {
            settings.line_search = search;
            const Plain plain = search == LineSearch::bracketing
                                    ? plain_run<LBFGSpp::LineSearchBracketing>(objective, start, settings)
                                    : plain_run<LBFGSpp::LineSearchNocedalWright>(objective, start, settings);
            LocalSpace space(objective, start, settings.history);
            Lbfgs lbfgs(settings, space);
            const LbfgsStep last = run(lbfgs);
            CHECK(last.status == LbfgsStatus::converged);
            CHECK(last.point.cost <= std::max(10 * plain.cost, 1e-11));
            CHECK(std::abs(static_cast<double>(last.iteration) - plain.iterations) <=
                  3 + 0.15 * plain.iterations);
            CHECK(std::abs(static_cast<double>(last.evaluations) - plain.evaluations) <=
                  3 + 0.15 * plain.evaluations);
        }
    }
}

TEST_CASE("directions agree with LBFGSpp's two loops over vectors") {
    const int history = GENERATE(1, 2, 3, 5, 10, 20);
    std::mt19937_64 random(6);
    std::uniform_real_distribution<double> uniform(-2, 2);
    std::vector<double> anywhere(300);
    for (double& x : anywhere) x = uniform(random);
    const std::vector<std::pair<Objective, std::vector<double>>> problems{{rosenbrock, start_of(2)},
                                                                          {rosenbrock, anywhere},
                                                                          {quadratic(1e4), anywhere},
                                                                          {quadratic(1e6), anywhere}};
    for (const auto& [objective, start] : problems) {
        LbfgsSettings settings;
        settings.history = history;
        settings.max_iterations = 60;
        LocalSpace space(objective, start, history);
        Lbfgs lbfgs(settings, space);
        LBFGSpp::BFGSMat<double> oracle;
        oracle.reset(static_cast<int>(start.size()), history);
        const auto vector = [](const std::vector<double>& v) -> Eigen::VectorXd {
            return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
        };
        const auto rounded = [](const Eigen::VectorXd& v) -> Eigen::VectorXd {
            return v.cast<float>().cast<double>();
        };
        LbfgsStep last = lbfgs.start();
        while (last.status == LbfgsStatus::running) {
            const Eigen::VectorXd x = vector(space.x());
            const Eigen::VectorXd g = vector(space.g());
            Eigen::VectorXd expected;
            oracle.apply_Hv(g, -1.0, expected);
            last = lbfgs.step();
            CHECK_FALSE(last.restarted);
            CHECK((vector(space.d()) - expected).norm() <= 1e-10 * expected.norm());
            oracle.add_correction(rounded(vector(space.x()) - x), rounded(vector(space.g()) - g));
        }
    }
}

TEST_CASE("a line search that cannot succeed ends the run at the best point, without an exception") {
    const auto search =
        GENERATE(LineSearch::nocedal_wright, LineSearch::bracketing, LineSearch::backtracking);
    double best = infinity;
    const auto watched = [&](Objective objective) -> Objective {
        return [&best, objective](std::span<const double> x, std::span<double> g) {
            const double cost = objective(x, g);
            if (std::isfinite(cost)) best = std::min(best, cost);
            return cost;
        };
    };
    const std::vector<Objective> objectives{
        // A gradient of the wrong sign.
        [](std::span<const double> x, std::span<double> g) {
            const double cost = rosenbrock(x, g);
            for (double& value : g) value = -value;
            return cost;
        },
        // Not smooth at its minimum.
        [](std::span<const double> x, std::span<double> g) {
            double cost = 0;
            for (std::size_t i = 0; i < x.size(); ++i) {
                const double c = 1 + static_cast<double>(i);
                g[i] = x[i] < 0.3 ? -c : c;
                cost += std::abs(x[i] - 0.3) * c;
            }
            return cost;
        },
        // A cost that does not depend on x.
        [](std::span<const double> x, std::span<double> g) {
            static_cast<void>(rosenbrock(x, g));
            return 1 + std::abs(std::sin(1e9 * x[0]));
        },
        // Finite only at the start.
        [](std::span<const double> x, std::span<double> g) {
            const double cost = rosenbrock(x, g);
            return x[0] == -1.2 ? cost : infinity;
        },
    };
    for (const Objective& objective : objectives) {
        best = infinity;
        LbfgsSettings settings;
        settings.line_search = search;
        settings.max_iterations = 5000;
        LocalSpace space(watched(objective), start_of(6), settings.history);
        Lbfgs lbfgs(settings, space);
        LbfgsStep last;
        REQUIRE_NOTHROW(last = run(lbfgs));
        CHECK(last.status == LbfgsStatus::line_search_failed);
        CHECK(last.restarted);
        CHECK(last.note.find("line search failed: ") == 0);
        CHECK(last.point.cost == best);
        CHECK(sae::explain(last, settings).find("line search") == std::string::npos);
        CHECK(sae::explain(last, settings).find("best point is kept") != std::string::npos);
    }
}

TEST_CASE("a line search that fails once restarts with the steepest descent and the run continues") {
    bool lying = false;
    const Objective lies = [&](std::span<const double> x, std::span<double> g) {
        return rosenbrock(x, g) + (lying ? 1e6 : 0);
    };
    LbfgsSettings settings;
    settings.max_iterations = 1000;
    LocalSpace space(lies, start_of(10), settings.history);
    Lbfgs lbfgs(settings, space);
    LbfgsStep last = lbfgs.start();
    int restarts = 0;
    while (last.status == LbfgsStatus::running) {
        lying = last.iteration == 20;
        last = lbfgs.step();
        if (!last.restarted) continue;
        lying = false;
        ++restarts;
        CHECK(last.step == 0);
        CHECK(space.history().size() == 0);
        CHECK(lbfgs.state().failures == 1);
        CHECK(last.note.find("steepest descent") != std::string::npos);
        last = lbfgs.step();
        CHECK_FALSE(last.restarted);
        CHECK(lbfgs.state().failures == 0);
    }
    CHECK(restarts == 1);
    CHECK(last.status == LbfgsStatus::converged);
    CHECK(last.evaluations == space.evaluations);
}

TEST_CASE("a steepest descent that fails at its start is not tried again") {
    const Objective island = [](std::span<const double> x, std::span<double> g) {
        const double cost = rosenbrock(x, g);
        return x[0] == -1.2 ? cost : infinity;
    };
    LbfgsSettings settings;
    LocalSpace space(island, start_of(2), settings.history);
    Lbfgs lbfgs(settings, space);
    lbfgs.start();
    const LbfgsStep step = lbfgs.step();
    CHECK(step.status == LbfgsStatus::line_search_failed);
    CHECK(step.iteration == 1);
    CHECK(step.step == 0);
    CHECK(step.evaluations == space.evaluations);
    CHECK(step.evaluations <= 2 + settings.max_line_search);
    CHECK(step.note.find("best point is kept") != std::string::npos);
}

TEST_CASE("a failed search moves to the best point that it has tried") {
    // By the slopes phi keeps falling, so no trial satisfies the search; by the costs it does not.
    const Objective valley = [](std::span<const double> x, std::span<double> g) {
        g[0] = -2;
        return (x[0] - 3) * (x[0] - 3) * 1e-6 + (x[0] > 0 ? 1 : 1.1);
    };
    LbfgsSettings settings;
    settings.line_search = LineSearch::bracketing;
    settings.max_line_search = 4;
    LocalSpace space(valley, {0.0}, settings.history);
    Lbfgs lbfgs(settings, space);
    lbfgs.start();
    const LbfgsStep step = lbfgs.step();
    CHECK(step.restarted);
    CHECK(step.status == LbfgsStatus::running);
    CHECK(step.step > 0);
    CHECK(step.step == space.last_step);
    std::vector<double> g(1);
    CHECK(step.point.cost == valley(space.x(), g));
    CHECK(step.point.cost < 1.1);
    CHECK(space.g() == g);
    CHECK(step.evaluations == space.evaluations);
    CHECK(space.history().size() == 0);
    // The second failure in a row is the last, also if it moves.
    const LbfgsStep second = lbfgs.step();
    CHECK(second.restarted);
    CHECK(second.step > 0);
    CHECK(second.status == LbfgsStatus::line_search_failed);
}

TEST_CASE("a region where the cost is infinite or NaN is avoided") {
    const auto search =
        GENERATE(LineSearch::nocedal_wright, LineSearch::bracketing, LineSearch::backtracking);
    const bool not_a_number = GENERATE(false, true);
    const double outside = not_a_number ? std::numeric_limits<double>::quiet_NaN() : infinity;
    int refused = 0;
    // A barrier at x = 0, close to the minimum of the quadratic: the cost is not finite beyond.
    const Objective barrier = [&](std::span<const double> x, std::span<double> g) {
        double cost = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (x[i] <= 0) {
                ++refused;
                std::fill(g.begin(), g.end(), outside);
                return outside;
            }
            const double c = 1 + static_cast<double>(i * i);
            g[i] = c * (x[i] + 0.5) - 0.1 / x[i];
            cost += c * (x[i] + 0.5) * (x[i] + 0.5) / 2 - 0.1 * std::log(x[i]);
        }
        return cost;
    };
    LbfgsSettings settings;
    settings.line_search = search;
    settings.gradient_tolerance = 1e-4;
    LocalSpace space(barrier, std::vector<double>(8, 30.0), settings.history);
    Lbfgs lbfgs(settings, space);
    const LbfgsStep last = run(lbfgs);
    CHECK(last.status == LbfgsStatus::converged);
    CHECK(refused > 10);
    for (const double x : space.x()) CHECK(x > 0);
}

TEST_CASE("a start that is not finite is an error") {
    LocalSpace space([](std::span<const double>, std::span<double>) { return infinity; }, {1.0, 2.0}, 3);
    Lbfgs lbfgs({}, space);
    CHECK_THROWS_AS(lbfgs.start(), sae::Error);
}

TEST_CASE("an exception of the objective is not taken for a failed line search") {
    int evaluations = 0;
    const Objective broken = [&](std::span<const double> x, std::span<double> g) {
        if (++evaluations == 5) throw sae::Error("rank 3 is gone");
        return rosenbrock(x, g);
    };
    LocalSpace space(broken, start_of(4), 5);
    Lbfgs lbfgs({}, space);
    CHECK_THROWS_AS(run(lbfgs), sae::Error);
}

TEST_CASE("the statuses converged and max_iterations") {
    LbfgsSettings settings;
    settings.max_iterations = 7;
    LocalSpace space(rosenbrock, start_of(20), settings.history);
    Lbfgs lbfgs(settings, space);
    const LbfgsStep last = run(lbfgs);
    CHECK(last.status == LbfgsStatus::max_iterations);
    CHECK(last.iteration == 7);
    CHECK(sae::explain(last, settings).find("limit of 7 iterations") != std::string::npos);

    LocalSpace at_minimum(rosenbrock, std::vector<double>(20, 1.0), settings.history);
    Lbfgs done(settings, at_minimum);
    const LbfgsStep first = done.start();
    CHECK(first.status == LbfgsStatus::converged);
    CHECK(first.iteration == 0);
    CHECK(first.evaluations == 1);

    settings.max_iterations = 1000;
    settings.gradient_tolerance = 0;
    settings.cost_tolerance = 1e-6;
    settings.past = 3;
    LocalSpace slow(quadratic(1e4), start_of(100), settings.history);
    Lbfgs by_cost(settings, slow);
    const LbfgsStep end = run(by_cost);
    CHECK(end.status == LbfgsStatus::converged);
    CHECK(end.iteration > 3);
    CHECK(by_cost.state().past_costs.size() == 4);
    CHECK(by_cost.state().past_costs.front() - end.point.cost <= 1e-6 * std::max(1.0, end.point.cost));
}

TEST_CASE("a gradient as large as its tolerance ends a run, the tolerance being absolute near theta = 0") {
    const Objective plane = [](std::span<const double> x, std::span<double> g) {
        g[0] = 3;
        g[1] = 4;
        return 3 * x[0] + 4 * x[1];
    };
    const auto status = [&](double tolerance, const std::vector<double>& x) {
        LbfgsSettings settings;
        settings.gradient_tolerance = tolerance;
        LocalSpace space(plane, x, settings.history);
        return Lbfgs(settings, space).start().status;
    };
    CHECK(status(5, {0, 0}) == LbfgsStatus::converged);
    CHECK(status(std::nextafter(5.0, 0.0), {0, 0}) == LbfgsStatus::running);
    CHECK(status(1, {0, 5}) == LbfgsStatus::converged);
    CHECK(status(std::nextafter(1.0, 0.0), {0, 5}) == LbfgsStatus::running);
}

TEST_CASE("costs before a failed search do not count as costs that stand still") {
    bool lying = false;
    const Objective lies = [&](std::span<const double> x, std::span<double> g) {
        return rosenbrock(x, g) + (lying ? 1e6 : 0);
    };
    LbfgsSettings settings;
    settings.cost_tolerance = 1e-12;
    LocalSpace space(lies, start_of(10), settings.history);
    Lbfgs lbfgs(settings, space);
    lbfgs.start();
    lbfgs.step();
    lying = true;
    const LbfgsStep failed = lbfgs.step();
    CHECK(failed.restarted);
    CHECK(failed.step == 0);
    CHECK(failed.status == LbfgsStatus::running);
}

TEST_CASE("a pair enters the history if s . y > 2^-52 y . y, and not at the bound") {
    const auto pairs = [](double curvature) {
        const Objective parabola = [&](std::span<const double> x, std::span<double> g) {
            g[0] = curvature * x[0];
            return g[0] * x[0] / 2;
        };
        const LbfgsSettings settings;
        LocalSpace space(parabola, {1.0}, settings.history);
        Lbfgs lbfgs(settings, space);
        lbfgs.start();
        CHECK(lbfgs.step().step == 1 / curvature);
        CHECK(space.x()[0] == 0);
        return space.history().size();
    };
    CHECK(pairs(0x1p51) == 1);
    CHECK(pairs(0x1p52) == 0);
    CHECK(pairs(0x1p53) == 0);
}

TEST_CASE("pairs without curvature are not kept in the history") {
    // Concave: the slope grows as x moves downhill, so s.y < 0 wherever the first trial is taken.
    const Objective concave = [](std::span<const double> x, std::span<double> g) {
        g[0] = -2 * x[0] - 1;
        return -x[0] * x[0] - x[0];
    };
    LbfgsSettings settings;
    settings.max_line_search = 1;  // two trials, both with a sufficient decrease and a growing slope
    settings.max_iterations = 3;
    LocalSpace space(concave, {1.0}, settings.history);
    Lbfgs lbfgs(settings, space);
    const LbfgsStep last = run(lbfgs);
    CHECK(last.status == LbfgsStatus::max_iterations);
    CHECK_FALSE(last.restarted);
    CHECK(last.point.cost < -2);
    CHECK(space.history().size() == 0);
    CHECK(lbfgs.state().gram.size() == 0);
}

TEST_CASE("an interrupt anywhere leaves the last completed iteration, which continues with the same bits") {
    const auto start = start_of(3000);
    LbfgsSettings settings;
    settings.history = 4;
    settings.max_iterations = 25;
    LocalSpace undisturbed(rosenbrock, start, settings.history);
    Lbfgs reference(settings, undisturbed);
    std::vector<sae::LbfgsState> states{(reference.start(), reference.state())};
    while (reference.step().status == LbfgsStatus::running) states.push_back(reference.state());
    states.push_back(reference.state());

    for (int interrupt = 1; interrupt < undisturbed.evaluations; interrupt += 3) {
        LocalSpace first(rosenbrock, start, settings.history);
        first.interrupt_after = interrupt;
        Lbfgs before(settings, first);
        const LbfgsStep stopped = run(before);
        REQUIRE(stopped.status == LbfgsStatus::interrupted);
        CHECK(before.state() == states[static_cast<std::size_t>(stopped.iteration)]);

        const std::vector<double> saved = sae::pack(before.state());
        LocalSpace second(rosenbrock, std::vector<double>(3000), settings.history);
        second.restore(first);
        Lbfgs after(settings, second);
        after.resume(sae::unpack(saved, settings.history));
        while (after.step().status == LbfgsStatus::running) {
        }
        CHECK(after.state() == reference.state());
        CHECK(second.x() == undisturbed.x());
        CHECK(second.g() == undisturbed.g());
    }
}

TEST_CASE("an interrupt at the start") {
    LocalSpace space(rosenbrock, start_of(2), 3);
    space.interrupt_after = 0;
    Lbfgs lbfgs({}, space);
    CHECK(lbfgs.start().status == LbfgsStatus::interrupted);
    CHECK(lbfgs.start().status == LbfgsStatus::running);
}

TEST_CASE("packed states that are damaged are refused") {
    LbfgsSettings settings;
    settings.max_iterations = 6;
    settings.history = 4;
    LocalSpace space(rosenbrock, start_of(10), settings.history);
    Lbfgs lbfgs(settings, space);
    run(lbfgs);
    const std::vector<double> good = sae::pack(lbfgs.state());
    CHECK(sae::unpack(good, 4) == lbfgs.state());
    CHECK_THROWS_WITH(sae::unpack(good, 3),
                      "optimiser state: a count is 4, expected a whole number from 0 to 3");
    CHECK_THROWS_AS(sae::unpack({}, 4), sae::Error);
    CHECK_THROWS_AS(sae::unpack(std::span(good).first(good.size() - 1), 4), sae::Error);
    for (const std::size_t count : {0U, 1U, 2U, 10U, 11U}) {
        for (const double value : {-1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
            std::vector<double> bad = good;
            bad[count] = value;
            CHECK_THROWS_AS(sae::unpack(bad, 4), sae::Error);
        }
    }
}

TEST_CASE("an early end is explained") {
    LbfgsStep last;
    last.iteration = 3;
    last.evaluations = 40;
    last.status = LbfgsStatus::line_search_failed;
    CHECK(sae::name(last.status) == "line_search_failed");
    CHECK(sae::explain(last, {}).find("check-gradient") != std::string::npos);
    CHECK(sae::explain(last, {}).find("40") == std::string::npos);
    CHECK(sae::explain_with_figures(last, {}).find("evaluations: 40") != std::string::npos);
    last.iteration = 300;
    CHECK(sae::explain(last, {}).find("check-gradient") == std::string::npos);
    last.status = LbfgsStatus::converged;
    CHECK(sae::explain(last, {}).find("--gradient-tolerance") == std::string::npos);
    last.iteration = 3;
    CHECK(sae::explain(last, {}).find("--gradient-tolerance is 1e-05") != std::string::npos);
    last.status = LbfgsStatus::interrupted;
    CHECK(sae::explain(last, {}).find("Interrupted") == 0);
}
