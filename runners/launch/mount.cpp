#include "runners/launch/mount.h"

#include "harness/ports/read.h"

#include <fmt/format.h>

#include <sys/mount.h>

#include <cerrno>
#include <utility>

namespace callgate::runners {

namespace {

class TmpfsMount final : public ports::Mount {
public:
    explicit TmpfsMount(std::string directory) : directory_{std::move(directory)} {}
    TmpfsMount(const TmpfsMount&) = delete;
    TmpfsMount& operator=(const TmpfsMount&) = delete;
    /// Whoever still has a file of it open keeps it, but nobody finds it any more.
    ~TmpfsMount() override { ::umount2(directory_.c_str(), MNT_DETACH); }

private:
    std::string directory_;
};

}  // namespace

core::Result<std::unique_ptr<ports::Mount>> mount_memory(const std::string& directory, std::uint64_t bytes) {
    const auto options = fmt::format("size={},mode=0755", bytes);
    if (::mount("callgate", directory.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0) {
        return std::unique_ptr<ports::Mount>{std::make_unique<TmpfsMount>(directory)};
    }
    const auto error = core::system_error(fmt::format("cannot mount a tmpfs of {}", ports::size_text(bytes)), errno);
    return core::fail(error.message + "; run callgate as root, in a container with --cap-add SYS_ADMIN");
}

}  // namespace callgate::runners
