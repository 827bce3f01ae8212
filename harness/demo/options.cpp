#include "harness/demo/options.h"

#include "harness/demo/heap.h"

#include <charconv>
#include <limits>
#include <map>
#include <set>

namespace callgate::demo {

const std::string_view kUsage =
    "Usage: callgate-demo-server --certificate FILE --key FILE --state DIR [OPTION...]\n"
    "A small HTTP and HTTPS server on 127.0.0.1, the demo workload of callgate.\n"
    "\n"
    "  --http PORT          port for HTTP, 0 for any free one (default 8080)\n"
    "  --https PORT         port for HTTPS, 0 for any free one (default 8443)\n"
    "  --certificate FILE   certificate chain, PEM\n"
    "  --key FILE           private key, PEM, without a passphrase\n"
    "  --state DIR          where server.pid, state.json and ticket.key are kept\n"
    "  --log FILE           access log (default DIR/access.log)\n"
    "  --config FILE        lines of key=value; keys: greeting, idle-timeout\n"
    "  --workers N          threads that serve, 1 to 64 (default 4)\n"
    "  --heap-limit BYTES   collect garbage beyond this (default 536870912, also DEMO_HEAP_LIMIT)\n"
    "  --version N          behave as version 1 (the default) or 2, whose system calls are not all the same\n"
    "  --help, --version\n"
    "\n"
    "Pages: /  /work[?bytes=N]  /heap  /key-update (TLS 1.3)\n"
    "Signals: SIGHUP reloads; SIGTERM and SIGINT drain and save; SIGQUIT ends at once, saving nothing.\n";

namespace {

std::size_t number(std::string_view name, std::string_view text, std::size_t least, std::size_t most) {
    if (const auto value = parse_number(text, least, most)) return *value;
    throw InputError(std::string(name) + ": '" + std::string(text) + "' is not a number from " + std::to_string(least) +
                     " to " + std::to_string(most));
}

std::uint16_t port(std::string_view name, std::string_view text) {
    return static_cast<std::uint16_t>(number(name, text, 0, std::numeric_limits<std::uint16_t>::max()));
}

std::size_t heap_limit_of(std::string_view name, std::string_view text) {
    return number(name, text, kSmallestHeapLimit, std::size_t{1} << 40);
}

using Text = std::string_view;
using Assign = void (*)(Options& options, Text name, Text value);

const std::map<Text, Assign> kNames = {
    {"--http", [](Options& o, Text name, Text value) { o.http_port = port(name, value); }},
    {"--https", [](Options& o, Text name, Text value) { o.https_port = port(name, value); }},
    {"--certificate", [](Options& o, Text, Text value) { o.certificate = value; }},
    {"--key", [](Options& o, Text, Text value) { o.key = value; }},
    {"--state", [](Options& o, Text, Text value) { o.state_directory = value; }},
    {"--log", [](Options& o, Text, Text value) { o.access_log = value; }},
    {"--config", [](Options& o, Text, Text value) { o.config = value; }},
    {"--workers", [](Options& o, Text name, Text value) { o.workers = number(name, value, 1, 64); }},
    {"--heap-limit", [](Options& o, Text name, Text value) { o.heap_limit = heap_limit_of(name, value); }},
    {"--version", [](Options& o, Text name, Text value) { o.release = number(name, value, 1, 2); }},
};

void check_complete(const Options& options) {
    if (options.certificate.empty()) throw InputError("--certificate is missing");
    if (options.key.empty()) throw InputError("--key is missing");
    if (options.state_directory.empty()) throw InputError("--state is missing");
    if (options.http_port != 0 && options.http_port == options.https_port) {
        throw InputError("--http and --https: both are port " + std::to_string(options.http_port));
    }
}

}  // namespace

std::optional<std::size_t> parse_number(std::string_view text, std::size_t least, std::size_t most) {
    std::size_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stopped != end || value < least || value > most) return std::nullopt;
    return value;
}

Options parse_options(int argc, const char* const* argv, const char* heap_limit) {
    Options options;
    if (heap_limit != nullptr) options.heap_limit = heap_limit_of("DEMO_HEAP_LIMIT", heap_limit);
    std::set<std::string_view> seen;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--help" || (argument == "--version" && i + 1 == argc)) {
            options.action = argument == "--help" ? Options::Action::help : Options::Action::version;
            return options;
        }
        const auto equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        if (!kNames.contains(name)) throw InputError("'" + std::string(name) + "' is not an option; see --help");
        if (!seen.insert(name).second) throw InputError(std::string(name) + " is given twice");
        std::string_view value;
        if (equals != std::string_view::npos) {
            value = argument.substr(equals + 1);
        } else if (++i < argc) {
            value = argv[i];
        }
        if (value.empty()) throw InputError(std::string(name) + ": a value is missing");
        kNames.at(name)(options, name, value);
    }
    check_complete(options);
    if (options.access_log.empty()) options.access_log = options.state_directory + "/access.log";
    return options;
}

}  // namespace callgate::demo
