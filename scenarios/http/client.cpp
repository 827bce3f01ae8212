// All of Boost.Asio and Beast that the scenarios use: they take long to compile.
#include "scenarios/http/load.h"

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

#include <cctype>
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

std::string sentence(std::string message) {
    if (message.size() > 1 && std::islower(static_cast<unsigned char>(message[1])) != 0) {
        message.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(message.front())));
    }
    return message;
}

/// One user: a connection with at most one request under way.
class Client {
public:
    virtual ~Client() = default;
    virtual void start() = 0;
    virtual void wake() = 0;  ///< ends a pause
    virtual void drop() = 0;  ///< ends whatever is under way
};

/// What the clients share: the request, the budget, the result.
class Load {
public:
    Load(const LoadSpec& spec, const LoadLimits& limits)
        : spec_{spec}, limits_{limits}, request_{request_text(spec)}, timer_{io_}, deadline_{io_} {}
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

    /// True when there is one more request to make.
    bool take() {
        if (ending_ || (limits_.count && taken_ == *limits_.count)) return false;
        ++taken_;
        return true;
    }
    void succeeded(std::chrono::nanoseconds latency, std::uint64_t bytes) {
        result_.latency.add(latency);
        result_.bytes += bytes;
        finished_one();
    }
    void failed(const std::string& why) {
        constexpr std::size_t kDistinct = 100;
        ++result_.failed;
        ++result_.failures[result_.failures.size() < kDistinct ? why : "something else"];
        finished_one();
    }
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
    void prepare_endpoints();
    void prepare_tls();
    void make_clients();
    void start_more();
    void watch(asio::posix::stream_descriptor& descriptor, int fd, LoadResult::Ended why);
    void end(LoadResult::Ended why);
    void drop(LoadResult::Ended why);
    void stop_watching();
    void release_descriptors() noexcept;
    void stop_when_idle() {
        if (alive_ == 0 && !starting_ && (ending_ || started_ == clients_.size())) stop_watching();
    }
    void finished_one() {
        if (++result_.requests == 1 && limits_.on_first) limits_.on_first();
    }

    const LoadSpec& spec_;
    const LoadLimits& limits_;
    const std::string request_;
    asio::io_context io_{1};
    asio::ssl::context tls_{asio::ssl::context::tls_client};
    asio::steady_timer timer_;
    asio::steady_timer deadline_;
    asio::posix::stream_descriptor cancel_{io_};
    asio::posix::stream_descriptor enough_{io_};
    asio::posix::stream_descriptor workload_{io_};
    std::vector<Tcp::endpoint> endpoints_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::size_t started_ = 0;
    std::size_t alive_ = 0;
    std::size_t connecting_ = 0;
    std::uint64_t taken_ = 0;
    bool starting_ = false;
    bool ending_ = false;
    bool dropped_ = false;
    LoadResult result_;
};

template <class Stream>
class StreamClient final : public Client {
public:
    static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

    explicit StreamClient(Load& load) : load_{load}, pause_{load.io()} {}

    void start() override { next(); }
    void wake() override { pause_.cancel(); }
    void drop() override {
        pause_.cancel();
        close();
    }

private:
    void next() {
        if (!load_.take()) return leave();
        began_ = now();
        if (stream_) {
            fresh_ = false;
            send();
        } else {
            connect();
        }
    }

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
            const auto& spec = load_.spec();
            const auto& endpoint = spec.url.endpoint;
            const auto name = spec.server_name.empty() && !endpoint.is_address() ? endpoint.host : spec.server_name;
            // The macro of the OpenSSL headers casts away const.
            if (!name.empty()) {
                ::SSL_ctrl(stream_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                           const_cast<char*>(name.c_str()));
            }
            if (!spec.insecure) {
                stream_->set_verify_callback(asio::ssl::host_name_verification{name.empty() ? endpoint.host : name});
            }
            stream_->async_handshake(asio::ssl::stream_base::client, [this](error_code error) {
                if (error) return fail_connecting(error);
                settle();
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
        parser_->get().body().keep = load_.spec().body_contains.empty() ? 0 : kKeptBody;
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
        const auto& spec = load_.spec();
        const auto& body = parser_->get().body();
        if (!spec.status.contains(status)) {
            load_.failed(fmt::format("status {}", status));
        } else if (body.kept.find(spec.body_contains) == std::string::npos) {
            load_.failed("another body");
        } else {
            load_.succeeded(now() - began_, body.size);
        }
        if (!spec.keep_alive || !parser_->keep_alive()) close();
        next();
    }

    void fail_connecting(error_code error) {
        settle();
        if (load_.dropped()) return leave();
        load_.failed(describe(error, "no connection"));
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
            load_.failed("response cut short");
        } else if (closed) {
            load_.failed("connection closed before a response");
        } else {
            load_.failed(describe(error, "no response"));
        }
        next();
    }

    [[nodiscard]] std::string describe(error_code error, std::string_view timed_out) const {
        if (error == beast::error::timeout) {
            return fmt::format("{} within {} ms", timed_out, load_.spec().timeout.count());
        }
        return sentence(error.message());
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
    result_.setup_problem = lacking_descriptors(spec_.connections);
    if (result_.setup_problem.empty()) prepare_endpoints();
    if (!result_.setup_problem.empty()) return std::move(result_);
    if (spec_.url.tls) prepare_tls();

    watch(cancel_, limits_.cancel, LoadResult::Ended::cancelled);
    watch(enough_, limits_.enough, LoadResult::Ended::enough);
    watch(workload_, limits_.workload_ended, LoadResult::Ended::workload_ended);
    deadline_.expires_at(limits_.deadline);
    deadline_.async_wait([this](error_code error) {
        if (!error) drop(LoadResult::Ended::deadline);
    });
    if (limits_.duration) {
        timer_.expires_after(*limits_.duration);
        timer_.async_wait([this](error_code error) {
            if (!error) end(LoadResult::Ended::finished);
        });
    }
    make_clients();
    start_more();
    io_.run();
    result_.elapsed = std::chrono::duration_cast<core::Milliseconds>(now() - began);
    return std::move(result_);
}

void Load::prepare_endpoints() {
    const auto& endpoint = spec_.url.endpoint;
    for (const auto& address : endpoint.addresses()) {
        endpoints_.emplace_back(asio::ip::make_address(address), endpoint.port);
    }
    if (!endpoints_.empty()) return;
    error_code error;
    Tcp::resolver resolver{io_};
    for (const auto& entry : resolver.resolve(endpoint.host, std::to_string(endpoint.port), error)) {
        endpoints_.push_back(entry.endpoint());
    }
    if (error) result_.setup_problem = fmt::format("cannot resolve '{}': {}", endpoint.host, sentence(error.message()));
}

void Load::prepare_tls() {
    const auto version = spec_.tls_version;
    if (version != TlsVersion::any) {
        const int number = version == TlsVersion::v1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
        ::SSL_CTX_ctrl(tls_.native_handle(), SSL_CTRL_SET_MIN_PROTO_VERSION, number, nullptr);
        ::SSL_CTX_ctrl(tls_.native_handle(), SSL_CTRL_SET_MAX_PROTO_VERSION, number, nullptr);
    }
    if (!spec_.insecure) tls_.set_default_verify_paths();
    tls_.set_verify_mode(spec_.insecure ? asio::ssl::verify_none : asio::ssl::verify_peer);
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

void Load::watch(asio::posix::stream_descriptor& descriptor, int fd, LoadResult::Ended why) {
    if (fd < 0) return;
    descriptor.assign(fd);
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, why](error_code error) {
        if (error) return;
        if (why == LoadResult::Ended::cancelled) {
            drop(why);
        } else {
            end(why);
        }
    });
}

void Load::end(LoadResult::Ended why) {
    if (std::exchange(ending_, true)) return;
    result_.ended = why;
    for (const auto& client : clients_) client->wake();
    stop_when_idle();
}

void Load::drop(LoadResult::Ended why) {
    ending_ = true;
    dropped_ = true;
    result_.ended = why;
    for (const auto& client : clients_) client->drop();
    stop_when_idle();
}

void Load::stop_watching() {
    timer_.cancel();
    deadline_.cancel();
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
        result.setup_problem = fmt::format("cannot make requests: {}", sentence(error.what()));
        return result;
    }
}

}  // namespace callgate::scenarios::http
