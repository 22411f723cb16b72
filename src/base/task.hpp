// Task<T>: a lazily started coroutine that the engine awaits, so that long work reads as straight code.
//
// Not here: threads, schedulers, timers. Everything runs on the thread that resumes it (the engine's worker; the test).
// A Task owns its coroutine and starts when awaited or given to `spawn`. OneShot<T> is where a callback from outside
// (the runtime answering) resumes a waiting coroutine. Nothing throws; failure travels in T = Result<...>.
//
//   Task<Result<int>> twice(Session& s) { auto a = co_await s.run(); if (!a) co_return std::unexpected(a.error()); co_return 2 * *a; }
//   spawn(serve());
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace trilens {

template <class T>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
      return self.promise().continuation;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  Final final_suspend() const noexcept { return {}; }
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& u) {
    value.emplace(std::forward<U>(u));
  }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() const noexcept { return false; }
      // Runs the task here and suspends only if it did. A row of tasks that end at once needs no more stack than one: where
      // the compiler cannot turn a transfer into a tail call (WebAssembly, sanitizers), handing over by handle would.
      bool await_suspend(std::coroutine_handle<> caller) const noexcept {
        handle.resume();
        if (handle.done()) return false;
        handle.promise().continuation = caller;
        return true;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    return Awaiter{handle_};
  }

 private:
  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// Starts at once and destroys itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

inline Detached run_detached(Task<void> task) { co_await std::move(task); }

}  // namespace detail

// Runs a task to its end in the background; whatever it captured must outlive it.
inline void spawn(Task<void> task) { detail::run_detached(std::move(task)); }

// A value that arrives once, from outside. Copies share one state; resolve() resumes the waiter on the caller's stack.
// A second resolve() is ignored. At most one coroutine waits.
template <class T>
class OneShot {
 public:
  OneShot() : state_(std::make_shared<State>()) {}

  void resolve(T value) const {
    if (state_->value) return;
    state_->value.emplace(std::move(value));
    if (auto waiter = std::exchange(state_->waiter, {})) waiter.resume();
  }

  auto operator co_await() const noexcept {
    struct Awaiter {
      std::shared_ptr<State> state;
      bool await_ready() const noexcept { return state->value.has_value(); }
      void await_suspend(std::coroutine_handle<> waiter) const noexcept { state->waiter = waiter; }
      T await_resume() const { return std::move(*state->value); }
    };
    return Awaiter{state_};
  }

 private:
  struct State {
    std::optional<T> value;
    std::coroutine_handle<> waiter;
  };
  std::shared_ptr<State> state_;
};

// For tests and for ports that answer at once: runs the task now and hands out its value.
// Precondition: the task never waits for anything outside (else the program ends, rather than hang).
template <class T>
T run_now(Task<T> task) {
  std::optional<T> out;
  spawn([](Task<T> inner, std::optional<T>& slot) -> Task<void> { slot.emplace(co_await std::move(inner)); }(std::move(task), out));
  if (!out) std::terminate();
  return std::move(*out);
}

}  // namespace trilens
