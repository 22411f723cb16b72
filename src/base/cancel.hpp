// CancelToken: how the one who asked tells the one who works that it need not go on.
//
// Not here: what "stopped" means for a piece of work (it answers ErrorCode::cancelled). Copies share one state; one thread.
// A default-made token can be cancelled; work that nobody will ever stop just gets a fresh one.
//
//   CancelToken token;
//   auto bytes = runtime.fetch({.path = "assets/a.onnx", .cancel = token});  // elsewhere: token.cancel();
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace trilens {

class CancelToken {
 public:
  CancelToken() : state_(std::make_shared<State>()) {}

  [[nodiscard]] bool cancelled() const { return state_->cancelled; }

  // Runs the listeners once, in the order they came; later calls do nothing.
  void cancel() const {
    if (std::exchange(state_->cancelled, true)) return;
    const std::map<int, std::function<void()>> listeners = std::exchange(state_->listeners, {});
    for (const auto& [id, listener] : listeners) listener();
  }

  // Calls the listener when cancelled (never at once: ask cancelled() first). The number takes it off again.
  int listen(std::function<void()> listener) const {
    state_->listeners.emplace(++state_->last, std::move(listener));
    return state_->last;
  }
  void unlisten(int id) const { state_->listeners.erase(id); }

 private:
  struct State {
    bool cancelled = false;
    int last = 0;
    std::map<int, std::function<void()>> listeners;
  };
  std::shared_ptr<State> state_;
};

}  // namespace trilens
