#include "harness/engine/as_planned.h"

namespace callgate::engine {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void replace_all(std::string& text, const std::string& value, const std::string& by, bool is_number) {
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
        const auto end = at + value.size();
        if (is_number && end < text.size() && is_digit(text[end])) {
            at = end;
            continue;
        }
        text.replace(at, value.size(), by);
        at += by.size();
    }
}

}  // namespace

std::string as_planned(std::string text, const ports::Variables& variables) {
    for (const auto& [name, value] : variables) {
        if (value.empty()) continue;
        const auto written = "${" + name + "}";
        if (name == "workdir") replace_all(text, value, written, false);
        if (name.rfind("port.", 0) == 0) replace_all(text, ":" + value, ":" + written, true);
    }
    return text;
}

}  // namespace callgate::engine
