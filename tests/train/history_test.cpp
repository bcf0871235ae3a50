#include "sae/train/history.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"

using sae::block_length;
using sae::BlockRange;
using sae::Coefficients;
using sae::ExactSum;
using sae::History;
using sae::Index;
using sae::Slice;
using sae::thread_blocks;

namespace {

/// Points and gradients of `steps` steps, the same for any slicing: elements [begin, begin + length) of them.
struct Path {
    std::vector<Slice> x, g;
};

/// In [-1, 1), a function of its arguments alone.
double pseudo_random(Index i, int step) {
    auto bits = static_cast<std::uint64_t>(i * 100 + step) * 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 29)) * 0xbf58476d1ce4e5b9;
    return std::ldexp(static_cast<double>(bits >> 11), -52) - 1;
}

Path path(int steps, Index begin, Index length, Index used) {
    Path result;
    for (int step = 0; step < steps; ++step) {
        result.x.emplace_back(length);
        result.g.emplace_back(length);
        for (Index i = 0; i < length && begin + i < used; ++i) {
            result.x.back().span()[static_cast<std::size_t>(i)] = pseudo_random(begin + i, 2 * step);
            result.g.back().span()[static_cast<std::size_t>(i)] =
                pseudo_random(begin + i, 2 * step + 1) * 1e3;
        }
    }
    return result;
}

Coefficients some_coefficients(int pairs) {
    Coefficients c;
    for (int j = 0; j < pairs; ++j) {
        c.s.push_back(0.3 * j - 1);
        c.y.push_back(1e-3 / (j + 1));
    }
    c.g = -0.7;
    return c;
}

struct Run {
    std::vector<double> dots;  ///< of all pushes, then d . g
    std::vector<double> d;
};

/// Pushes the step from `k` - 1 to `k` of a path into a history, as several threads would, one after the
/// other.
std::vector<ExactSum> push(History& history, const Path& path, std::size_t k, int threads = 1) {
    const sae::StepVectors step{path.x[k - 1].span(), path.x[k].span(), path.g[k - 1].span(),
                                path.g[k].span()};
    history.make_room();
    std::vector<ExactSum> sums(history.push_sums());
    for (int thread = 0; thread < threads; ++thread)
        history.push(step, thread_blocks(static_cast<Index>(step.x.size()), thread, threads), sums);
    return sums;
}

/// Pushes all steps and forms a direction, with the blocks cut into slices of the given lengths.
Run run(const std::vector<Index>& blocks, int capacity, int steps, int threads) {
    std::vector<History> histories;
    std::vector<Path> paths;
    Index begin = 0;
    Index total = 0;
    for (const Index count : blocks) total += count * block_length;
    for (const Index count : blocks) {
        histories.emplace_back(capacity, count * block_length);
        paths.push_back(path(steps, begin, count * block_length, total - 100));
        begin += count * block_length;
    }
    Run result;
    for (int step = 1; step < steps; ++step) {
        const auto k = static_cast<std::size_t>(step);
        std::vector<ExactSum> sums;
        for (std::size_t r = 0; r < blocks.size(); ++r) {
            const std::vector<ExactSum> own = push(histories[r], paths[r], k, threads);
            sums.resize(own.size());
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i].add(own[i]);
        }
        for (const ExactSum& sum : sums) result.dots.push_back(sum.value());
    }
    ExactSum d_g;
    for (std::size_t r = 0; r < blocks.size(); ++r) {
        Slice d(blocks[r] * block_length);
        for (int thread = 0; thread < threads; ++thread)
            histories[r].combine(some_coefficients(histories[r].size()), paths[r].g.back().span(),
                                 thread_blocks(blocks[r] * block_length, thread, threads), d.span(), d_g);
        result.d.insert(result.d.end(), d.span().begin(), d.span().end());
    }
    result.dots.push_back(d_g.value());
    return result;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double p, double q) {
        return std::bit_cast<std::uint64_t>(p) == std::bit_cast<std::uint64_t>(q);
    });
}

/// s_j and y_j as the ring must hold them after all steps.
std::vector<double> difference(const Slice& next, const Slice& previous) {
    std::vector<double> result;
    for (std::size_t i = 0; i < next.span().size(); ++i) {
        result.push_back(static_cast<float>(next.span()[i] - previous.span()[i]));
    }
    return result;
}

void check_dot(double value, std::span<const double> a, std::span<const double> b) {
    long double exact = 0;
    long double magnitude = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        exact += static_cast<long double>(a[i]) * b[i];
        magnitude += std::abs(static_cast<long double>(a[i]) * b[i]);
    }
    CHECK(std::abs(value - exact) <= 1e-15L * magnitude);
}

}  // namespace

TEST_CASE("dot products and direction agree with naive sums, also when the ring has wrapped") {
    const int steps = GENERATE(2, 4, 9);
    constexpr int capacity = 4;
    constexpr Index blocks = 2;
    const Run result = run({blocks}, capacity, steps, 1);
    const Path all = path(steps, 0, blocks * block_length, blocks * block_length - 100);
    const int pairs = std::min(steps - 1, capacity);
    const auto last = static_cast<std::size_t>(steps - 1);
    const std::vector<double> y_new = difference(all.g[last], all.g[last - 1]);
    const std::size_t first_dot = result.dots.size() - 1 - static_cast<std::size_t>(4 * pairs);
    const Coefficients c = some_coefficients(pairs);
    std::vector<long double> d(all.g[last].span().begin(), all.g[last].span().end());
    for (long double& value : d) value *= c.g;
    for (int j = 0; j < pairs; ++j) {
        const auto step = static_cast<std::size_t>(steps - pairs + j);
        const std::vector<double> s = difference(all.x[step], all.x[step - 1]);
        const std::vector<double> y = difference(all.g[step], all.g[step - 1]);
        const double* const dots = result.dots.data() + first_dot + 4 * j;
        check_dot(dots[0], s, y_new);
        check_dot(dots[1], y, y_new);
        check_dot(dots[2], s, all.g[last].span());
        check_dot(dots[3], y, all.g[last].span());
        const auto k = static_cast<std::size_t>(j);
        for (std::size_t i = 0; i < d.size(); ++i) {
            d[i] += static_cast<long double>(c.s[k]) * s[i] + static_cast<long double>(c.y[k]) * y[i];
        }
    }
    for (std::size_t i = 0; i < d.size(); ++i)
        REQUIRE(std::abs(result.d[i] - d[i]) <= 1e-12L * (1 + std::abs(d[i])));
    check_dot(result.dots.back(), result.d, all.g[last].span());
}

TEST_CASE("neither slicing nor threads change a bit") {
    const Run whole = run({7}, 3, 6, 1);
    CHECK(whole.d.size() == 7 * block_length);
    for (const auto& blocks : {std::vector<Index>{1, 1, 1, 1, 3}, {3, 4}, {0, 2, 0, 5}, {7}}) {
        for (const int threads : {1, 2, 3}) {
            const Run cut = run(blocks, 3, 6, threads);
            CHECK(same_bits(cut.dots, whole.dots));
            CHECK(same_bits(cut.d, whole.d));
        }
    }
}

TEST_CASE("padding stays zero") {
    const Run result = run({2}, 3, 6, 1);
    for (std::size_t i = 2 * block_length - 100; i < 2 * block_length; ++i) REQUIRE(result.d[i] == 0);
}

TEST_CASE("the newest pair can be removed, and all can be") {
    constexpr Index length = block_length;
    const Path all = path(5, 0, length, length);
    History history(2, length);
    const auto take = [&](std::size_t k) { return sae::pair_dots(push(history, all, k)); };
    take(1);
    const sae::PairDots two = take(2);
    take(3);  // pair 1 leaves
    history.drop_newest();
    CHECK(history.size() == 1);
    Slice s(length);
    Slice y(length);
    history.copy_pair(0, s.span(), y.span());
    CHECK(std::vector(s.span().begin(), s.span().end()) == difference(all.x[2], all.x[1]));
    CHECK(std::vector(y.span().begin(), y.span().end()) == difference(all.g[2], all.g[1]));
    CHECK(history.push_sums() == 4);
    CHECK(take(3).y_y.front() != two.y_y.front());
    history.clear();
    CHECK(history.size() == 0);
    CHECK(history.push_sums() == 0);
    const sae::PairDots one = take(2);
    CHECK(one.s_y.size() == 1);
    CHECK(one.s_y.back() == two.s_y.back());
    CHECK(one.y_g.back() == two.y_g.back());
}

TEST_CASE("a history that is restored from its pairs is the same") {
    constexpr int capacity = 3;
    constexpr Index length = 2 * block_length;
    const Path all = path(7, 0, length, length);
    History history(capacity, length);
    const auto take = [&](History& to, std::size_t k) {
        std::vector<double> values;
        for (const ExactSum& sum : push(to, all, k)) values.push_back(sum.value());
        return values;
    };
    for (std::size_t k = 1; k < 6; ++k) take(history, k);
    History copy(capacity, length);
    Slice s(length), y(length), d(length), d_copy(length);
    for (int j = 0; j < capacity; ++j) {
        history.copy_pair(j, s.span(), y.span());
        const auto k = static_cast<std::size_t>(j) + 3;
        CHECK(std::vector(s.span().begin(), s.span().end()) == difference(all.x[k], all.x[k - 1]));
        copy.restore_pair(s.span(), y.span());
    }
    CHECK(same_bits(take(copy, 6), take(history, 6)));
    ExactSum d_g, d_g_copy;
    history.combine(some_coefficients(capacity), all.g[6].span(), {0, length}, d.span(), d_g);
    copy.combine(some_coefficients(capacity), all.g[6].span(), {0, length}, d_copy.span(), d_g_copy);
    CHECK(same_bits({d.span().begin(), d.span().end()}, {d_copy.span().begin(), d_copy.span().end()}));
    CHECK(d_g.value() == d_g_copy.value());
}

TEST_CASE("numbers that are not finite make the dot products NaN") {
    Path all = path(2, 0, block_length, block_length);
    all.g[1].span()[77] = std::numeric_limits<double>::infinity();
    History history(2, block_length);
    CHECK(std::isnan(sae::pair_dots(push(history, all, 1)).s_y.back()));
}

TEST_CASE("trial points and a gradient's dot products, for any slicing") {
    const Path all = path(3, 0, 5 * block_length, 5 * block_length - 7);
    const auto x = all.x[0].span();
    const auto d = all.x[1].span();
    const auto g = all.g[0].span();
    Slice whole(5 * block_length);
    ExactSum x_x, g_d, g_g;
    sae::advance(x, 0.25, d, whole.span(), x_x);
    sae::add_dot(g, d, g_d);
    sae::add_dot(g, g, g_g);
    for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(whole.span()[i] == x[i] + 0.25 * d[i]);
    check_dot(x_x.value(), whole.span(), whole.span());
    check_dot(g_d.value(), g, d);
    check_dot(g_g.value(), g, g);
    for (const int threads : {1, 2, 3, 7}) {
        Slice part(5 * block_length);
        ExactSum cut_x, cut_d, cut_g;
        for (int thread = 0; thread < threads; ++thread) {
            const BlockRange range = thread_blocks(5 * block_length, thread, threads);
            const auto at = static_cast<std::size_t>(range.begin);
            const auto size = static_cast<std::size_t>(range.end - range.begin);
            sae::advance(x.subspan(at, size), 0.25, d.subspan(at, size), part.span(range), cut_x);
            sae::add_dot(g.subspan(at, size), d.subspan(at, size), cut_d);
            sae::add_dot(g.subspan(at, size), g.subspan(at, size), cut_g);
        }
        CHECK(cut_x.value() == x_x.value());
        CHECK(cut_d.value() == g_d.value());
        CHECK(cut_g.value() == g_g.value());
    }
}

TEST_CASE("each whole block has one owner, and parts of a range are inside it") {
    for (const Index blocks : {0, 1, 5, 96})
        for (const int threads : {1, 2, 7, 200}) {
            Index next = 0;
            for (int thread = 0; thread < threads; ++thread) {
                const BlockRange range = thread_blocks(blocks * block_length, thread, threads);
                CHECK(range.begin == next);
                CHECK((range.end - range.begin) % block_length == 0);
                next = range.end;
            }
            CHECK(next == blocks * block_length);
        }
    const auto cut = [](Index begin, Index end) {
        const BlockRange part = sae::intersection({10, 20}, begin, end);
        return std::pair(part.begin, part.end);
    };
    CHECK(cut(0, 30) == std::pair<Index, Index>(10, 20));
    CHECK(cut(12, 15) == std::pair<Index, Index>(12, 15));
    CHECK(cut(15, 40) == std::pair<Index, Index>(15, 20));
    CHECK(cut(0, 5) == std::pair<Index, Index>(10, 10));
    CHECK(cut(25, 30) == std::pair<Index, Index>(20, 20));
}
