#include "harness/demo/world.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>

namespace callgate::demo {
namespace {

// libc has no function for it.
void membarrier(int command) {
    if (::syscall(SYS_membarrier, command, 0, 0) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot stop the workers: membarrier");
    }
}

}  // namespace

World::World(std::size_t mutators) : count_(mutators), slots_(std::make_unique<Slot[]>(mutators)) {}

void World::enter(std::size_t mutator) {
    std::atomic<bool>& inside = slots_[mutator].inside;
    for (;;) {
        inside.store(true, std::memory_order_relaxed);
        // The store must be seen before stopped_ is read. The collector pays for that order, in stop(), because
        // requests are many and collections are few.
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if (!stopped_.load(std::memory_order_acquire)) return;
        inside.store(false, std::memory_order_release);
        std::unique_lock lock(mutex_);
        resumed_.wait(lock, [this] { return !stopped_.load(std::memory_order_relaxed); });
    }
}

void World::leave(std::size_t mutator) {
    slots_[mutator].inside.store(false, std::memory_order_release);
}

void World::poll(std::size_t mutator) {
    if (!stopped_.load(std::memory_order_relaxed)) return;
    leave(mutator);
    enter(mutator);
}

void World::stop() {
    if (!registered_) {
        membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
        registered_ = true;
    }
    stopped_.store(true, std::memory_order_seq_cst);
    try {
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    } catch (...) {
        resume();
        throw;
    }
    const std::span slots(slots_.get(), count_);
    do {
        // They need the processor more than we do to get to their safepoints.
        ::sched_yield();
    } while (std::ranges::any_of(slots, [](const Slot& s) { return s.inside.load(std::memory_order_acquire); }));
}

void World::resume() {
    {
        const std::lock_guard lock(mutex_);
        stopped_.store(false, std::memory_order_release);
    }
    resumed_.notify_all();
}

}  // namespace callgate::demo
