#include "reports/latencies.h"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

namespace callgate::reports {

namespace {

using Buckets = std::vector<model::LatencyBucket>;

}  // namespace

TEST_CASE("latencies are drawn in columns of doubling times", "[reports]") {
    CHECK(latency_picture(Buckets{{0.3, 100}, {0.5, 60}, {0.9, 80}, {3.9, 1}}) == "0.25 ms █▄ ▁ 4 ms");
    CHECK(latency_picture(Buckets{{2, 7}}) == "1 ms █ 2 ms");
}

TEST_CASE("without a request there is nothing to draw", "[reports]") {
    CHECK(latency_picture({}).empty());
    CHECK(latency_picture(Buckets{{1, 0}}).empty());
}

TEST_CASE("latencies beyond the scale stand at its ends", "[reports]") {
    CHECK(latency_picture(Buckets{{0, 1}}) == "0.00390625 ms █ 0.0078125 ms");
    CHECK(latency_picture(Buckets{{std::numeric_limits<double>::infinity(), 1}}) == "4.1943e+06 ms █ 8.38861e+06 ms");
}

}  // namespace callgate::reports
