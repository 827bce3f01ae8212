#pragma once

#include "harness/model/event.h"

namespace callgate::ports {

/// Hears what happens during a run, on the thread that runs it.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void on_event(const model::Event& event) = 0;
};

}  // namespace callgate::ports
