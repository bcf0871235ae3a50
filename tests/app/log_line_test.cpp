#include "sae/app/log_line.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace sae;

TEST_CASE("a line of the log is a JSON object that gives each double back") {
    const IterationRecord record{12, 15, {1.0 / 3, 0.1, 1e-17}, 2.0 / 7, 0.7, 0.25};
    const std::string line = log_line(record);
    CHECK(line.find('\n') == std::string::npos);
    const auto object = nlohmann::json::parse(line);
    CHECK(object.size() == 9);
    CHECK(object["iteration"] == 12);
    CHECK(object["evaluations"] == 15);
    CHECK(object["cost"].get<double>() == record.cost.total());
    CHECK(object["reconstruction"].get<double>() == 1.0 / 3);
    CHECK(object["weight_decay"].get<double>() == 0.1);
    CHECK(object["sparsity"].get<double>() == 1e-17);
    CHECK(object["gradient_norm"].get<double>() == 2.0 / 7);
    CHECK(object["step"].get<double>() == 0.7);
    CHECK(line.ends_with(",\"seconds\":0.25}"));
    CHECK(line.starts_with("{\"iteration\":12,\"evaluations\":15,\"cost\":"));
}

TEST_CASE("a line of the log is JSON whatever the numbers") {
    IterationRecord record;
    record.gradient_norm = std::numeric_limits<double>::infinity();
    CHECK(nlohmann::json::parse(log_line(record))["gradient_norm"].is_null());
}
