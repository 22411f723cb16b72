// Turns: coroutines that share something (a model's sessions and caches) take it one after another, first come first served.
//
// Not here: fairness beyond that order, priorities. One thread. The Turns object outlives its holders.
//
//   auto turn = co_await turns.take();  // released when `turn` goes out of scope
#pragma once

#include <deque>
#include <utility>

#include "base/task.hpp"

namespace trilens::lab {

class Turns {
 public:
  class [[nodiscard]] Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->pass_on();
    }

   private:
    Turns* turns_;
  };

  Task<Turn> take() {
    if (std::exchange(taken_, true)) {
      OneShot<bool> mine;
      waiting_.push_back(mine);
      co_await mine;
    }
    co_return Turn(*this);
  }

 private:
  void pass_on() {
    if (waiting_.empty()) {
      taken_ = false;
      return;
    }
    const OneShot<bool> next = std::move(waiting_.front());
    waiting_.pop_front();
    next.resolve(true);  // stays taken: it goes from hand to hand
  }

  bool taken_ = false;
  std::deque<OneShot<bool>> waiting_;
};

}  // namespace trilens::lab
