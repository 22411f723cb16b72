// Forced prefixes: undone like the text, taken home with it, and written anew in their own column alone.
#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "scripted_engine.hpp"
#include "state/share.hpp"

namespace trilens {
namespace {

using testing::Page;

const state::GenerationState& middle(const Page& page) { return page.column(Seat::middle).generation; }
const state::Prefix& prefix(const Page& page) { return page.state().document.prefixes[seat_index(Seat::middle)]; }

Page two_steps() {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::Step{});
  page.engine.run();
  return page;
}

}  // namespace

TEST_CASE("to go on from another piece forces what was written before it, in this column alone") {
  Page page = two_steps();
  const auto right = page.column(Seat::right).generation.serial;
  page.apply(state::ContinueFrom{Seat::middle, 2, 1});
  CHECK(prefix(page).ids == std::vector<std::int32_t>{100, 1});
  CHECK(prefix(page).text == "onealpha");
  CHECK(page.state().clock.cursor == 2);
  CHECK(middle(page).replacing);
  CHECK(middle(page).steps.size() == 2);  // shown until what replaces it is there
  CHECK(page.column(Seat::right).generation.serial == right);
  const auto* begin = page.engine.find<protocol::BeginGeneration>(Seat::middle);
  REQUIRE(begin != nullptr);
  CHECK(std::get<protocol::BeginGeneration>(begin->request).prefix_ids == prefix(page).ids);
  page.engine.run();
  CHECK_FALSE(middle(page).replacing);
  CHECK(page.state().clock.cursor == 2);
  CHECK(middle(page).advanced == 2);  // it has caught up with the clock
  page.apply(state::Undo{});
  CHECK(prefix(page).empty());
  page.engine.run();
  CHECK(middle(page).advanced == 2);
  CHECK(page.state().clock.cursor == 2);
}

TEST_CASE("what the engine is asked names the prefix, and a new text lets go of its tokens but not of words") {
  Page page;
  page.apply(state::SetPrefix{Seat::middle, "old house"});
  page.apply(state::Step{});
  const auto* begin = page.engine.find<protocol::BeginGeneration>(Seat::middle);
  REQUIRE(begin != nullptr);
  CHECK(std::get<protocol::BeginGeneration>(begin->request).prefix == "old house");
  page.engine.run();
  page.apply(state::SetText{"Another"});
  page.apply(state::CommitText{});
  page.engine.run();
  CHECK(prefix(page).text == "old house");
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::ContinueFrom{Seat::middle, 1, 2});
  page.engine.run();
  CHECK(prefix(page).ids == std::vector<std::int32_t>{2});
  page.apply(state::SetText{"Yet another"});
  CHECK(prefix(page).empty());
}

TEST_CASE("a step that is not written cannot be taken otherwise") {
  Page page = two_steps();
  CHECK(state::can_continue_from(page.state(), Seat::middle, 2));
  CHECK_FALSE(state::can_continue_from(page.state(), Seat::middle, 3));
  CHECK_FALSE(state::can_continue_from(page.state(), Seat::middle, 0));
  CHECK_FALSE(state::can_continue_from(page.state(), Seat::left, 1));
  page.apply(state::ContinueFrom{Seat::middle, 7, 1});
  CHECK(prefix(page).empty());
}

TEST_CASE("a link carries forced prefixes, and refuses what is none") {
  Page page = two_steps();
  page.apply(state::ContinueFrom{Seat::middle, 2, 1});
  const std::string json = state::shared_json(page.state());
  const auto shared = state::parse_shared(json);
  REQUIRE(shared);
  CHECK(shared->document.prefixes == page.state().document.prefixes);
  nlohmann::json bad = nlohmann::json::parse(json);
  bad["prefixes"][1]["ids"] = {-1};
  CHECK_FALSE(state::parse_shared(bad.dump()));
  bad["prefixes"] = {{{"text", ""}}};
  CHECK_FALSE(state::parse_shared(bad.dump()));
}

}  // namespace trilens
