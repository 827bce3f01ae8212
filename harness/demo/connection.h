#pragma once

#include "harness/demo/channel.h"
#include "harness/demo/log.h"
#include "harness/demo/site.h"

#include <chrono>
#include <memory>
#include <string>

namespace callgate::demo {

/// One client. The worker calls advance() when the socket is ready; one thread.
class Connection {
public:
    using Clock = std::chrono::steady_clock;
    enum class Next { readable, writable, ended };  ///< what to wait for

    Connection(std::unique_ptr<Channel> channel, std::string peer, Site& site, AccessLog& log, std::size_t mutator);

    Next advance(Clock::time_point now);

    /// No more requests: an idle connection is half-closed now, a busy one after its answer. To be followed by
    /// advance().
    void drain() { draining_ = true; }

    [[nodiscard]] int fd() const { return channel_->fd(); }
    [[nodiscard]] Clock::time_point last_active() const { return last_active_; }

private:
    /// False when more bytes are needed first.
    bool take_request();
    void respond(const Request& request);
    void refuse(int status);
    void record(const std::string& what, const Response& response);
    bool rotate_after_rekeys();
    Next flush();
    Next receive();
    Next half_close();

    std::unique_ptr<Channel> channel_;
    std::string peer_;
    Site& site_;
    AccessLog& log_;
    std::size_t mutator_;
    Clock::time_point last_active_;
    std::string in_;
    std::string out_;
    std::size_t body_left_ = 0;
    int rekeys_ = 0;
    bool served_ = false;       ///< at least one request
    bool last_answer_ = false;  ///< nothing follows what is in out_
    bool half_closed_ = false;
    bool draining_ = false;
};

}  // namespace callgate::demo
