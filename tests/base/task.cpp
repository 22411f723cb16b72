#include "base/task.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace trilens {
namespace {

Task<int> number(int n) { co_return n; }

Task<int> sum(int n) {
  int total = 0;
  for (int i = 1; i <= n; ++i) total += co_await number(i);
  co_return total;
}

Task<Result<int>> half_of(int n) {
  if (n % 2 != 0) co_return fail(ErrorCode::invalid_argument, "odd");
  co_return n / 2;
}

Task<Result<int>> quarter_of(int n) {
  const auto half = co_await half_of(n);
  if (!half) co_return std::unexpected(half.error());
  co_return co_await half_of(*half);
}

Task<void> wait_for(OneShot<std::string> answer, std::vector<std::string>& log) {
  log.push_back("asked");
  log.push_back(co_await answer);
}

struct Counted {
  explicit Counted(int& n) : alive(&n) { ++*alive; }
  Counted(const Counted& other) : alive(other.alive) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive; }
  int* alive;
};

Task<std::unique_ptr<int>> owned(Counted held) { co_return std::make_unique<int>(*held.alive); }

}  // namespace

TEST_CASE("a task gives its value, and awaits others") {
  CHECK(run_now(number(7)) == 7);
  CHECK(run_now(sum(10)) == 55);
}

TEST_CASE("many awaited tasks in a row need no deep stack") { CHECK(run_now(sum(50'000)) == 1'250'025'000); }

TEST_CASE("failure travels in the value") {
  CHECK(run_now(quarter_of(8)).value() == 2);
  CHECK(run_now(quarter_of(6)).error().message == "odd");
}

TEST_CASE("a task that is never awaited never starts, and frees what it holds") {
  int alive = 0;
  {
    const auto task = owned(Counted(alive));
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
  CHECK(*run_now(owned(Counted(alive))) >= 1);
  CHECK(alive == 0);
}

TEST_CASE("a spawned task waits for an answer from outside and goes on when it comes") {
  std::vector<std::string> log;
  const OneShot<std::string> answer;
  spawn(wait_for(answer, log));
  CHECK(log == std::vector<std::string>{"asked"});
  answer.resolve("answered");
  CHECK(log == std::vector<std::string>{"asked", "answered"});
  answer.resolve("again");
  CHECK(log.size() == 2);
}

TEST_CASE("an answer that is there already is taken at once") {
  std::vector<std::string> log;
  const OneShot<std::string> answer;
  answer.resolve("early");
  spawn(wait_for(answer, log));
  CHECK(log == std::vector<std::string>{"asked", "early"});
}

TEST_CASE("a moved task is still the same task") {
  Task<int> first = number(1);
  Task<int> second = number(2);
  first = std::move(second);
  CHECK(run_now(std::move(first)) == 2);
}

TEST_CASE("error codes have stable names") {
  CHECK(code_name(ErrorCode::invalid_argument) == "invalid_argument");
  CHECK(code_name(ErrorCode::tokenizer_unsupported) == "tokenizer_unsupported");
  CHECK(code_name(ErrorCode::internal) == "internal");
}

}  // namespace trilens
