#include "harness/cli/progress.h"

#include "harness/cli/options.h"
#include "harness/core/printable.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

namespace callgate::cli {

namespace {

constexpr std::size_t kLineWidth = 78;
constexpr std::chrono::milliseconds kRedraw{200};

std::string seconds(core::Milliseconds time) {
    return fmt::format("{:.1f}s", static_cast<double>(time.count()) / 1000.0);
}

std::string refusals(std::uint64_t count) {
    return count == 0 ? std::string{} : fmt::format("  {} {}", count, count == 1 ? "refusal" : "refusals");
}

std::string load(double requests_per_second) {
    return requests_per_second < 1 ? std::string{} : fmt::format("  {:.0f} req/s", requests_per_second);
}

std::string who(const model::Event& event) {
    return core::printable(
        fmt::format("{}{}{}", event.profile, event.profile.empty() ? "" : " ", model::mode_name(event.mode)));
}

class Quiet final : public ports::EventSink {
public:
    void on_event(const model::Event&) override {}
};

class Lines final : public ports::EventSink {
public:
    explicit Lines(std::ostream& out) : out_{out} {}
    void on_event(const model::Event& event) override {
        if (event.kind != model::Event::Kind::case_finished) return;
        out_ << fmt::format("  [{}/{}] {}  {}  {}\n", event.index, event.total, who(event),
                            core::printable(event.scenario), model::outcome_name(event.outcome))
             << std::flush;
    }

private:
    std::ostream& out_;
};

/// Redraws its line from a thread of its own, so that the time moves while a step takes long.
class Live final : public ports::EventSink {
public:
    explicit Live(std::ostream& out) : out_{out}, drawer_{[this] { draw_until_done(); }} {}
    ~Live() override {
        {
            const std::scoped_lock lock{mutex_};
            done_ = true;
        }
        changed_.notify_all();
        drawer_.join();
        out_ << "\r\x1b[K" << std::flush;
    }
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    void on_event(const model::Event& event) override {
        {
            const std::scoped_lock lock{mutex_};
            event_ = event;
        }
        changed_.notify_all();
    }

private:
    void draw_until_done() {
        std::unique_lock lock{mutex_};
        while (!done_) {
            if (event_.total != 0) out_ << "\r\x1b[K" << line() << std::flush;
            changed_.wait_for(lock, kRedraw);
        }
    }

    [[nodiscard]] std::string line() const {
        const auto elapsed =
            std::chrono::duration_cast<core::Milliseconds>(std::chrono::steady_clock::now() - started_);
        auto text =
            fmt::format("[{}/{}] {}  {}", event_.index, event_.total, who(event_), core::printable(event_.scenario));
        if (!event_.step.empty()) text += " › " + core::printable(event_.step);
        const auto tail =
            fmt::format("  {}{}{}", seconds(elapsed), load(event_.requests_per_second), refusals(event_.refused));
        return core::shortened(text, kLineWidth - std::min(tail.size(), kLineWidth)) + tail;
    }

    std::ostream& out_;
    std::mutex mutex_;
    std::condition_variable changed_;
    model::Event event_;
    bool done_ = false;
    core::SteadyTime started_ = std::chrono::steady_clock::now();
    std::thread drawer_;  ///< last: it uses all of the above
};

}  // namespace

std::unique_ptr<ports::EventSink> make_progress(const Invocation& invocation, bool quiet) {
    if (quiet) return std::make_unique<Quiet>();
    if (invocation.err_is_terminal && invocation.environment.count("CI") == 0)
        return std::make_unique<Live>(invocation.err);
    return std::make_unique<Lines>(invocation.err);
}

}  // namespace callgate::cli
