#include "harness/demo/collector.h"

#include "harness/demo/log.h"

#include <pthread.h>

#include <string>
#include <system_error>

namespace callgate::demo {

namespace {

/// More than a worker ever loses what was freed to the others; an end all the same.
constexpr int kAttempts = 1000;

}  // namespace

Collector::Collector(Heap& heap, World& world) : heap_(heap), world_(world), thread_([this] { run(); }) {}

Collector::~Collector() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool Collector::make_room(std::size_t mutator) {
    // What one collection frees, other workers may take first.
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (!heap_.full()) return true;
        world_.leave(mutator);
        {
            std::unique_lock lock(mutex_);
            const std::uint64_t before = finished_;
            requested_ = true;
            changed_.notify_all();
            changed_.wait(lock, [&] { return finished_ != before; });
        }
        world_.enter(mutator);
        if (failing_) break;
    }
    return false;
}

void Collector::run() {
    pthread_setname_np(pthread_self(), "collector");
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return requested_ || ending_; });
        if (!requested_) return;
        requested_ = false;
        lock.unlock();
        collect();
        lock.lock();
        ++finished_;
        changed_.notify_all();
    }
}

void Collector::collect() {
    try {
        world_.stop();
        heap_.sweep();
        world_.resume();
        failing_ = false;
    } catch (const std::system_error& error) {
        if (!reported_) log_line(std::string("collector: ") + error.what());
        reported_ = true;
        failing_ = true;
    }
}

}  // namespace callgate::demo
