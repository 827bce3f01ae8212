#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace callgate::demo {

/// The mutators of the managed heap, and stopping them all. A worker is *inside* while it may hold references that the
/// collector cannot see, that is while it answers a request; outside it may block for as long as it likes.
class World {
public:
    explicit World(std::size_t mutators);

    /// Waits while the world is stopped. Costs two plain memory accesses otherwise.
    void enter(std::size_t mutator);
    void leave(std::size_t mutator);

    /// A safepoint: the mutator holds no reference here and lets a collection pass.
    void poll(std::size_t mutator);

    /// Returns when every mutator is outside; throws std::system_error when that cannot be known. Collector only.
    void stop();
    void resume();

private:
    struct alignas(64) Slot {
        std::atomic<bool> inside = false;
    };

    std::size_t count_;
    std::unique_ptr<Slot[]> slots_;
    std::atomic<bool> stopped_ = false;
    bool registered_ = false;
    std::mutex mutex_;
    std::condition_variable resumed_;
};

}  // namespace callgate::demo
