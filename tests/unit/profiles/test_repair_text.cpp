// What a repair does to the text.
#include "profiles/repair.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

model::Proposal repaired(const std::string& text, const std::vector<model::Call>& calls) {
    return repair(profile_of(text), calls);
}

constexpr auto kSorted = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {
      "names": [
        "close",
        "mmap",
        "write"
      ],
      "action": "SCMP_ACT_ALLOW"
    }
  ]
}
)";

}  // namespace

TEST_CASE("names go to their place in a sorted list", "[profiles]") {
    const auto proposal = repaired(kSorted, calls_named({"mkdir", "accept4", "writev", "mkdir"}));
    CHECK(proposal.complete);
    CHECK(proposal.notes.empty());
    CHECK(proposal.profile == "p.json");
    CHECK(proposal.added == std::vector<std::string>{"accept4", "mkdir", "writev"});
    CHECK(proposal.text == R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {
      "names": [
        "accept4",
        "close",
        "mkdir",
        "mmap",
        "write",
        "writev"
      ],
      "action": "SCMP_ACT_ALLOW"
    }
  ]
}
)");
    CHECK(proposal.diff == R"(--- p.json
+++ p.json
@@ -3,9 +3,12 @@
   "syscalls": [
     {
       "names": [
+        "accept4",
         "close",
+        "mkdir",
         "mmap",
-        "write"
+        "write",
+        "writev"
       ],
       "action": "SCMP_ACT_ALLOW"
     }
)");
}

TEST_CASE("names go to the end of an unsorted list, in a row where the list is one", "[profiles]") {
    const auto proposal = repaired(R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
 {"names":["write","read"],"action":"SCMP_ACT_ALLOW"}]})",
                                   calls_named({"openat", "mkdir"}));
    CHECK(proposal.complete);
    CHECK(proposal.text == R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
 {"names":["write","read","mkdir","openat"],"action":"SCMP_ACT_ALLOW"}]})");
    CHECK(proposal.diff == R"(--- p.json
+++ p.json
@@ -1,2 +1,2 @@
 {"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
- {"names":["write","read"],"action":"SCMP_ACT_ALLOW"}]}
\ No newline at end of file
+ {"names":["write","read","mkdir","openat"],"action":"SCMP_ACT_ALLOW"}]}
\ No newline at end of file
)");
}

TEST_CASE("a profile that permits everything asked for stays as it is", "[profiles]") {
    const auto proposal = repaired(kSorted, calls_named({"mmap"}));
    CHECK(proposal.complete);
    CHECK(proposal.text == kSorted);
    CHECK(proposal.diff.empty());
    CHECK(proposal.added.empty());
}

TEST_CASE("line ends, tabs and commas in front are kept", "[profiles]") {
    const auto [before, after] = GENERATE(table<std::string, std::string>({
        {"{\r\n\t\"defaultAction\": \"SCMP_ACT_ERRNO\",\r\n\t\"syscalls\": [{\"names\": [\r\n\t\t\"read\"\r\n\t], "
         "\"action\": "
         "\"SCMP_ACT_ALLOW\"}]\r\n}\r\n",
         "{\r\n\t\"defaultAction\": \"SCMP_ACT_ERRNO\",\r\n\t\"syscalls\": [{\"names\": "
         "[\r\n\t\t\"mkdir\",\r\n\t\t\"read\"\r\n\t], "
         "\"action\": \"SCMP_ACT_ALLOW\"}]\r\n}\r\n"},
        {"{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n \"syscalls\": [{\"names\": [ \"write\"\n , \"read\"\n ], "
         "\"action\": "
         "\"SCMP_ACT_ALLOW\"}]}",
         "{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n \"syscalls\": [{\"names\": [ \"write\"\n , \"read\"\n , "
         "\"mkdir\"\n ], "
         "\"action\": \"SCMP_ACT_ALLOW\"}]}"},
        {"{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n \"syscalls\": [{\"names\": [\"read\", \"close\",\n    \"write\", "
         "\"brk\"], "
         "\"action\": \"SCMP_ACT_ALLOW\"}]}",
         "{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n \"syscalls\": [{\"names\": [\"read\", \"close\",\n    \"write\", "
         "\"brk\", "
         "\"mkdir\"], \"action\": \"SCMP_ACT_ALLOW\"}]}"},
    }));
    const auto proposal = repaired(before, calls_named({"mkdir"}));
    CHECK(proposal.complete);
    CHECK(proposal.text == after);
}

TEST_CASE("where nothing is permitted yet a rule is added in the file's own layout", "[profiles]") {
    const auto [before, after] = GENERATE(table<std::string, std::string>({
        {R"({
   "defaultAction": "SCMP_ACT_ERRNO"
}
)",
         R"({
   "defaultAction": "SCMP_ACT_ERRNO",
   "syscalls": [
      {
         "names": [
            "mkdir",
            "read"
         ],
         "action": "SCMP_ACT_ALLOW"
      }
   ]
}
)"},
        {R"({"defaultAction": "SCMP_ACT_KILL", "syscalls": null})",
         R"({"defaultAction": "SCMP_ACT_KILL", "syscalls": [{"names": ["mkdir", "read"], "action": "SCMP_ACT_ALLOW"}]})"},
        {R"({"syscalls":[],"defaultAction":"SCMP_ACT_KILL"})",
         R"({"syscalls":[{"names":["mkdir","read"],"action":"SCMP_ACT_ALLOW"}],"defaultAction":"SCMP_ACT_KILL"})"},
        {R"({
	"defaultAction": "SCMP_ACT_ERRNO",
	"syscalls": [
		{
			"action": "SCMP_ACT_LOG",
			"names": [
				"openat"
			]
		}
	]
}
)",
         R"({
	"defaultAction": "SCMP_ACT_ERRNO",
	"syscalls": [
		{
			"action": "SCMP_ACT_LOG",
			"names": [
				"openat"
			]
		},
		{
			"action": "SCMP_ACT_ALLOW",
			"names": [
				"mkdir",
				"read"
			]
		}
	]
}
)"},
        {R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["mkdir"], "action": "SCMP_ACT_KILL"}
  ]
})",
         R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["mkdir", "read"], "action": "SCMP_ACT_ALLOW"}
  ]
})"},
        {R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["openat"], "action": "SCMP_ACT_KILL"},
    {"names": ["mkdir"], "action": "SCMP_ACT_KILL"}
  ]
})",
         R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["openat"], "action": "SCMP_ACT_KILL"},
    {"names": ["mkdir", "read"], "action": "SCMP_ACT_ALLOW"}
  ]
})"},
    }));
    const auto proposal = repaired(before, calls_named({"read", "mkdir"}));
    CHECK(proposal.complete);
    CHECK(proposal.text == after);
}

TEST_CASE("the profile inside of a config.json is repaired in place", "[profiles]") {
    const auto proposal = repaired(R"({"hostname": "a", "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO"}}})",
                                   calls_named({"read"}));
    CHECK(proposal.complete);
    CHECK(
        proposal.text ==
        R"({"hostname": "a", "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}}})");
}

TEST_CASE("a diff names files that a shell or patch would stumble over", "[profiles]") {
    const auto [name, header] = GENERATE(table<std::string, std::string>({
        {"a/p.json", "--- a/p.json\n+++ a/p.json\n@@"},
        {"a b.json", "--- a b.json\t\n+++ a b.json\t\n@@"},
        {"a\n+++ /etc/passwd", "--- \"a\\012+++ /etc/passwd\"\n+++ \"a\\012+++ /etc/passwd\"\n@@"},
    }));
    const auto proposal = repair(profile_of(kSorted, name), calls_named({"mkdir"}));
    CHECK(proposal.diff.substr(0, header.size()) == header);
}

TEST_CASE("far changes are hunks of their own", "[profiles]") {
    std::string text = "{\n\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\"syscalls\": [{\"names\": [\n";
    for (int i = 0; i < 20; ++i) text += "\"read\",\n";
    text += "\"write\"\n], \"action\": \"SCMP_ACT_ALLOW\"}]\n}\n";
    CHECK(repaired(text, calls_named({"accept", "writev"})).diff == R"(--- p.json
+++ p.json
@@ -1,6 +1,7 @@
 {
 "defaultAction": "SCMP_ACT_ERRNO",
 "syscalls": [{"names": [
+"accept",
 "read",
 "read",
 "read",
@@ -21,6 +22,7 @@
 "read",
 "read",
 "read",
-"write"
+"write",
+"writev"
 ], "action": "SCMP_ACT_ALLOW"}]
 }
)");
}

}  // namespace callgate::profiles
