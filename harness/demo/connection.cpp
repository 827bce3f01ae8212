#include "harness/demo/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace callgate::demo {
namespace {

using State = Transfer::State;

constexpr std::size_t kReadSize = 16384;
/// A client that asks for fresh keys again and again costs a flush to disk each time.
constexpr int kMostRekeys = 100;

}  // namespace

Connection::Connection(std::unique_ptr<Channel> channel, std::string peer, Site& site, AccessLog& log,
                       std::size_t mutator)
    : channel_(std::move(channel)),
      peer_(std::move(peer)),
      site_(site),
      log_(log),
      mutator_(mutator),
      last_active_(Clock::now()) {}

Connection::Next Connection::advance(Clock::time_point now) {
    last_active_ = now;
    for (;;) {
        if (!out_.empty()) {
            if (const Next next = flush(); !out_.empty() || next == Next::ended) return next;
        }
        if (last_answer_ && !half_closed_) {
            if (!draining_) return Next::ended;
            return half_close();
        }
        if (!half_closed_ && take_request()) continue;
        const std::size_t before = in_.size() + body_left_;
        const Next next = receive();
        if (next == Next::ended) return next;
        if (in_.size() + body_left_ != before) continue;
        // Nothing is left to read, so an idle connection has no request under way either.
        if (draining_ && !half_closed_ && served_ && in_.empty() && body_left_ == 0) return half_close();
        return next;
    }
}

bool Connection::take_request() {
    const std::size_t skipped = std::min(body_left_, in_.size());
    in_.erase(0, skipped);
    body_left_ -= skipped;
    if (in_.empty() || body_left_ > 0) return false;
    const Parsed parsed = parse_request(in_);
    if (parsed.bad) {
        refuse(parsed.bad->status);
        return true;
    }
    if (!parsed.request) return false;
    respond(*parsed.request);
    body_left_ = parsed.request->body_size;
    in_.erase(0, parsed.request->head_size);
    return true;
}

void Connection::respond(const Request& request) {
    served_ = true;
    last_answer_ = draining_ || !request.keep_alive;
    const Response response = site_.answer(request, *channel_, mutator_);
    out_ = format_response(response, request.method == "HEAD", !last_answer_);
    std::string what(request.method);
    what.append(" ").append(request.target).append(" ").append(request.version);
    record(what, response);
}

void Connection::refuse(int status) {
    last_answer_ = true;
    const Response response{status, std::string(reason_phrase(status)) + "\n"};
    out_ = format_response(response, false, false);
    record("-", response);
}

void Connection::record(const std::string& what, const Response& response) {
    log_.write(timestamp() + " " + peer_ + (channel_->is_tls() ? " https \"" : " http \"") + what + "\" " +
               std::to_string(response.status) + " " + std::to_string(response.body.size()) + "\n");
}

Connection::Next Connection::flush() {
    std::size_t sent = 0;
    Next next = Next::writable;
    while (sent < out_.size()) {
        const Transfer transfer = channel_->write(std::string_view(out_).substr(sent));
        sent += transfer.bytes;
        if (transfer.state == State::closed) return Next::ended;
        if (transfer.state == State::moved) continue;
        next = transfer.state == State::want_read ? Next::readable : Next::writable;
        break;
    }
    out_.erase(0, sent);
    return next;
}

Connection::Next Connection::receive() {
    std::array<char, kReadSize> buffer;
    const Transfer transfer = channel_->read(buffer);
    if (!rotate_after_rekeys() || transfer.state == State::closed) return Next::ended;
    // After the half-close only the end of the stream is of interest.
    if (transfer.state == State::moved && !half_closed_) in_.append(buffer.data(), transfer.bytes);
    return transfer.state == State::want_write ? Next::writable : Next::readable;
}

bool Connection::rotate_after_rekeys() {
    for (int count = channel_->take_client_rekeys(); count > 0; --count) {
        if (++rekeys_ > kMostRekeys) return false;
        site_.rotate_ticket_key();
    }
    return true;
}

Connection::Next Connection::half_close() {
    half_closed_ = true;
    if (channel_->half_close()) return Next::readable;
    log_line("cannot half-close a connection", errno);
    return Next::ended;
}

}  // namespace callgate::demo
