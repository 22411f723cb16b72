#include "view/machine.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;
using view::Activity;

view::MachineView machine(const Page& page, Seat seat) {
  const view::Strings en = words("en");
  return view::build_machine(page.state(), seat, view::words_of(en));
}

std::vector<Activity> activities(const view::MachineStack& stack) {
  std::vector<Activity> out;
  for (const view::MachineColumn& c : stack.columns) out.push_back(c.activity);
  return out;
}

std::size_t heads(const view::MachineStack& stack) {
  return static_cast<std::size_t>(std::ranges::count_if(stack.columns, [](const view::MachineColumn& c) { return c.head; }));
}

}  // namespace

// The scripted models have 4 blocks (T5: 4 and 4); the text has four words, of which the decoder reads two.
TEST_CASE("an encoder computes everything in one step, and then nothing") {
  Page page;
  CHECK(machine(page, Seat::left).cells_now == 6 * 4);  // with [CLS] and [SEP]
  CHECK(activities(machine(page, Seat::left).stacks[0]) == std::vector<Activity>(6, Activity::ready));
  page.apply(state::Step{});
  page.engine.run();
  CHECK(activities(machine(page, Seat::left).stacks[0]) == std::vector<Activity>(6, Activity::now));
  CHECK(heads(machine(page, Seat::left).stacks[0]) == 1);
  page.apply(state::Step{});
  page.engine.run();
  const view::MachineView v = machine(page, Seat::left);
  CHECK(activities(v.stacks[0]) == std::vector<Activity>(6, Activity::done));
  CHECK(v.cells_now == 0);
  CHECK(v.cells_kept == 0);
  CHECK(v.bridge.empty());
}

TEST_CASE("a decoder computes the prompt once, then one position a step, and keeps the rest") {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  CHECK(machine(page, Seat::middle).cells_now == 2 * 4);
  CHECK(machine(page, Seat::middle).cells_kept == 0);
  page.apply(state::Step{});
  page.engine.run();
  const view::MachineView second = machine(page, Seat::middle);
  CHECK(activities(second.stacks[0]) == std::vector<Activity>{Activity::kept, Activity::kept, Activity::now});
  CHECK(second.cells_now == 4);
  CHECK(second.cells_kept == 8);
  CHECK(second.stacks[0].columns[2].head);
  CHECK(heads(second.stacks[0]) == 1);
  page.apply(state::StepBack{});
  CHECK(machine(page, Seat::middle).cells_now == 8);
}

TEST_CASE("an encoder-decoder reads its source once and keeps it for each word that it writes") {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  const view::MachineView first = machine(page, Seat::right);
  REQUIRE(first.stacks.size() == 2);
  CHECK(first.stacks[0].feeds_next);
  CHECK(heads(first.stacks[0]) == 0);
  CHECK(first.cells_now == 4 * 4 + 1 * 4);
  CHECK(first.stacks[1].parts.size() == 3);
  page.apply(state::Step{});
  page.engine.run();
  const view::MachineView second = machine(page, Seat::right);
  CHECK(activities(second.stacks[0]) == std::vector<Activity>(4, Activity::kept));
  CHECK(activities(second.stacks[1]) == std::vector<Activity>{Activity::kept, Activity::now});
  CHECK(second.cells_now == 4);
  CHECK(second.cells_kept == 16 + 4);
  CHECK_FALSE(second.bridge.empty());
}

}  // namespace trilens
