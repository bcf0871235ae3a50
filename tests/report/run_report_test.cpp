#include "sae/report/run_report.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "chart.hpp"
#include "page.hpp"
#include "sae/report/activation_summary.hpp"
#include "sae/report/words.hpp"

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

std::string page_of(const std::vector<IterationRecord>& records) {
    RunReport report;
    report.iterations = records;
    return run_report(report);
}

}  // namespace

TEST_CASE("a template: texts, sections, lists, what is missing, other templates") {
    const Json data{{"name", "<b>"},
                    {"no", false},
                    {"none", nullptr},
                    {"whole", 12345},
                    {"real", 0.123456},
                    {"empty", ""},
                    {"list", {{{"x", "1"}}, {{"x", "2"}}}},
                    {"texts", {"a", "b"}},
                    {"in", {{"x", "y"}}}};
    CHECK(expand("{{name}} {{{name}}}", data) == "&lt;b&gt; <b>");
    CHECK(expand("{{#list}}{{x}}{{name}},{{/list}}", data) == "1&lt;b&gt;,2&lt;b&gt;,");
    CHECK(expand("{{#texts}}{{.}};{{/texts}}", data) == "a;b;");
    CHECK(expand("{{#in}}{{x}}{{/in}}{{^in}}{{missing}}{{/in}}", data) == "y");
    CHECK(expand("{{#no}}{{missing}}{{/no}}{{#none}}1{{/none}}{{#empty}}2{{/empty}}{{#missing}}3{{/missing}}",
                 data)
              .empty());
    CHECK(expand("{{^no}}{{#in}}a{{/in}}{{/no}}{{^list}}b{{/list}}c", data) == "ac");
    CHECK(expand("{{whole}} {{{whole}}} {{real}} {{{real}}} {{none}}{{{none}}}", data) ==
          "12,345 12345 0.1235 0.123456 –");
    CHECK(expand("{{>picture.html}}", {{"alt", "a"}, {"base64", "b"}}) ==
          "<img alt=\"a\" src=\"data:image/png;base64,b\">");
    CHECK_THROWS_AS(expand("{{missing}}", data), std::logic_error);
    CHECK_THROWS_AS(expand("{{name", data), std::logic_error);
    CHECK_THROWS_AS(expand("{{#name}}", data), std::logic_error);
}

TEST_CASE("text cannot leave its place in the page") {
    CHECK(escape("<b a=\"x\" c='y'>&") == "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
    CHECK(escape("caf\xe9") == "caf\xef\xbf\xbd");
    RunReport report;
    const std::string hostile = "</title></style><script>alert(\"1\")</script><img src='x'>{{title}}\xff";
    report.name = report.train_data = report.test_data = report.outcome = report.model_sha256 = hostile;
    report.settings = report.made_by = {{hostile, hostile}};
    const std::string page = run_report(report);
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "<img"));
    CHECK_FALSE(contains(page, "\xff"));
    CHECK(count_of(page, "&lt;script&gt;alert(&quot;1&quot;)") == 10);
    CHECK(count_of(page, "{{title}}") == 10);
}

TEST_CASE("an option stays on one line") {
    CHECK(prose("A larger --max-iterations & --resume, run-1 -- x.") ==
          "A larger <span class=\"option\">--max-iterations</span> &amp; <span "
          "class=\"option\">--resume</span>, run-1 -- x.");
}

TEST_CASE("numbers as people read them") {
    CHECK(number(1.8344) == "1.834");
    CHECK(number(1e-4) == "0.0001");
    CHECK(number(2.5e-6) == "2.5e-6");
    CHECK(number(1.25e12) == "1.25e12");
    CHECK(number(0.0) == "0");
    CHECK(number(infinite) == "infinite");
    CHECK(number(std::nan("")) == "not a number");
    CHECK(count(7) == "7");
    CHECK(count(999) == "999");
    CHECK(count(-1000) == "-1,000");
    CHECK(count(-100) == "-100");
    CHECK(count(1234567) == "1,234,567");
    CHECK(counted(0, "rank") == "0 ranks");
    CHECK(counted(1, "rank") == "1 rank");
    CHECK(counted(1234, "rank") == "1,234 ranks");
}

TEST_CASE("times as people read them") {
    CHECK(duration_text(0.0352) == "0.035 s");
    CHECK(duration_text(9.96) == "10 s");
    CHECK(duration_text(59.7) == "1 min 0 s");
    CHECK(duration_text(200) == "3 min 20 s");
    CHECK(duration_text(3599.6) == "1 h 0 min");
    CHECK(duration_text(7500) == "2 h 5 min");
    CHECK(duration_text(std::nan("")) == "unknown");
}

TEST_CASE("pictures are inside, in base64 (RFC 4648, section 10)") {
    for (const auto& [plain, coded] : {std::pair("f", "Zg=="), std::pair("fo", "Zm8="),
                                       std::pair("foo", "Zm9v"), std::pair("foobar", "Zm9vYmFy")}) {
        CHECK(expand("{{>picture.html}}", picture(bytes(plain), "a \"text\"")) ==
              "<img alt=\"a &quot;text&quot;\" src=\"data:image/png;base64," + std::string(coded) + "\">");
    }
    CHECK(picture({}, "nothing").is_null());
}

TEST_CASE("a logarithmic axis ends on round numbers around its values") {
    CHECK(round_numbers(0.3, 7) == std::vector<double>{0.2, 0.5, 1, 2, 5, 10});
    CHECK(round_numbers(10, 10) == std::vector<double>{10, 20});
    CHECK(round_numbers(1e-3, 1e-3).front() == 1e-3);
    const auto ticks_of = [](double low, double high) {
        const std::vector<std::pair<double, double>> points{{0, low}, {1, high}};
        std::vector<double> ticks;
        const Json data = chart_data({"", "", "", "", "", {{"", "total", points}}});
        for (const Json& tick : data["ticks"]) ticks.push_back(tick["value"]);
        return ticks;
    };
    CHECK(ticks_of(0.3, 7) == std::vector<double>{0.2, 0.5, 1, 2, 5, 10});
    CHECK(ticks_of(0.03, 70) == std::vector<double>{0.1, 1, 10, 100});
    CHECK(ticks_of(1e-300, 1e300).size() <= 12);
}

TEST_CASE("a chart: gaps, labels apart, the edge") {
    CHECK(chart_data({}).is_null());
    const double nan = std::nan("");
    CHECK(chart_data({"", "", "", "", "", {{"a", "total", {{0, 0}, {1, infinite}}}}}).is_null());
    const Json data = chart_data({"",
                                  "",
                                  "",
                                  "",
                                  "",
                                  {{"a", "total", {{0, 10}, {0.25, 1}, {0.5, nan}, {1, 10}}},
                                   {"b", "decay", {{0, 1}, {1, 9.9}}},
                                   {"c", "dots", {{0.5, 1}, {1, -1}}}}});
    CHECK(data["curves"][0]["path"] == "M0 40L2500 2960M10000 40");
    CHECK(data["curves"][2]["path"] == "M5000 2960h0");
    REQUIRE(data["names"].size() == 2);
    CHECK(data["names"][0]["y"] == 40);
    CHECK(data["names"][1]["y"] == 210);
    const Json low = chart_data(
        {"", "", "", "", "", {{"a", "total", {{0, 100}, {1, 1}}}, {"b", "decay", {{0, 2}, {1, 1}}}}});
    CHECK(low["names"][0]["y"] == 2790);
    CHECK(low["names"][1]["y"] == 2960);
}

TEST_CASE("the cost chart draws the terms that are there") {
    const std::string page = page_of(falling(20));
    CHECK(contains(page, "cost: 50.25 at iteration 0, 2.631 at iteration 20."));
    CHECK(contains(page, "<path class=\"decay\""));
    CHECK_FALSE(contains(page, "<path class=\"sparsity\""));
    CHECK(contains(page, "<span>0</span><span>iteration</span><span>20</span>"));
}

TEST_CASE("the cost chart bears what is odd: nothing, one point, infinities, very many") {
    CHECK_FALSE(contains(page_of({}), "<h2>Cost"));
    std::vector<IterationRecord> records{{0, 1, {infinite, 0, 0}, 1, 1, 1}};
    CHECK_FALSE(contains(page_of(records), "<svg"));
    CHECK(contains(page_of(records), "<td data-label=\"Cost\" data-value=\"null\">infinite</td>"));
    records.push_back({1, 2, {3, 0, std::nan("")}, 1, 1, 1});
    records.push_back({2, 3, {2, 0, 0}, 1, 1, 1});
    const std::string page = page_of(records);
    CHECK(contains(page, "<svg"));
    CHECK_FALSE(contains(page, "nan "));
    CHECK_FALSE(contains(page, "inf "));
    CHECK(contains(page_of(falling(0)), "<svg"));
    CHECK(page_of(falling(100000)).size() < 100000);
}

TEST_CASE("mean activations are drawn against rho where there is one") {
    RunReport report;
    report.mean_activations = {0.5, 0.0, 0.02};
    report.hyperparameters = {1e-4, 0.05, 3};
    const std::string sparse = run_report(report);
    CHECK(contains(sparse, "<path class=\"rho\""));
    CHECK(contains(sparse, "from 0 to 0.5. A dashed line marks rho, 0.05."));
    CHECK(contains(sparse, "pulls all of them towards rho = 0.05; its weight beta is 3."));
    CHECK(count_of(sparse, "h0") == 3);
    CHECK(contains(sparse, "An autoencoder with 3 hidden units and a sparsity term."));
    report.hyperparameters.beta = 0;
    CHECK_FALSE(contains(run_report(report), "<path class=\"rho\""));
    CHECK(contains(run_report(report), "3 hidden units and no sparsity term."));
}

TEST_CASE("a summary of activations") {
    const ActivationSummary summary = summarise(std::vector<double>{0.4, 0.0009, 0.001, 0.2, 0.91});
    CHECK(summary.units == 5);
    CHECK(summary.nearly_never == 1);
    CHECK(summary.nearly_always == 1);
    CHECK(summary.mean == Approx(0.30238));
    CHECK(summary.median == Approx(0.2));
    CHECK(summary.lowest == 0.0009);
    CHECK(summary.highest == 0.91);
    CHECK(summarise({}).units == 0);
}

TEST_CASE("a run's report says how it ended, once, and leaves out what is not there") {
    RunReport report;
    report.name = "tiny";
    report.outcome = "Interrupted by a signal.";
    report.iterations = falling(12);
    report.train_error = 2.0;
    report.test_error = 3.0;
    const std::string page = run_report(report);
    CHECK(count_of(page, "Interrupted") == 1);
    CHECK(contains(page, "The training error is 2. The test error is 3, 1.5 times the training error."));
    for (const char* absent : {"<h2>Weights", "SHA-256", "<img", "<caption>Made by", "<script"})
        CHECK_FALSE(contains(page, absent));
    report.weights = report.test_input = report.test_decoded = bytes("w");
    report.model_sha256 = "abc";
    report.made_by = {{"program", "sae-mpi 1.0.0"}};
    const std::string more = run_report(report);
    for (const char* present : {"<h2>Weights", "<code>abc</code>", "<h3>The first test images",
                                "<caption>Made by", "<th scope=\"row\">program</th><td>sae-mpi 1.0.0</td>"})
        CHECK(contains(more, present));
    CHECK_FALSE(contains(more, "first training images"));
    CHECK_FALSE(contains(more, "are empty"));
    report.empty_cells = true;
    CHECK(contains(run_report(report), "Cells at the end of a grid"));
}

TEST_CASE("rho, beta, lambda and the errors are explained before they are used") {
    RunReport report;
    report.iterations = falling(1);
    report.train_error = report.test_error = 1.0;
    report.mean_activations = {0.5};
    report.hyperparameters.beta = 1;
    const std::string page = run_report(report);
    const auto terms = page.find("<dl class=\"terms\">");
    for (const char* word : {"Test error", "Training error", "Cost<", " rho ", " beta ", " lambda "})
        CHECK(page.find(word, page.find("<main>")) > terms);
}

TEST_CASE("a table of the cost has the first, the last, and 1, 2, 5 times powers of ten") {
    const std::string page = page_of(falling(123));
    for (const char* iteration : {"0", "1", "2", "5", "10", "20", "50", "100", "123"})
        CHECK(contains(page, "data-label=\"Iteration\" data-value=\"" + std::string(iteration) + "\">"));
    CHECK(count_of(page, "data-label=\"Iteration\"") == 9);
}

TEST_CASE("nothing in a page points to the network") {
    const std::string page = page_of(falling(3));
    CHECK(contains(page, "default-src 'none'"));
    CHECK_FALSE(contains(page, "http:"));
    CHECK_FALSE(contains(page, "https:"));
    CHECK_FALSE(contains(page, "//"));
}
