#include "sae/report/run_report.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "chart.hpp"
#include "html.hpp"
#include "sae/data/picture.hpp"
#include "words.hpp"

using namespace sae;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t number = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++number;
    return number;
}

PngBytes bytes(std::string_view text) {
    PngBytes result;
    for (const char c : text) result.push_back(static_cast<std::byte>(c));
    return result;
}

std::vector<IterationRecord> falling(Index iterations) {
    std::vector<IterationRecord> records;
    for (Index i = 0; i <= iterations; ++i) {
        const auto t = static_cast<double>(i);
        records.push_back({i, i + 1, {50 / (1 + t), 0.25, 0}, 1 / (1 + t), 1, 0.1});
    }
    return records;
}

}  // namespace

TEST_CASE("text cannot leave its place in the page") {
    CHECK(html::escape("<b a=\"x\" c='y'>&") == "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
    RunReport report;
    const std::string hostile = "</title></style><script>alert(\"1\")</script><img src='x'>";
    report.name = report.train_data = report.test_data = report.explanation = report.model_sha256 = hostile;
    report.settings = {{hostile, hostile}};
    const std::string page = run_report(report);
    CHECK_FALSE(contains(page, "<script>alert"));
    CHECK_FALSE(contains(page, "<img"));
    CHECK(count_of(page, "<script>") == 1);
    CHECK(count_of(page, "&lt;script&gt;alert(&quot;1&quot;)") == 8);
}

TEST_CASE("a link stays relative, whatever its path holds") {
    CHECK(html::relative_url("runs/h10/report.html") == "./runs/h10/report.html");
    CHECK(html::relative_url("javascript:alert(1)") == "./javascript%3Aalert%281%29");
    CHECK(html::relative_url("a b\"<%\xc3\xa4") == "./a%20b%22%3C%25%C3%A4");
}

TEST_CASE("numbers as people read them") {
    CHECK(html::number(1.8344) == "1.834");
    CHECK(html::number(1e-4) == "0.0001");
    CHECK(html::number(2.5e-6) == "2.5e-6");
    CHECK(html::number(1.25e12) == "1.25e12");
    CHECK(html::number(0.0) == "0");
    CHECK(html::number(infinite) == "infinite");
    CHECK(html::number(std::nan("")) == "not a number");
    CHECK(html::number(std::optional<double>()) == "–");
    CHECK(html::count(7) == "7");
    CHECK(html::count(999) == "999");
    CHECK(html::count(-1000) == "-1,000");
    CHECK(html::count(-100) == "-100");
    CHECK(html::count(1234567) == "1,234,567");
    CHECK(html::count(1, "image") == "1 image");
    CHECK(html::share(0, 3) == "0 %");
    CHECK(html::share(1, 1000) == "under 1 %");
    CHECK(html::share(999, 1000) == "over 99 %");
    CHECK(html::share(1, 4) == "25 %");
    CHECK(html::share(4, 4) == "100 %");
}

TEST_CASE("times as people read them") {
    CHECK(html::duration(0.25) == "0.25 s");
    CHECK(html::duration(12.34) == "12.3 s");
    CHECK(html::duration(59.97) == "1 min 0 s");
    CHECK(html::duration(185.2) == "3 min 5 s");
    CHECK(html::duration(3599.6) == "1 h 0 min");
    CHECK(html::duration(7800) == "2 h 10 min");
    CHECK(html::duration(std::nan("")) == "unknown");
}

TEST_CASE("pictures are inside, in base64 (RFC 4648, section 10), with their size") {
    for (const auto& [plain, coded] : {std::pair("f", "Zg=="), std::pair("fo", "Zm8="),
                                       std::pair("foo", "Zm9v"), std::pair("foobar", "Zm9vYmFy")}) {
        CHECK(html::image(bytes(plain), "a \"text\"") ==
              "<img alt=\"a &quot;text&quot;\" src=\"data:image/png;base64," + std::string(coded) + "\">");
    }
    CHECK(html::image({}, "nothing").empty());
    const PngBytes png = encode_png(Picture{3, 2, {0, 50, 100, 150, 200, 250}});
    CHECK(contains(html::image(png, "x"), "<img width=\"3\" height=\"2\" "));
}

TEST_CASE("a logarithmic axis ends on round numbers around its values") {
    const chart::LogAxis axis(0.03, 70, 100, 0);
    CHECK(axis.ticks() == std::vector<double>{0.1, 1, 10, 100});
    const chart::LogAxis shorter(0.3, 7, 100, 0);
    CHECK(shorter.ticks() == std::vector<double>{0.2, 0.5, 1, 2, 5, 10});
    CHECK(axis.at(0.02) == Approx(100));
    CHECK(axis.at(100) == Approx(0));
    CHECK(axis.at(std::sqrt(0.02 * 100)) == Approx(50));
    CHECK(axis.at(1e-9) == Approx(100));
    CHECK(axis.at(1e9) == Approx(0).margin(1e-12));
    const chart::LogAxis point(10, 10, 0, 1);
    CHECK(point.ticks().size() == 2);
    CHECK(point.at(10) == 0);
    const chart::LogAxis deep(1e-300, 1e300, 0, 1);
    CHECK(deep.ticks().size() >= 2);
    CHECK(deep.ticks().size() <= 12);
}

TEST_CASE("the cost chart draws the terms that are there") {
    const std::vector<IterationRecord> records = falling(20);
    const std::string chart = cost_chart(records);
    CHECK(contains(chart, "reconstruction, at the end"));
    CHECK(contains(chart, "weight decay, at the end 0.25"));
    CHECK_FALSE(contains(chart, "sparsity"));
    CHECK(contains(chart, "cost: 50.25 at iteration 0, 2.631 at iteration 20."));
    CHECK(count_of(chart, "<svg class=\"wide\"") == 1);
    CHECK(count_of(chart, "<svg class=\"narrow\"") == 1);
}

TEST_CASE("the cost chart bears what is odd: nothing, one point, infinities, very many") {
    CHECK(cost_chart({}).empty());
    std::vector<IterationRecord> records{{0, 1, {infinite, 0, 0}, 1, 1, 1}};
    CHECK(cost_chart(records).empty());
    records.push_back({1, 2, {3, 0, std::nan("")}, 1, 1, 1});
    records.push_back({2, 3, {2, 0, 0}, 1, 1, 1});
    const std::string chart = cost_chart(records);
    CHECK_FALSE(contains(chart, "nan "));
    CHECK_FALSE(contains(chart, "inf "));
    CHECK_FALSE(cost_chart(falling(0)).empty());
    CHECK(cost_chart(falling(100000)).size() < 100000);
}

TEST_CASE("mean activations are drawn against rho where there is one") {
    const std::vector<double> activations{0.5, 0.0, 0.02};
    const std::string sparse = activation_chart(activations, {1e-4, 0.05, 3});
    CHECK(contains(sparse, "class=\"rho\""));
    CHECK(contains(sparse, "from 0 to 0.5. A dashed line marks rho, 0.05."));
    CHECK(count_of(sparse, "h0") == 6);
    CHECK_FALSE(contains(activation_chart(activations, {1e-4, 0.05, 0}), "rho"));
    CHECK(activation_chart({}, {}).empty());
}

TEST_CASE("a summary of activations") {
    const ActivationSummary summary = summarise(std::vector<double>{0.4, 0.0009, 0.001, 0.2});
    CHECK(summary.units == 4);
    CHECK(summary.nearly_never == 1);
    CHECK(summary.mean == Approx(0.150475));
    CHECK(summary.median == Approx(0.1005));
    CHECK(summary.lowest == 0.0009);
    CHECK(summary.highest == 0.4);
}

TEST_CASE("a run's report says how it ended and leaves out what is not there") {
    RunReport report;
    report.name = "tiny";
    report.status = LbfgsStatus::interrupted;
    report.iterations = falling(12);
    report.train_error = 2.0;
    report.test_error = 3.0;
    const std::string page = run_report(report);
    CHECK(contains(page, "Interrupted, after 12 iterations, at a cost of 4.096."));
    CHECK(contains(page, "2 on the training images, 3 on the test images, which is 1.5 times as much."));
    CHECK_FALSE(contains(page, "<h2>Weights"));
    CHECK_FALSE(contains(page, "<h2>Model"));
    CHECK_FALSE(contains(page, "<img"));
    report.weights = bytes("w");
    report.model_sha256 = "abc";
    CHECK(contains(run_report(report), "<h2>Weights"));
    CHECK(contains(run_report(report), "<code>abc</code>"));
}

TEST_CASE("a table of the cost has the first, the last, and 1, 2, 5 times powers of ten") {
    RunReport report;
    report.iterations = falling(123);
    const std::string page = run_report(report);
    for (const char* iteration : {"0", "1", "2", "5", "10", "20", "50", "100", "123"}) {
        CHECK(contains(page, "<th scope=\"row\">" + std::string(iteration) + "</th>"));
    }
    CHECK(count_of(page, "<th scope=\"row\">") == 9);
}

TEST_CASE("nothing in a page points to the network") {
    RunReport report;
    report.iterations = falling(3);
    const std::string page = run_report(report);
    CHECK(contains(page, "default-src 'none'"));
    CHECK_FALSE(contains(page, "http:"));
    CHECK_FALSE(contains(page, "https:"));
    CHECK_FALSE(contains(page, "//"));
}
