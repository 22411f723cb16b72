#include <catch2/catch_test_macros.hpp>

#include "state/scripted_engine.hpp"

namespace trilens {
namespace {

using state::GenerationState;
using testing::Page;

const GenerationState& writer(const Page& page, Seat seat) { return page.column(seat).generation; }

TEST_CASE("a step takes the decoder and the encoder-decoder on by one, and the encoder needs none of its own") {
  Page page;
  page.apply(state::Step{});
  CHECK(page.state().clock.cursor == 1);
  CHECK(page.engine.count<protocol::BeginGeneration>() == 2);
  CHECK(page.engine.count<protocol::Advance>() == 2);
  CHECK(std::get<protocol::BeginGeneration>(page.engine.find<protocol::BeginGeneration>()->request).as_read);
  page.engine.run();
  CHECK(writer(page, Seat::middle).advanced == 1);
  CHECK(writer(page, Seat::right).texts.at(1) == "one");
  page.apply(state::Step{});
  CHECK(page.engine.count<protocol::BeginGeneration>() == 0);
  page.engine.run();
  CHECK(writer(page, Seat::middle).texts.at(2) == "one two");
}

TEST_CASE("going back and on again computes nothing") {
  Page page;
  for (int i = 0; i < 3; ++i) {
    page.apply(state::Step{});
    page.engine.run();
  }
  const std::size_t before = page.engine.sent.size();
  page.apply(state::StepBack{});
  page.apply(state::StepBack{});
  CHECK(page.state().clock.cursor == 1);
  page.apply(state::Step{});
  page.apply(state::ToStart{});
  CHECK(page.state().clock.cursor == 0);
  page.apply(state::GoToStep{99});
  CHECK(page.state().clock.cursor == 3);
  CHECK(page.engine.sent.size() == before);
}

TEST_CASE("results arrive independently; the clock waits for both") {
  Page page;
  page.apply(state::Step{});
  page.engine.answer(*page.engine.find<protocol::BeginGeneration>(Seat::middle));
  page.engine.answer(*page.engine.find<protocol::Advance>(Seat::middle));
  CHECK(writer(page, Seat::middle).advanced == 1);
  CHECK(writer(page, Seat::right).waiting);
  page.apply(state::Step{});  // too early
  CHECK(page.state().clock.cursor == 1);
}

TEST_CASE("play ticks until all have ended, with time to look, and then stops by itself") {
  Page page;
  page.apply(state::Play{});
  CHECK(page.state().clock.playing);
  page.engine.run();
  CHECK(page.state().clock.cursor == 1);
  REQUIRE_FALSE(page.engine.wakes.empty());
  CHECK(page.engine.wakes.back() == state::play_interval_millis(state::Pace::normal));
  page.engine.pass(100);
  page.engine.run();
  CHECK(page.state().clock.cursor == 1);
  for (int i = 0; i < 6; ++i) {
    page.engine.pass(state::play_interval_millis(state::Pace::normal));
    page.engine.run();
  }
  CHECK_FALSE(page.state().clock.playing);
  CHECK(page.state().clock.cursor == 4);
  CHECK(writer(page, Seat::middle).finished);
  CHECK_FALSE(state::can_step(page.state()));
}

TEST_CASE("play goes at the pace that is chosen, also while it plays, and remembers it") {
  Page page;
  page.apply(state::SetPace{state::Pace::slow});
  page.apply(state::Play{});
  page.engine.run();
  CHECK(page.engine.wakes.back() == state::play_interval_millis(state::Pace::slow));
  page.engine.pass(state::play_interval_millis(state::Pace::normal));
  page.engine.run();
  CHECK(page.state().clock.cursor == 1);
  page.apply(state::SetPace{state::Pace::fast});
  page.engine.pass(state::play_interval_millis(state::Pace::slow));
  page.engine.run();
  CHECK(page.state().clock.cursor == 2);
  CHECK(page.engine.wakes.back() == state::play_interval_millis(state::Pace::fast));
  const auto* kept = std::get_if<state::RememberSettings>(&page.engine.others.back());
  REQUIRE(kept != nullptr);
  CHECK(state::Store({.settings = kept->json}).state().pace == state::Pace::fast);
}

TEST_CASE("play at the end starts from the beginning, without computing again") {
  Page page;
  page.apply(state::ToEnd{});
  page.engine.run();
  REQUIRE(page.state().clock.cursor == 4);
  const std::size_t before = page.engine.sent.size();
  page.apply(state::Play{});
  CHECK(page.state().clock.cursor == 1);
  page.engine.pass(state::play_interval_millis(state::Pace::normal));
  CHECK(page.state().clock.cursor == 2);
  CHECK(page.engine.sent.size() == before);
}

TEST_CASE("to the end goes as fast as answers come") {
  Page page;
  page.apply(state::ToEnd{});
  page.engine.run();
  CHECK(page.state().clock.cursor == 4);
  CHECK_FALSE(page.state().clock.playing);
  CHECK(writer(page, Seat::right).texts.at(4) == "one two three");
}

TEST_CASE("stop in mid-run cancels, keeps what is there, and the next step goes on from it") {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::Play{});
  CHECK(page.engine.count<protocol::Advance>() == 2);
  page.apply(state::Stop{});
  CHECK(page.engine.waiting.empty());
  CHECK_FALSE(page.state().clock.playing);
  CHECK(page.state().clock.cursor == 1);
  CHECK(writer(page, Seat::middle).steps.size() == 1);
  CHECK_FALSE(writer(page, Seat::middle).trouble);
  page.apply(state::Step{});
  // How far the engine had come when it was stopped nobody knows: it begins again and catches up.
  REQUIRE(page.engine.find<protocol::BeginGeneration>(Seat::middle) != nullptr);
  CHECK(std::get<protocol::Advance>(page.engine.find<protocol::Advance>(Seat::middle)->request).tokens == 2);
  page.engine.run();
  CHECK(page.state().clock.cursor == 2);
  CHECK(writer(page, Seat::middle).texts.at(2) == "one two");
}

TEST_CASE("a new text ends the run and puts the clock back") {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::Step{});
  page.apply(state::SetText{"Other"});
  CHECK(page.engine.waiting.empty());
  CHECK(writer(page, Seat::middle).stale);
  CHECK(writer(page, Seat::middle).steps.size() == 1);  // dimmed until the new text is read
  page.engine.pass(state::kDebounceMillis);
  CHECK(page.state().clock.cursor == 0);
  CHECK(writer(page, Seat::middle).steps.empty());
}

TEST_CASE("other options dim what was written; the next step starts anew with them") {
  Page page;
  page.apply(state::SetOption{"strategy", "sample"});
  page.apply(state::ToEnd{});
  page.engine.run();
  page.apply(state::SetOption{"num_beams", 3.0});
  CHECK_FALSE(writer(page, Seat::middle).stale);  // drawing does not look at it
  page.apply(state::SetOption{"temperature", 0.5});
  CHECK(writer(page, Seat::middle).stale);
  CHECK(writer(page, Seat::middle).steps.size() == 4);
  CHECK(page.engine.count<protocol::Read>() == 0);  // readings do not depend on them
  page.apply(state::Step{});
  const auto* begin = page.engine.find<protocol::BeginGeneration>(Seat::middle);
  REQUIRE(begin != nullptr);
  CHECK(std::get<protocol::BeginGeneration>(begin->request).options.temperature == 0.5);
  page.engine.run();
  CHECK(page.state().clock.cursor == 1);
  CHECK(writer(page, Seat::middle).advanced == 1);
}

TEST_CASE("an option out of its range changes nothing") {
  Page page;
  page.apply(state::SetOption{"top_p", 1.5});
  page.apply(state::SetOption{"max_new_tokens", 2.5});
  page.apply(state::SetOption{"strategy", std::string("dream")});
  CHECK_FALSE(page.state().can_undo);
  CHECK(page.state().document.options.top_p == 1.0);
}

TEST_CASE("one that fails does not hold up the other, and can be tried again") {
  Page page;
  page.apply(state::Step{});
  page.engine.fail(page.engine.find<protocol::Advance>(Seat::middle)->id, ErrorCode::out_of_memory);
  page.engine.run();
  REQUIRE(writer(page, Seat::middle).trouble);
  CHECK(writer(page, Seat::right).advanced == 1);
  page.apply(state::ToEnd{});
  page.engine.run();
  CHECK(page.state().clock.cursor == 4);
  page.apply(state::Retry{Seat::middle});
  page.engine.run();
  CHECK_FALSE(writer(page, Seat::middle).trouble);
  CHECK(writer(page, Seat::middle).advanced == 4);
  CHECK(writer(page, Seat::middle).finished);
}

TEST_CASE("a search that cannot begin is told once, and its step is not waited for") {
  Page page;
  page.apply(state::Step{});
  page.engine.fail(page.engine.find<protocol::BeginGeneration>(Seat::middle)->id, ErrorCode::invalid_argument);
  page.engine.run();
  CHECK(writer(page, Seat::middle).trouble);
  CHECK_FALSE(writer(page, Seat::middle).waiting);
}

TEST_CASE("before the writers are loaded a step shows what the encoder said") {
  Page page(false);
  page.engine.answer(*page.engine.find<protocol::Load>(Seat::left));
  page.engine.answer(*page.engine.find<protocol::Read>(Seat::left));
  page.apply(state::Step{});
  CHECK(page.state().clock.cursor == 1);
  page.engine.run();  // the others load, and catch up with the clock
  CHECK(writer(page, Seat::middle).advanced == 1);
}

TEST_CASE("an empty text has no steps") {
  Page page;
  page.apply(state::SetText{""});
  page.apply(state::CommitText{});
  page.apply(state::Step{});
  page.apply(state::Play{});
  CHECK(page.state().clock.cursor == 0);
  CHECK_FALSE(page.state().clock.playing);
  CHECK(page.engine.waiting.empty());
}

}  // namespace
}  // namespace trilens
