#pragma once

#include "harness/demo/heap.h"
#include "harness/demo/world.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

namespace callgate::demo {

/// The thread that collects garbage, when a worker asks for it.
class Collector {
public:
    Collector(Heap& heap, World& world);
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;
    ~Collector();

    /// Makes room if the heap is full; false when it still is full afterwards. The mutator waits for the collection
    /// and must hold no reference.
    bool make_room(std::size_t mutator);

private:
    void run();
    void collect();

    Heap& heap_;
    World& world_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t finished_ = 0;
    bool requested_ = false;
    bool ending_ = false;
    bool reported_ = false;
    std::atomic<bool> failing_ = false;  ///< the last collection did not come about
    std::thread thread_;
};

}  // namespace callgate::demo
