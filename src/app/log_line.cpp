#include "sae/app/log_line.hpp"

#include "sae/app/number_text.hpp"

namespace sae {

std::string log_line(const IterationRecord& record) {
    std::string text = "{\"iteration\":" + std::to_string(record.iteration) +
                       ",\"evaluations\":" + std::to_string(record.evaluations);
    const auto add = [&](const char* key, double number) {
        text += ",\"";
        text += key;
        text += "\":";
        text += json_text(number);
    };
    add("cost", record.cost.total());
    add("reconstruction", record.cost.reconstruction);
    add("weight_decay", record.cost.weight_decay);
    add("sparsity", record.cost.sparsity);
    add("gradient_norm", record.gradient_norm);
    add("step", record.step);
    add("seconds", record.seconds);
    text += '}';
    return text;
}

}  // namespace sae
