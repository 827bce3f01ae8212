#include "scenarios/http/latency.h"
#include "scenarios/http/load.h"
#include "scenarios/http/url.h"

#include <catch2/catch.hpp>

namespace callgate::scenarios::http {

TEST_CASE("a URL is taken apart", "[scenarios]") {
    const auto [text, host, port, target, authority] =
        GENERATE(table<std::string, std::string, int, std::string, std::string>({
            {"http://localhost", "localhost", 80, "/", "localhost"},
            {"https://127.0.0.1/a/b?c=d", "127.0.0.1", 443, "/a/b?c=d", "127.0.0.1"},
            {"http://[::1]:8080/x", "::1", 8080, "/x", "[::1]:8080"},
            {"http://h:81?q", "h", 81, "/?q", "h:81"},
        }));
    const auto url = parse_url(text);
    REQUIRE(url);
    CHECK(url->endpoint.host == host);
    CHECK(url->endpoint.port == port);
    CHECK(url->target == target);
    CHECK(url->authority == authority);
    CHECK(url->tls == text.starts_with("https"));
}

TEST_CASE("percentiles are known to within one percent", "[scenarios]") {
    LatencyHistogram histogram;
    CHECK(histogram.percentile_ms(99) == 0);
    for (int i = 1; i <= 10'000; ++i) histogram.add(std::chrono::microseconds{i * 10});
    CHECK(histogram.count() == 10'000);
    CHECK(histogram.percentile_ms(50) == Approx(50).epsilon(0.01));
    CHECK(histogram.percentile_ms(99) == Approx(99).epsilon(0.01));
    CHECK(histogram.percentile_ms(100) == Approx(100).epsilon(0.01));
    LatencyHistogram extreme;
    extreme.add(std::chrono::nanoseconds{-5});
    extreme.add(std::chrono::hours{24 * 365});
    CHECK(extreme.percentile_ms(1) == 0);
    CHECK(extreme.percentile_ms(100) > 1e9);
}

TEST_CASE("failures are told with the most frequent first", "[scenarios]") {
    CHECK(describe_failures({}).empty());
    CHECK(describe_failures({{"a", 1}, {"b", 5}, {"c", 2}, {"d", 1}, {"e", 1}}) == "b (5), c (2), a (1), others (2)");
}

TEST_CASE("a request holds what was asked for and nothing twice", "[scenarios]") {
    LoadSpec spec;
    spec.url = *parse_url("http://localhost:8080/a");
    CHECK(request_text(spec) ==
          "GET /a HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: callgate\r\nAccept: */*\r\n\r\n");
    spec.method = "POST";
    spec.keep_alive = false;
    spec.headers = {{"host", "example.org"}, {"Accept", "text/html"}};
    CHECK(request_text(spec) ==
          "POST /a HTTP/1.1\r\nUser-Agent: callgate\r\nhost: example.org\r\nAccept: text/html\r\n"
          "Connection: close\r\nContent-Length: 0\r\n\r\n");
}

}  // namespace callgate::scenarios::http
