#include "harness/demo/site.h"

#include "harness/demo/log.h"
#include "harness/demo/options.h"

#include <exception>
#include <string>

namespace callgate::demo {
namespace {

constexpr std::size_t kDefaultWork = 1024;
constexpr std::size_t kMostWork = std::size_t{1} << 20;

}  // namespace

Response Site::answer(const Request& request, Channel& channel, std::size_t mutator) {
    metrics_.requests.fetch_add(1, std::memory_order_relaxed);
    const auto mark = request.target.find('?');
    const std::string_view path = request.target.substr(0, mark);
    const std::string_view query = mark == std::string_view::npos ? "" : request.target.substr(mark + 1);
    if (path == "/") return {200, config_.take()->greeting + "\n"};
    if (path == "/work") return work(query, mutator);
    if (path == "/heap") return heap_page();
    if (path == "/key-update") return key_update(channel);
    return {404, "no such page\n"};
}

Response Site::work(std::string_view query, std::size_t mutator) {
    std::size_t bytes = kDefaultWork;
    if (!query.empty()) {
        const auto asked = query.starts_with("bytes=") ? parse_number(query.substr(6), 1, kMostWork) : std::nullopt;
        if (!asked) return {400, "bytes is not a number from 1 to " + std::to_string(kMostWork) + "\n"};
        bytes = *asked;
    }
    if (!collector_.make_room(mutator)) return {503, "the heap is full\n"};
    const std::uint64_t number = metrics_.requests.load(std::memory_order_relaxed);
    Object* const session = heap_.new_session(bytes, number);
    if (session == nullptr) return {503, "no memory\n"};
    std::size_t blocks = 0;
    for (const Object* object = session; object != nullptr; object = object->next) ++blocks;
    heap_.cache(session);
    return {200, "allocated " + std::to_string(blocks) + " blocks\n"};
}

Response Site::heap_page() const {
    const HeapStats stats = heap_.stats();
    return {200, "occupied=" + std::to_string(stats.occupied) + "\nlimit=" + std::to_string(stats.limit) +
                     "\nchunks=" + std::to_string(stats.chunks) + "\ncached=" + std::to_string(stats.cached_sessions) +
                     "\ncollections=" + std::to_string(stats.collections) + "\n"};
}

Response Site::key_update(Channel& channel) {
    if (!channel.request_key_update()) return {409, "a key update needs TLS 1.3\n"};
    if (!rotate_ticket_key()) return {500, "the ticket key could not be saved\n"};
    return {200, "keys updated\n"};
}

bool Site::rotate_ticket_key() {
    try {
        tickets_.rotate();
        metrics_.key_rotations.fetch_add(1, std::memory_order_relaxed);
        return true;
    } catch (const std::exception& error) {
        log_line(std::string("ticket key not rotated: ") + error.what());
        return false;
    }
}

}  // namespace callgate::demo
