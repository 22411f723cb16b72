#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "state/scripted_engine.hpp"

namespace trilens {
namespace {

using nlohmann::json;
using testing::Page;

json answer(Page& page, std::int64_t ticket) {
  REQUIRE(page.engine.resolved.contains(ticket));
  return json::parse(page.engine.resolved[ticket]);
}

TEST_CASE("the engine's commands are passed on, and the answer finds its ticket") {
  Page page;
  page.script(R"({"type":"tokenize","family":"decoder","text":"one two"})", 1);
  page.script(R"({"type":"tokenize","family":"encoder","text":"three"})", 2);
  REQUIRE(page.engine.waiting.size() == 2);
  page.engine.answer(testing::RequestMessage(page.engine.waiting.back()));  // the second answers first
  CHECK(answer(page, 2)["tokens"].size() == 1);
  CHECK_FALSE(page.engine.resolved.contains(1));
  page.engine.run();
  CHECK(answer(page, 1)["tokens"][1]["start"] == 4);
}

TEST_CASE("an error of the engine rejects with its code and sentence") {
  Page page;
  page.script(R"({"type":"fill_mask","text":"no blank here"})", 3);
  page.engine.fail(page.engine.waiting.front().id, ErrorCode::no_blank, "There is no blank.");
  CHECK(page.engine.rejected[3] == "no_blank");
  CHECK(page.engine.messages.back() == "There is no blank.");
}

TEST_CASE("what is wrong with a command is told at once, and nothing is sent") {
  Page page;
  const std::size_t before = page.engine.sent.size();
  const std::vector<std::pair<const char*, const char*>> cases{
      {"not json", "invalid_argument"},
      {"[1,2]", "invalid_argument"},
      {"{}", "invalid_argument"},
      {R"({"type":7})", "invalid_argument"},
      {R"({"type":"dance"})", "unknown_command"},
      {R"({"type":"tokenize","family":"both","text":"x"})", "invalid_argument"},
      {R"({"type":"tokenize","family":"decoder"})", "invalid_argument"},
      {R"({"type":"generate","family":"decoder","text":"x","options":{"top_p":0}})", "invalid_argument"},
      {R"({"type":"set_text"})", "invalid_argument"},
      {R"({"type":"set_text","text":5})", "invalid_argument"},
      {R"({"type":"set_option","name":"temperature","value":"hot"})", "invalid_argument"},
      {R"({"type":"set_option","name":"temperature","value":-1})", "invalid_argument"},
      {R"({"type":"set_option","name":"mood","value":1})", "invalid_argument"},
      {R"({"type":"set_theme","theme":"pink"})", "invalid_argument"},
      {R"({"type":"set_language","language":"xx"})", "invalid_argument"},
      {R"({"type":"use_example","id":"none"})", "invalid_argument"},
      {R"({"type":"select","family":"encoder","kind":"cross"})", "invalid_argument"},
      {R"({"type":"select","family":"encoder","layer":99})", "invalid_argument"},
      {R"({"type":"select","family":"encoder","piece":99})", "invalid_argument"},
      {R"({"type":"hover","begin":9,"end":3})", "invalid_argument"},
      {R"({"type":"hover","begin":0,"end":9999})", "invalid_argument"},
      {R"({"type":"load","family":"encoder","provider":"cuda"})", "invalid_argument"},
      {R"({"type":"cancel","family":"all"})", "invalid_argument"},
      {R"({"type":"show","tab":"secret"})", "invalid_argument"},
      {R"({"type":"go_to_step","step":-1})", "invalid_argument"},
  };
  std::int64_t ticket = 100;
  for (const auto& [command, code] : cases) {
    CAPTURE(command);
    page.script(command, ++ticket);
    CHECK(page.engine.rejected[ticket] == code);
    CHECK(page.engine.messages.back().ends_with("."));
  }
  CHECK(page.engine.sent.size() == before);
}

TEST_CASE("set_text answers when all three have read, or failed") {
  Page page;
  page.script(R"({"type":"set_text","text":"good day"})", 1);
  CHECK(page.engine.count<protocol::Read>() == 3);  // no waiting for a pause
  page.engine.answer(*page.engine.find<protocol::Read>(Seat::left));
  page.engine.fail(page.engine.find<protocol::Read>(Seat::middle)->id, ErrorCode::runtime_failed);
  CHECK_FALSE(page.engine.resolved.contains(1));
  page.engine.answer(*page.engine.find<protocol::Read>(Seat::right));
  const json result = answer(page, 1);
  CHECK(result["text"] == "good day");
  CHECK(result["readings"]["encoder"]["tokens"].size() == 4);
  CHECK(result["readings"]["decoder"]["error"]["code"] == "runtime_failed");
  CHECK(result["readings"]["encoder_decoder"]["task"] == "translate");
}

TEST_CASE("set_text while the models still load waits for them") {
  Page page(false);
  page.script(R"({"type":"set_text","text":"early"})", 1);
  CHECK_FALSE(page.engine.resolved.contains(1));
  page.engine.run();
  CHECK(answer(page, 1)["readings"]["decoder"]["tokens"][0]["text"] == "early");
}

TEST_CASE("set_text without any model says that none is loaded") {
  state::Store store({.load_at_start = false});
  testing::ScriptedEngine engine(store);
  store.start(0);
  store.command(R"({"type":"set_text","text":"hello"})", 1, 0);
  engine.collect();
  CHECK(json::parse(engine.resolved[1])["readings"]["encoder"]["error"]["code"] == "not_loaded");
  store.command(R"({"type":"set_text","text":""})", 2, 0);
  engine.collect();
  CHECK(json::parse(engine.resolved[2])["readings"]["encoder"]["error"]["code"] == "empty_input");
}

TEST_CASE("of two texts at once the later one wins, and the earlier is told") {
  Page page;
  page.script(R"({"type":"set_text","text":"first"})", 1);
  page.script(R"({"type":"set_text","text":"second"})", 2);
  CHECK(page.engine.rejected[1] == "cancelled");
  page.engine.run();
  CHECK(answer(page, 2)["text"] == "second");
}

TEST_CASE("the same text again answers with what is there") {
  Page page;
  page.script(R"({"type":"set_text","text":"The dog ___ tired."})", 1);
  CHECK(answer(page, 1)["readings"]["encoder"]["answer"] == "alpha");
}

TEST_CASE("load by a script changes the column on screen and answers with what was loaded") {
  Page page;
  page.script(R"({"type":"load","family":"decoder","model":"other","provider":"wasm"})", 1);
  CHECK(page.column(Seat::middle).loading);
  page.engine.run();
  CHECK(answer(page, 1)["model"] == "other");
  CHECK(answer(page, 1)["parameters"] == 4'200'000);
  CHECK(page.column(Seat::middle).loaded->model == "other");
  CHECK_FALSE(page.column(Seat::middle).reading_stale);
}

TEST_CASE("a load that another load replaces is rejected") {
  Page page;
  page.script(R"({"type":"load","family":"decoder"})", 1);
  page.script(R"({"type":"load","family":"decoder"})", 2);
  page.engine.run();
  CHECK(page.engine.rejected[1] == "cancelled");
  CHECK(answer(page, 2)["family"] == "decoder");
}

TEST_CASE("steps of scripts queue, each with the state after it") {
  Page page;
  page.script(R"({"type":"step"})", 1);
  page.script(R"({"type":"step"})", 2);
  CHECK(page.state().clock.cursor == 1);
  CHECK_FALSE(page.engine.resolved.contains(1));
  page.engine.run();
  CHECK(answer(page, 1)["cursor"] == 1);
  CHECK(answer(page, 1)["columns"]["decoder"]["text"] == "one");
  CHECK(answer(page, 1)["columns"]["decoder"]["token"]["probability"] == 0.5);
  CHECK(answer(page, 1)["columns"]["encoder"]["text"] == "alpha");
  CHECK(answer(page, 2)["cursor"] == 2);
  CHECK(answer(page, 2)["columns"]["encoder_decoder"]["text"] == "one two");
}

TEST_CASE("to_end answers at the end, play and stop at once") {
  Page page;
  page.script(R"({"type":"play"})", 1);
  CHECK(answer(page, 1)["playing"] == true);
  page.script(R"({"type":"stop"})", 2);
  CHECK(answer(page, 2)["playing"] == false);
  page.script(R"({"type":"to_end"})", 3);
  CHECK_FALSE(page.engine.resolved.contains(3));
  page.engine.run();
  CHECK(answer(page, 3)["finished"] == true);
  CHECK(answer(page, 3)["columns"]["decoder"]["stop_reason"] == "eos");
  page.script(R"({"type":"step_back"})", 4);
  CHECK(answer(page, 4)["cursor"] == 3);
  page.script(R"({"type":"go_to_step","step":1})", 5);
  CHECK(answer(page, 5)["columns"]["decoder"]["text"] == "one");
  page.script(R"({"type":"to_start"})", 6);
  CHECK(answer(page, 6)["cursor"] == 0);
}

TEST_CASE("cancel in mid-run rejects what runs, and the page goes on") {
  Page page;
  page.script(R"({"type":"generate","family":"decoder","text":"long","options":{"max_new_tokens":500}})", 1);
  page.script(R"({"type":"cancel","family":"decoder"})", 2);
  CHECK(page.engine.rejected[1] == "cancelled");
  CHECK(page.engine.resolved.contains(2));
  page.script(R"({"type":"set_text","text":"after"})", 3);
  page.engine.run();
  CHECK(answer(page, 3)["readings"]["decoder"]["tokens"].size() == 1);
}

TEST_CASE("a script's own search does not disturb the one on screen") {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  page.script(R"({"type":"begin_generation","family":"decoder","text":"mine"})", 1);
  page.script(R"({"type":"advance","family":"decoder","tokens":3})", 2);
  page.engine.run();
  page.apply(state::Step{});
  REQUIRE(page.engine.find<protocol::BeginGeneration>(Seat::middle) != nullptr);  // begun again, from the start
  CHECK(std::get<protocol::Advance>(page.engine.find<protocol::Advance>(Seat::middle)->request).tokens == 2);  // the known one and the next
  page.engine.run();
  CHECK(page.column(Seat::middle).generation.texts.at(2) == "one two");
}

TEST_CASE("select chooses a map, pins characters or a piece, and lets go") {
  Page page;
  page.script(R"({"type":"select","family":"encoder_decoder","kind":"cross","layer":1,"head":"mean"})", 1);
  CHECK_FALSE(page.engine.resolved.contains(1));
  page.engine.run();
  CHECK(answer(page, 1)["layer"] == 1);
  CHECK(answer(page, 1)["head"] == "mean");
  page.script(R"({"type":"select","begin":4,"end":7})", 2);
  REQUIRE(page.state().pin);
  CHECK(page.state().pin->begin == 4);
  page.script(R"({"type":"select","begin":4,"end":7})", 3);
  CHECK(page.state().pin);  // a script says what shall be; it does not toggle
  page.script(R"({"type":"select","family":"encoder","piece":0})", 4);
  CHECK(page.state().pin->piece == 0);
  page.script(R"({"type":"select","family":"decoder","row":1,"column":0})", 5);
  REQUIRE(page.state().pin_cell);
  page.script(R"({"type":"select"})", 6);
  CHECK_FALSE(page.state().pin);
  CHECK_FALSE(page.state().pin_cell);
  for (std::int64_t ticket = 1; ticket <= 6; ++ticket) CHECK(page.engine.resolved.contains(ticket));
}

TEST_CASE("undo, redo, options, theme, language, hover and tabs answer to scripts") {
  Page page;
  page.script(R"({"type":"use_example","id":"second"})", 1);
  page.engine.run();
  CHECK(answer(page, 1)["text"] == "Once upon a ___");
  page.script(R"({"type":"undo"})", 2);
  page.engine.run();
  CHECK(answer(page, 2)["text"] == "The dog ___ tired.");
  page.script(R"({"type":"redo"})", 3);
  page.engine.run();
  CHECK(answer(page, 3)["text"] == "Once upon a ___");
  page.script(R"({"type":"set_option","name":"strategy","value":"beam"})", 4);
  CHECK(answer(page, 4)["strategy"] == "beam");
  page.script(R"({"type":"set_option","name":"seed","value":42})", 5);
  CHECK(answer(page, 5)["seed"] == 42);
  page.script(R"({"type":"reset_options"})", 6);
  CHECK(answer(page, 6)["strategy"] == "greedy");
  page.script(R"({"type":"set_theme","theme":"dark"})", 7);
  CHECK(page.state().theme == state::Theme::dark);
  page.script(R"({"type":"set_language","language":"nb"})", 8);
  CHECK(page.state().language == "nb");
  page.script(R"({"type":"hover","family":"decoder","piece":1})", 9);
  REQUIRE(page.state().hover);
  CHECK(page.state().hover->begin == 5);
  page.script(R"({"type":"hover"})", 10);
  CHECK_FALSE(page.state().hover);
  page.script(R"({"type":"show","tab":"cost","family":"decoder"})", 11);
  CHECK(page.state().tab == state::Tab::cost);
  CHECK(page.state().focus == Seat::middle);
  for (std::int64_t ticket = 7; ticket <= 11; ++ticket) CHECK(page.engine.resolved.contains(ticket));
}

TEST_CASE("half a surrogate pair becomes U+FFFD; a whole one stays the character it is") {
  Page page;
  page.script("{\"type\":\"set_text\",\"text\":\"a\\ud83d b\\ude00 \\ud83d\\ude00 \\\\ud83d\"}", 1);
  CHECK(page.state().document.text == "a\uFFFD b\uFFFD 😀 \\ud83d");
  page.script("{\"type\":\"set_text\",\"text\":\"\xFF\"}", 2);
  CHECK(page.state().document.text == "\uFFFD");
}

TEST_CASE("every ticket is answered once, whatever the order of answers") {
  Page page;
  for (std::int64_t ticket = 1; ticket <= 20; ++ticket) {
    page.script(ticket % 4 == 0   ? R"({"type":"step"})"
                : ticket % 4 == 1 ? R"({"type":"set_text","text":"t)" + std::to_string(ticket) + R"("})"
                : ticket % 4 == 2 ? R"({"type":"select","family":"decoder","layer":)" + std::to_string(ticket % 3) + "}"
                                  : R"({"type":"load","family":"encoder"})",
                ticket);
    if (ticket % 5 == 0 && !page.engine.waiting.empty()) page.engine.answer(testing::RequestMessage(page.engine.waiting.back()));
  }
  while (!page.engine.waiting.empty()) page.engine.answer(testing::RequestMessage(page.engine.waiting.back()));
  for (std::int64_t ticket = 1; ticket <= 20; ++ticket) {
    CAPTURE(ticket);
    CHECK(page.engine.resolved.count(ticket) + page.engine.rejected.count(ticket) == 1);  // the engine aborts on a second one
  }
}

}  // namespace
}  // namespace trilens
