#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace callgate::demo {

/// A value that a reload replaces while others use it: they keep what they took until they let it go. Any thread.
template <class Value>
class Published {
public:
    explicit Published(std::shared_ptr<Value> value) : value_(std::move(value)) {}

    [[nodiscard]] std::shared_ptr<Value> take() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }
    void replace(std::shared_ptr<Value> value) {
        const std::lock_guard lock(mutex_);
        value_.swap(value);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<Value> value_;
};

}  // namespace callgate::demo
