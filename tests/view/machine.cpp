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

// Answers all that waits, but not what the machine asked.
void run_but_norms(Page& page) {
  const auto other = [](const protocol::RequestMessage& m) { return !std::holds_alternative<protocol::Norms>(m.request); };
  for (auto at = std::ranges::find_if(page.engine.waiting, other); at != page.engine.waiting.end(); at = std::ranges::find_if(page.engine.waiting, other)) {
    page.engine.answer(protocol::RequestMessage(*at));
  }
}

// [state or block][position]: 10 · state + position, so that each value says where it belongs.
protocol::NormsStack norms_of(std::string id, std::size_t layers, std::size_t positions) {
  protocol::NormsStack s;
  s.id = std::move(id);
  for (std::size_t state = 0; state <= layers; ++state) {
    std::vector<float> row;
    for (std::size_t i = 0; i < positions; ++i) row.push_back(static_cast<float>(10 * (state + 1) + i));
    s.norms.push_back(row);
    if (state == 0) continue;
    for (float& x : row) x = 1 / x;
    s.cosine.push_back(row);
  }
  return s;
}

TEST_CASE("cells take the colour of norms or similarity on request, of the positions that they show") {
  Page page;
  page.apply(state::ShadeMachine{state::MachineShade::norms});
  CHECK(page.engine.count<protocol::Norms>() == 0);  // in the machine's own tab alone
  page.apply(state::SelectTab{state::Tab::machine});
  CHECK(page.engine.count<protocol::Norms>() == 3);
  page.engine.give(page.engine.find<protocol::Norms>(Seat::middle)->id, protocol::NormsTable{{norms_of("decoder", 4, 2)}});
  const view::MachineView v = machine(page, Seat::middle);
  REQUIRE(v.shaded);
  const view::MachineColumn& second = v.stacks[0].columns[1];
  REQUIRE(second.shades.size() == 4);
  CHECK(second.shades[0].value == 21);
  CHECK(second.shades[3].value == 51);
  CHECK(second.shades[3].part == 1);
  CHECK(second.embedding_shade->value == 11);
  CHECK(v.stacks[0].columns[0].embedding_shade->part == 0);
  CHECK(v.legend_low == "10.0");
  CHECK(v.legend_high == "51.0");
  CHECK_FALSE(machine(page, Seat::left).shaded);  // its answer is on its way

  SECTION("cosines: what turned most is strongest") {
    page.apply(state::ShadeMachine{state::MachineShade::similarity});
    const view::MachineView turned = machine(page, Seat::middle);
    CHECK(turned.stacks[0].columns[0].shades[0].part == 0);
    CHECK(turned.stacks[0].columns[1].shades[3].part == 1);
    CHECK_FALSE(turned.stacks[0].columns[0].embedding_shade);
  }
  SECTION("each step of the clock asks with what is written, and what is computed now stays told") {
    page.apply(state::Step{});
    run_but_norms(page);
    page.apply(state::Step{});
    run_but_norms(page);
    const auto* asked = page.engine.find<protocol::Norms>(Seat::middle);
    REQUIRE(asked != nullptr);
    CHECK(std::get<protocol::Norms>(asked->request).written.size() == 1);
    CHECK_FALSE(machine(page, Seat::middle).shaded);  // never the values of another step
    page.engine.give(asked->id, protocol::NormsTable{{norms_of("decoder", 4, 3)}});
    const view::MachineView next = machine(page, Seat::middle);
    CHECK(next.shaded);
    CHECK(activities(next.stacks[0]) == std::vector<Activity>{Activity::kept, Activity::kept, Activity::now});
  }
  SECTION("off is off") {
    page.apply(state::ShadeMachine{state::MachineShade::none});
    CHECK_FALSE(machine(page, Seat::middle).shaded);
    CHECK(page.engine.count<protocol::Norms>() == 0);
  }
}

}  // namespace trilens
