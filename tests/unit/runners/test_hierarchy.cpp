#include "harness/core/files.h"
#include "runners/squeeze/hierarchy.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace callgate::runners {

namespace {

/// A directory that looks like mounted control groups.
class Groups {
public:
    Groups() : directory_{*core::TempDir::make("callgate-test")} {}

    [[nodiscard]] std::string root() const { return directory_.path().string(); }

    void make(const std::string& group, const std::string& controllers = {}) const {
        std::filesystem::create_directories(directory_.path() / group);
        if (!controllers.empty())
            std::ofstream{directory_.path() / group / "cgroup.controllers"} << controllers << '\n';
    }

    /// A line of /proc/self/mountinfo for `folder`.
    [[nodiscard]] std::string mount(const std::string& folder, const std::string& type, const std::string& options,
                                    const std::string& shown = "/") const {
        return fmt::format("34 30 0:31 {} {}/{} rw,relatime shared:9 - {} cgroup rw,{}\n", shown, root(), folder, type,
                           options);
    }

private:
    core::TempDir directory_;
};

}  // namespace

TEST_CASE("a controller of cgroup v1 is found in its own hierarchy", "[runners]") {
    const Groups groups;
    groups.make("memory/ci/job");
    const auto mounts = groups.mount("unified", "cgroup2", "nsdelegate") + groups.mount("memory", "cgroup", "memory");
    const auto found = find_hierarchy("memory", mounts, "9:cpu,cpuacct:/x\n4:memory:/ci/job\n0::/y\n");
    REQUIRE(found);
    CHECK(found->version == 1);
    CHECK(found->own == groups.root() + "/memory/ci/job");
    CHECK(found->parent == found->own);
}

TEST_CASE("a path that the mount does not show stands for the mount itself", "[runners]") {
    const Groups groups;
    groups.make("memory/inner");
    const auto memory = groups.mount("memory", "cgroup", "memory");
    CHECK(find_hierarchy("memory", memory, "4:memory:/elsewhere/job\n")->own == groups.root() + "/memory");
    const auto part = groups.mount("memory", "cgroup", "memory", "/docker/abc");
    CHECK(find_hierarchy("memory", part, "4:memory:/docker/abc/inner\n")->own == groups.root() + "/memory/inner");
}

TEST_CASE("a new group of cgroup v2 stands beside the process's own, or below the root", "[runners]") {
    const Groups groups;
    groups.make("v2", "cpu memory pids");
    groups.make("v2/user/job", "memory pids");
    groups.make("v2/user", "memory pids");
    const auto mounts = groups.mount("v2", "cgroup2", "nsdelegate");
    const auto nested = find_hierarchy("memory", mounts, "0::/user/job\n");
    REQUIRE(nested);
    CHECK(nested->version == 2);
    CHECK(nested->own == groups.root() + "/v2/user/job");
    CHECK(nested->parent == groups.root() + "/v2/user");
    const auto root = find_hierarchy("pids", mounts, "0::/\n");
    REQUIRE(root);
    CHECK(root->own == root->parent);
}

TEST_CASE("a host without the controller is told with the remedy", "[runners]") {
    const Groups groups;
    groups.make("v2", "hugetlb");
    const std::string remedy =
        "run callgate as root, in a container with --privileged, or below a systemd unit with Delegate=yes";
    CHECK(find_hierarchy("memory", groups.mount("v2", "cgroup2", "nsdelegate"), "0::/\n").error().message ==
          fmt::format("the 'memory' controller of cgroup v2 is not there in {}/v2: {}", groups.root(), remedy));
    CHECK(find_hierarchy("memory", "22 1 254:0 / / rw - ext4 /dev/vda rw\n", "0::/\n").error().message ==
          "no control groups are mounted here, so there is no 'memory' controller: " + remedy);
    CHECK(!find_hierarchy("memory", "garbage\n - \n", "::\nx\n").has_value());
}

}  // namespace callgate::runners
