#include "scenarios/inspector.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace callgate::scenarios {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::error_code;
using Json = nlohmann::json;

/// How often a waiting operation looks whether the user wants to stop.
constexpr core::Milliseconds kLook{50};
constexpr std::size_t kLargestMessage = std::size_t{4} * 1024 * 1024;

class InspectorConnection final : public Inspector {
public:
    InspectorConnection(const http::Endpoint& endpoint, const core::Cancel& cancel)
        : endpoint_{endpoint}, cancel_{cancel} {}

    core::Status open(core::SteadyTime deadline) {
        auto path = socket_path(deadline);
        if (!path) return core::fail(path.error());
        auto connected = connect(socket_.next_layer(), deadline);
        if (!connected) return connected;
        socket_.read_message_max(kLargestMessage);
        const auto error =
            wait(deadline, [&](auto done) { socket_.async_handshake(endpoint_.text(), *path, std::move(done)); });
        return status(error, "the inspector does not speak WebSocket");
    }

    core::Status call(const std::string& method, core::SteadyTime deadline) override {
        try {
            return ask(method, deadline);
        } catch (const std::exception& error) {
            return core::fail(fmt::format("cannot understand the inspector: {}", error.what()));
        }
    }

private:
    using Socket = beast::websocket::stream<beast::tcp_stream>;

    /// Starts an operation and runs it to its end, to the deadline or to the user's wish to stop.
    template <typename Start>
    error_code wait(core::SteadyTime deadline, Start start) {
        std::optional<error_code> result;
        auto& lowest = socket_.next_layer();
        lowest.expires_at(deadline);
        start([&result](error_code error, auto&&... /*sizes*/) { result = error; });
        io_.restart();
        while (!result) {
            io_.run_one_for(kLook);
            if (cancel_.requested()) lowest.cancel();
        }
        lowest.expires_never();
        return *result;
    }

    static core::Status status(error_code error, std::string_view what) {
        if (!error) return {};
        if (error == beast::error::timeout) return core::fail(fmt::format("{}: no answer in time", what));
        return core::fail(fmt::format("{}: {}", what, error.message()));
    }

    core::Status connect(beast::tcp_stream& stream, core::SteadyTime deadline) {
        std::vector<asio::ip::tcp::endpoint> addresses;
        for (const auto& address : endpoint_.addresses()) {
            addresses.emplace_back(asio::ip::make_address(address), endpoint_.port);
        }
        if (addresses.empty()) return core::fail(fmt::format("'{}' is not an address of this host", endpoint_.host));
        const auto error = wait(deadline, [&](auto done) {
            stream.async_connect(addresses, [done](error_code e, const asio::ip::tcp::endpoint&) mutable { done(e); });
        });
        return status(error, fmt::format("no inspector at {}", endpoint_.text()));
    }

    /// "/de8b…", from the first of the targets that /json/list shows.
    core::Result<std::string> socket_path(core::SteadyTime deadline) {
        auto& stream = socket_.next_layer();
        auto connected = connect(stream, deadline);
        if (!connected) return core::fail(connected.error());
        beast::http::request<beast::http::empty_body> request{beast::http::verb::get, "/json/list", 11};
        request.set(beast::http::field::host, endpoint_.text());
        request.set(beast::http::field::connection, "close");
        beast::http::response<beast::http::string_body> response;
        beast::flat_buffer buffer;
        const std::string_view what = "the inspector does not list its sockets";
        auto asked = status(
            wait(deadline, [&](auto done) { beast::http::async_write(stream, request, std::move(done)); }), what);
        if (!asked) return core::fail(asked.error());
        asked = status(
            wait(deadline, [&](auto done) { beast::http::async_read(stream, buffer, response, std::move(done)); }),
            what);
        if (!asked) return core::fail(asked.error());
        stream.close();
        const auto targets = Json::parse(response.body(), nullptr, false);
        if (!targets.is_array() || targets.empty() || !targets[0].is_object()) {
            return core::fail(fmt::format("{}: {} answers something else", what, endpoint_.text()));
        }
        const auto url = targets[0].value("webSocketDebuggerUrl", std::string{});
        constexpr std::string_view kScheme = "ws://";
        const auto slash = url.starts_with(kScheme) ? url.find('/', kScheme.size()) : std::string::npos;
        if (slash == std::string::npos) {
            return core::fail(fmt::format("the inspector at {} has no free socket: somebody else is connected to it",
                                          endpoint_.text()));
        }
        return url.substr(slash);
    }

    core::Status ask(const std::string& method, core::SteadyTime deadline) {
        const auto id = ++last_id_;
        const auto text = Json{{"id", id}, {"method", method}}.dump();
        auto sent = status(wait(deadline, [&](auto done) { socket_.async_write(asio::buffer(text), std::move(done)); }),
                           method);
        if (!sent) return sent;
        // What comes without our number is an event.
        while (true) {
            beast::flat_buffer buffer;
            auto heard =
                status(wait(deadline, [&](auto done) { socket_.async_read(buffer, std::move(done)); }), method);
            if (!heard) return heard;
            const auto answer = Json::parse(beast::buffers_to_string(buffer.data()), nullptr, false);
            if (!answer.is_object() || answer.value("id", std::int64_t{0}) != id) continue;
            if (!answer.contains("error")) return {};
            return core::fail(fmt::format("{}: {}", method, answer["error"].value("message", std::string{"refused"})));
        }
    }

    http::Endpoint endpoint_;
    const core::Cancel& cancel_;
    asio::io_context io_;
    Socket socket_{io_};
    std::int64_t last_id_ = 0;
};

}  // namespace

core::Result<std::unique_ptr<Inspector>> Inspector::connect(const http::Endpoint& endpoint, const core::Cancel& cancel,
                                                            core::SteadyTime deadline) {
    try {
        auto connection = std::make_unique<InspectorConnection>(endpoint, cancel);
        auto opened = connection->open(deadline);
        if (!opened) return core::fail(opened.error());
        return std::unique_ptr<Inspector>{std::move(connection)};
    } catch (const std::exception& error) {
        return core::fail(fmt::format("no inspector at {}: {}", endpoint.text(), error.what()));
    }
}

}  // namespace callgate::scenarios
