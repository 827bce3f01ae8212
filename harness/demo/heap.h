#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace callgate::demo {

inline constexpr std::size_t kChunkSize = std::size_t{32} << 10;
inline constexpr std::size_t kSmallestHeapLimit = 8 * kChunkSize;

/// One block of the managed heap, header first. Blocks that belong together are a list.
struct Object {
    Object* next;
    std::uint32_t size;  ///< header included
    bool marked;
};

struct HeapStats {
    std::size_t occupied;  ///< bytes in use, garbage included
    std::size_t limit;
    std::size_t chunks;
    std::size_t cached_sessions;
    std::uint64_t collections;
};

/// A garbage-collected heap of session objects. Objects are never freed one by one: sweep() finds what the session
/// cache does not reach and gives whole chunks and chunk ends back to the kernel.
class Heap {
public:
    explicit Heap(std::size_t limit) : limit_(limit) {}
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    ~Heap();

    /// A new session of at least `bytes`, with `tag` copied into each block; null when the kernel gives no memory.
    /// It lives until the caller's next safepoint, or longer if it is cached.
    Object* new_session(std::size_t bytes, std::uint64_t tag);

    /// Keeps a session until newer ones push it out. The cache may fill a quarter of the heap.
    void cache(Object* session);

    [[nodiscard]] bool full() const;
    [[nodiscard]] HeapStats stats() const;

    /// Collects. Only while the world is stopped.
    void sweep();

private:
    struct Chunk {
        std::byte* start = nullptr;
        std::size_t size = 0;
        std::size_t used = 0;
    };
    struct Session {
        Object* first;
        std::size_t bytes;
    };

    Object* allocate(std::size_t size);
    bool add_chunk();
    void mark() const;
    void release(const Chunk& chunk);

    std::size_t limit_;
    mutable std::mutex mutex_;
    std::vector<Chunk> chunks_;   ///< the last one is being filled
    std::vector<Chunk> reserve_;  ///< empty, their pages given back
    std::deque<Session> cache_;
    std::size_t cached_bytes_ = 0;
    std::size_t occupied_ = 0;
    std::uint64_t collections_ = 0;
    bool retired_ = true;  ///< nothing may be added to the last chunk
};

}  // namespace callgate::demo
