// All of Boost.Asio and Beast that the scenarios use: they take long to compile.
#include "scenarios/http/load.h"
#include "scenarios/http/pace.h"
#include "scenarios/http/tally.h"
#include "scenarios/tls/context.h"
#include "scenarios/wording.h"

// One thread runs each io_context, so nothing needs Asio's fences; ThreadSanitizer does not know them.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1  // NOLINT(readability-identifier-naming): Asio's name

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <limits>
#include <memory>
#include <type_traits>

namespace callgate::scenarios::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// More at once overflow a listen queue, and a dropped SYN costs a second.
constexpr std::size_t kConnectingAtOnce = 128;
/// After a failed connection: a server that is gone is asked often, not in a busy loop.
constexpr core::Milliseconds kPause{20};

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// A body of any size: counted, and kept as far as it is looked at.
struct CountedBody {
    struct value_type {  // NOLINT(readability-identifier-naming): the name Beast looks for
        std::uint64_t size = 0;
        std::size_t keep = 0;
        std::string kept;
    };

    class reader {  // NOLINT(readability-identifier-naming): the name Beast looks for
    public:
        template <bool IsRequest, class Fields>
        reader(beast::http::header<IsRequest, Fields>& /*header*/, value_type& body) : body_{body} {}

        void init(const boost::optional<std::uint64_t>& /*length*/, error_code& error) { error = {}; }

        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& error) {
            error = {};
            std::size_t size = 0;
            for (const auto buffer : beast::buffers_range_ref(buffers)) {
                const std::string_view bytes{static_cast<const char*>(buffer.data()), buffer.size()};
                body_.kept += bytes.substr(0, body_.keep - body_.kept.size());
                size += bytes.size();
            }
            body_.size += size;
            return size;
        }

        void finish(error_code& error) { error = {}; }

    private:
        value_type& body_;
    };
};

/// One user: a connection with at most one request under way.
class Client {
public:
    virtual ~Client() = default;
    virtual void start() = 0;
    virtual void proceed(Pace::Turn turn) = 0;  ///< what Load::wait() led to
    virtual void wake() = 0;                    ///< ends a pause
    virtual void drop() = 0;                    ///< ends whatever is under way
};

/// What the clients share: the request, the budget, the result.
class Load {
public:
    Load(const LoadSpec& spec, const LoadLimits& limits)
        : spec_{spec},
          limits_{limits},
          request_{request_text(spec)},
          pace_{limits.count, limits.rate},
          tally_{spec, limits} {}
    ~Load() { release_descriptors(); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    LoadResult run();

    [[nodiscard]] const LoadSpec& spec() const { return spec_; }
    [[nodiscard]] const std::string& request() const { return request_; }
    [[nodiscard]] const std::vector<Tcp::endpoint>& endpoints() const { return endpoints_; }
    [[nodiscard]] asio::io_context& io() { return io_; }
    [[nodiscard]] asio::ssl::context& tls() { return tls_; }
    [[nodiscard]] bool dropped() const { return dropped_; }

    [[nodiscard]] Tally& tally() { return tally_; }

    Pace::Turn take();
    /// The client is told to proceed when the next request is due, or when there will be none.
    void wait(Client& client, core::SteadyTime due);
    /// A client's first attempt to connect is over: the next one may.
    void settled() {
        --connecting_;
        start_more();
    }
    void left() {
        --alive_;
        stop_when_idle();
    }

private:
    void prepare(std::string& problem);
    void make_clients();
    void wait_for(core::SteadyTime due);
    void hand_out();
    void start_more();
    void watch(asio::posix::stream_descriptor& descriptor, int fd, LoadResult::Ended why);
    void end(LoadResult::Ended why);
    void drop(LoadResult::Ended why);
    void stop_watching();
    void release_descriptors() noexcept;
    void stop_when_idle() {
        if (alive_ == 0 && !starting_ && (ending_ || started_ == clients_.size())) stop_watching();
    }

    const LoadSpec& spec_;
    const LoadLimits& limits_;
    const std::string request_;
    asio::io_context io_{1};
    asio::ssl::context tls_{asio::ssl::context::tls_client};
    asio::steady_timer timer_{io_};
    asio::steady_timer deadline_{io_};
    asio::steady_timer due_{io_};
    asio::posix::stream_descriptor cancel_{io_};
    asio::posix::stream_descriptor enough_{io_};
    asio::posix::stream_descriptor workload_{io_};
    std::vector<Tcp::endpoint> endpoints_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::size_t started_ = 0;
    std::size_t alive_ = 0;
    std::size_t connecting_ = 0;
    Pace pace_;
    std::vector<Client*> waiting_;  ///< for the next request to fall due
    Tally tally_;
    bool starting_ = false;
    bool ending_ = false;
    bool dropped_ = false;
};

template <class Stream>
class StreamClient final : public Client {
public:
    static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

    explicit StreamClient(Load& load) : load_{load}, pause_{load.io()} {}

    void start() override { next(); }
    void proceed(Pace::Turn turn) override {
        if (turn.what == Pace::What::none) return leave();
        if (turn.what == Pace::What::wait) {
            settle();
            return load_.wait(*this, turn.at);
        }
        began_ = turn.at;
        if (stream_) {
            fresh_ = false;
            send();
        } else {
            connect();
        }
    }
    void wake() override { pause_.cancel(); }
    void drop() override {
        pause_.cancel();
        close();
    }

private:
    void next() { proceed(load_.take()); }

    void leave() {
        close();
        settle();
        load_.left();
    }

    void settle() {
        if (!std::exchange(settled_, true)) load_.settled();
    }

    void connect() {
        fresh_ = true;
        buffer_.clear();
        if constexpr (kTls) {
            stream_.emplace(load_.io(), load_.tls());
        } else {
            stream_.emplace(load_.io());
        }
        lowest().expires_after(load_.spec().timeout);
        lowest().async_connect(load_.endpoints(), [this](error_code error, const Tcp::endpoint&) {
            if (error) return fail_connecting(error);
            error_code ignored;
            lowest().socket().set_option(Tcp::no_delay{true}, ignored);
            if constexpr (kTls) {
                shake_hands();
            } else {
                settle();
                send();
            }
        });
    }

    void shake_hands() {
        if constexpr (kTls) {
            const auto& endpoint = load_.spec().url.endpoint;
            tls::set_host(stream_->native_handle(), load_.spec().tls, endpoint.host, endpoint.is_address());
            stream_->async_handshake(asio::ssl::stream_base::client, [this](error_code error) {
                if (error) return fail_connecting(error);
                settle();
                if (const auto chosen = tls::chosen_protocol(stream_->native_handle());
                    !chosen.empty() && !chosen.starts_with("http/1.")) {
                    return fail_with(fmt::format("the server chose '{}' (ALPN), which is not HTTP/1.1", chosen));
                }
                send();
            });
        }
    }

    void send() {
        lowest().expires_after(load_.spec().timeout);
        asio::async_write(*stream_, asio::buffer(load_.request()), [this](error_code error, std::size_t) {
            if (error) return fail(error, false);
            receive();
        });
    }

    void receive() {
        parser_.emplace();
        // Not boost::none: Beast 1.74 compares a declared length with it, and none is less than any length.
        parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
        parser_->skip(load_.spec().method == "HEAD");
        parser_->get().body().keep = load_.tally().kept_of_bodies();
        beast::http::async_read(*stream_, buffer_, *parser_, [this](error_code error, std::size_t) {
            if (error) return fail(error, parser_->got_some());
            const auto status = parser_->get().result_int();
            // 100 Continue and 103 Early Hints announce the response (RFC 9110 section 15.2).
            if (status >= 100 && status < 200 && status != 101) return receive();
            judge(status);
        });
    }

    void judge(unsigned status) {
        if (load_.dropped()) return leave();
        const auto& body = parser_->get().body();
        load_.tally().answered(status, body.kept, body.size, now() - began_);
        if (!load_.spec().keep_alive || !parser_->keep_alive()) close();
        next();
    }

    void fail_connecting(error_code error) {
        settle();
        if (load_.dropped()) return leave();
        fail_with(describe(error, "no connection"));
    }

    /// The connection is of no use: another is tried in a moment.
    void fail_with(const std::string& why) {
        load_.tally().failed(why);
        close();
        pause_.expires_after(kPause);
        pause_.async_wait([this](error_code) { next(); });
    }

    void fail(error_code error, bool got_some) {
        close();
        if (load_.dropped()) return leave();
        const bool closed = error == beast::http::error::end_of_stream || error == asio::error::eof ||
                            error == asio::ssl::error::stream_truncated;
        const bool reset = error == asio::error::connection_reset || error == asio::error::broken_pipe;
        // A server may close an idle connection whenever it likes (RFC 9112 section 9.6): the request was never taken.
        if (!fresh_ && !got_some && (closed || reset)) return connect();
        if (error == beast::http::error::partial_message || (closed && got_some)) {
            load_.tally().failed("response cut short");
        } else if (closed) {
            load_.tally().failed("connection closed before a response");
        } else {
            load_.tally().failed(describe(error, "no response"));
        }
        next();
    }

    [[nodiscard]] std::string describe(error_code error, std::string_view timed_out) const {
        if (error == beast::error::timeout) {
            return fmt::format("{} within {} ms", timed_out, load_.spec().timeout.count());
        }
        return uncapitalised(error.message());
    }

    void close() {
        if (!stream_) return;
        lowest().close();
        // While an operation is under way its handler still needs the stream; connect() makes a new one.
        if (!load_.dropped()) stream_.reset();
    }

    beast::tcp_stream& lowest() { return beast::get_lowest_layer(*stream_); }

    Load& load_;
    asio::steady_timer pause_;
    std::optional<Stream> stream_;
    beast::flat_buffer buffer_;
    std::optional<beast::http::response_parser<CountedBody>> parser_;
    core::SteadyTime began_;
    bool fresh_ = true;  ///< the connection has not answered yet
    bool settled_ = false;
};

LoadResult Load::run() {
    const auto began = now();
    auto& problem = tally_.result().setup_problem;
    problem = lacking_descriptors(spec_.connections);
    if (problem.empty()) prepare(problem);
    if (!problem.empty()) return tally_.finish();

    watch(cancel_, limits_.cancel, LoadResult::Ended::cancelled);
    watch(enough_, limits_.enough, LoadResult::Ended::enough);
    watch(workload_, limits_.workload_ended, LoadResult::Ended::workload_ended);
    deadline_.expires_at(limits_.deadline);
    deadline_.async_wait([this](error_code error) {
        if (!error) drop(LoadResult::Ended::deadline);
    });
    if (limits_.duration) {
        pace_.end(began + *limits_.duration);
        timer_.expires_at(began + *limits_.duration);
        timer_.async_wait([this](error_code error) {
            if (!error) end(LoadResult::Ended::finished);
        });
    }
    make_clients();
    pace_.begin(began);
    start_more();
    io_.run();
    tally_.result().elapsed = std::chrono::duration_cast<core::Milliseconds>(now() - began);
    return tally_.finish();
}

void Load::prepare(std::string& problem) {
    auto hosts = spec_.url.endpoint.addresses();
    if (hosts.empty()) hosts.push_back(spec_.url.endpoint.host);
    error_code error;
    Tcp::resolver resolver{io_};
    for (const auto& host : hosts) {
        for (const auto& entry : resolver.resolve(host, std::to_string(spec_.url.endpoint.port), error)) {
            endpoints_.push_back(entry.endpoint());
        }
        if (error) problem = fmt::format("cannot resolve '{}': {}", host, uncapitalised(error.message()));
    }
    if (!spec_.url.tls || !problem.empty()) return;
    auto context = tls::make_context(spec_.tls, limits_.directory);
    if (context) {
        tls_ = asio::ssl::context{context->release()};
    } else {
        problem = context.error().message;
    }
}

void Load::make_clients() {
    auto count = spec_.connections;
    if (limits_.count) count = static_cast<std::size_t>(std::min<std::uint64_t>(count, *limits_.count));
    for (std::size_t i = 0; i < count; ++i) {
        if (spec_.url.tls) {
            clients_.push_back(std::make_unique<StreamClient<TlsStream>>(*this));
        } else {
            clients_.push_back(std::make_unique<StreamClient<PlainStream>>(*this));
        }
    }
}

void Load::start_more() {
    // A client that finds nothing left to do ends at once, and would come here again.
    if (std::exchange(starting_, true)) return;
    while (!ending_ && started_ < clients_.size() && connecting_ < kConnectingAtOnce) {
        ++connecting_;
        ++alive_;
        clients_[started_++]->start();
    }
    starting_ = false;
    stop_when_idle();
}

Pace::Turn Load::take() {
    while (true) {
        const auto turn = pace_.take(now());
        // Only an open loop is ever late. That no connection was free for so long is the server's answer too.
        if (turn.what != Pace::What::send || now() - turn.at < spec_.timeout) return turn;
        tally_.failed(fmt::format("not sent within {} ms, all connections were busy", spec_.timeout.count()));
    }
}

void Load::wait(Client& client, core::SteadyTime due) {
    waiting_.push_back(&client);
    if (waiting_.size() == 1) wait_for(due);
}

void Load::wait_for(core::SteadyTime due) {
    due_.expires_at(due);
    due_.async_wait([this](error_code error) {
        if (!error) hand_out();
    });
}

/// Gives what is due to those who wait, the one whose connection is the warmest first.
void Load::hand_out() {
    while (!waiting_.empty()) {
        const auto turn = take();
        if (turn.what == Pace::What::wait) return wait_for(turn.at);
        auto* client = waiting_.back();
        waiting_.pop_back();
        client->proceed(turn);
    }
}

void Load::watch(asio::posix::stream_descriptor& descriptor, int fd, LoadResult::Ended why) {
    if (fd < 0) return;
    descriptor.assign(fd);
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, why](error_code error) {
        if (!error) why == LoadResult::Ended::cancelled ? drop(why) : end(why);
    });
}

void Load::end(LoadResult::Ended why) {
    // At the end of its time an open loop still sends what is due.
    if (why != LoadResult::Ended::finished) pace_.stop();
    if (std::exchange(ending_, true)) return;
    tally_.result().ended = why;
    for (const auto& client : clients_) client->wake();
    hand_out();
    stop_when_idle();
}

void Load::drop(LoadResult::Ended why) {
    ending_ = true;
    dropped_ = true;
    tally_.result().ended = why;
    pace_.stop();
    for (const auto& client : clients_) client->drop();
    hand_out();
    stop_when_idle();
}

void Load::stop_watching() {
    timer_.cancel();
    deadline_.cancel();
    due_.cancel();
    release_descriptors();
}

/// They are borrowed: given back, not closed. That ends the waiting for them too.
void Load::release_descriptors() noexcept {
    for (auto* descriptor : {&cancel_, &enough_, &workload_}) {
        if (descriptor->is_open()) descriptor->release();
    }
}

}  // namespace

LoadResult run_load(const LoadSpec& spec, const LoadLimits& limits) {
    try {
        return Load{spec, limits}.run();
    } catch (const std::exception& error) {
        LoadResult result;
        result.setup_problem = fmt::format("cannot make requests: {}", uncapitalised(error.what()));
        return result;
    }
}

}  // namespace callgate::scenarios::http
