#include "harness/demo/heap.h"

#include "harness/demo/log.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace callgate::demo {
namespace {

constexpr std::size_t kBlockSize = 256;
constexpr std::size_t kReserveChunks = 4;

std::size_t round_up(std::size_t value, std::size_t unit) {
    return (value + unit - 1) / unit * unit;
}

/// The collector meets the same refusal in every cycle; the log needs it once.
void report_once(std::atomic<bool>& reported, const char* what) {
    const int error = errno;
    if (!reported.exchange(true)) log_line(what, error);
}

/// The end of the last marked object; clears the marks.
std::size_t unmark(std::byte* start, std::size_t used) {
    std::size_t end = 0;
    for (std::size_t at = 0; at < used;) {
        auto* const object = reinterpret_cast<Object*>(start + at);
        at += object->size;
        if (object->marked) end = at;
        object->marked = false;
    }
    return end;
}

/// How large the chunk is afterwards.
std::size_t cut_tail(std::byte* start, std::size_t size, std::size_t used) {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    static std::atomic<bool> reported = false;
    const std::size_t wanted = round_up(used, page);
    if (wanted == size) return size;
    if (::mremap(start, size, wanted, 0) != MAP_FAILED) return wanted;
    report_once(reported, "collector: cannot shrink a chunk");
    return size;
}

}  // namespace

Heap::~Heap() {
    for (const auto* list : {&chunks_, &reserve_}) {
        for (const Chunk& chunk : *list) ::munmap(chunk.start, chunk.size);
    }
}

bool Heap::add_chunk() {
    if (!reserve_.empty()) {
        chunks_.push_back(reserve_.back());
        reserve_.pop_back();
    } else {
        void* const start = ::mmap(nullptr, kChunkSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) return false;
        chunks_.push_back({static_cast<std::byte*>(start), kChunkSize, 0});
    }
    retired_ = false;
    return true;
}

Object* Heap::allocate(std::size_t size) {
    if (retired_ || chunks_.back().size - chunks_.back().used < size) {
        if (!add_chunk()) return nullptr;
    }
    Chunk& chunk = chunks_.back();
    auto* const object = reinterpret_cast<Object*>(chunk.start + chunk.used);
    *object = {nullptr, static_cast<std::uint32_t>(size), false};
    chunk.used += size;
    occupied_ += size;
    return object;
}

Object* Heap::new_session(std::size_t bytes, std::uint64_t tag) {
    const std::lock_guard lock(mutex_);
    Object* first = nullptr;
    for (std::size_t done = 0; done < bytes || first == nullptr; done += kBlockSize) {
        Object* const object = allocate(kBlockSize);
        if (object == nullptr) return nullptr;
        std::memcpy(object + 1, &tag, sizeof tag);
        object->next = first;
        first = object;
    }
    return first;
}

void Heap::cache(Object* session) {
    std::size_t bytes = 0;
    for (const Object* object = session; object != nullptr; object = object->next) bytes += object->size;
    const std::lock_guard lock(mutex_);
    cache_.push_back({session, bytes});
    cached_bytes_ += bytes;
    while (cached_bytes_ > limit_ / 4) {
        cached_bytes_ -= cache_.front().bytes;
        cache_.pop_front();
    }
}

bool Heap::full() const {
    const std::lock_guard lock(mutex_);
    return occupied_ >= limit_;
}

HeapStats Heap::stats() const {
    const std::lock_guard lock(mutex_);
    return {occupied_, limit_, chunks_.size() + reserve_.size(), cache_.size(), collections_};
}

void Heap::mark() const {
    for (const Session& session : cache_) {
        for (Object* object = session.first; object != nullptr; object = object->next) object->marked = true;
    }
}

void Heap::release(const Chunk& chunk) {
    if (chunk.size == kChunkSize && reserve_.size() < kReserveChunks) {
        static std::atomic<bool> reported = false;
        if (::madvise(chunk.start, chunk.size, MADV_DONTNEED) != 0) {
            report_once(reported, "collector: cannot give memory back");
        }
        reserve_.push_back({chunk.start, chunk.size, 0});
    } else {
        ::munmap(chunk.start, chunk.size);
    }
}

void Heap::sweep() {
    const std::lock_guard lock(mutex_);
    mark();
    std::vector<Chunk> kept;
    occupied_ = 0;
    for (Chunk& chunk : chunks_) {
        chunk.used = unmark(chunk.start, chunk.used);
        if (chunk.used == 0) {
            release(chunk);
            continue;
        }
        // Chunks are filled once: what follows the last survivor would stay unused for as long as that lives.
        chunk.size = cut_tail(chunk.start, chunk.size, chunk.used);
        occupied_ += chunk.used;
        kept.push_back(chunk);
    }
    chunks_.swap(kept);
    retired_ = true;
    ++collections_;
}

}  // namespace callgate::demo
