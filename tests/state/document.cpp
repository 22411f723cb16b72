#include <catch2/catch_test_macros.hpp>

#include "state/scripted_engine.hpp"

namespace trilens {
namespace {

using testing::Page;

TEST_CASE("typing in one go is undone in one go, and redone") {
  Page page;
  for (const char* text : {"H", "He", "Hey"}) {
    page.apply(state::SetText{text});
    page.engine.pass(200);
  }
  page.engine.pass(2000);
  page.apply(state::SetText{"Hey you"});
  page.apply(state::Undo{});
  CHECK(page.state().document.text == "Hey");
  page.apply(state::Undo{});
  CHECK(page.state().document.text == "The dog ___ tired.");
  CHECK(page.state().example == "first");
  CHECK_FALSE(page.state().can_undo);
  page.apply(state::Undo{});  // nothing left
  page.apply(state::Redo{});
  page.apply(state::Redo{});
  CHECK(page.state().document.text == "Hey you");
  CHECK_FALSE(page.state().can_redo);
  page.engine.run();
  CHECK(page.column(Seat::left).reading_text == "Hey you");
}

TEST_CASE("a change after undo forgets what was undone") {
  Page page;
  page.apply(state::SetText{"one"});
  page.apply(state::Undo{});
  page.apply(state::SetText{"two"});
  CHECK_FALSE(page.state().can_redo);
  page.apply(state::Undo{});
  CHECK(page.state().document.text == "The dog ___ tired.");
}

TEST_CASE("options are undone like the text, each kind of change for itself") {
  Page page;
  page.apply(state::SetOption{"temperature", 0.9});
  page.apply(state::SetOption{"temperature", 0.7});
  page.apply(state::SetOption{"top_k", 5.0});
  page.apply(state::Undo{});
  CHECK(page.state().document.options.top_k == 0);
  CHECK(page.state().document.options.temperature == 0.7);
  page.apply(state::Undo{});
  CHECK(page.state().document.options.temperature == 1.0);
  page.apply(state::Redo{});
  page.apply(state::ResetOptions{});
  CHECK(page.state().document.options.temperature == 1.0);
  page.apply(state::Undo{});
  CHECK(page.state().document.options.temperature == 0.7);
}

TEST_CASE("setting what is already so is nothing to undo") {
  Page page;
  page.apply(state::SetOption{"temperature", 1.0});
  page.apply(state::SetText{"The dog ___ tired."});
  page.apply(state::ResetOptions{});
  page.apply(state::UseExample{"first"});
  CHECK_FALSE(page.state().can_undo);
  CHECK(page.engine.waiting.empty());
}

TEST_CASE("history has an end") {
  Page page;
  for (int i = 0; i < 300; ++i) {
    page.engine.now += 1000;
    page.apply(state::SetText{"text " + std::to_string(i)});
  }
  int steps = 0;
  while (page.state().can_undo) {
    page.apply(state::Undo{});
    ++steps;
  }
  CHECK(steps == static_cast<int>(state::History::kMost));
}

TEST_CASE("the blank key puts a blank where the selection is, with room around it") {
  Page page;
  page.apply(state::SetText{"The dog barked."});
  page.apply(state::InsertBlank{4, 7});
  CHECK(page.state().document.text == "The ___ barked.");
  page.apply(state::SetText{"ab."});
  page.apply(state::InsertBlank{1, 1});
  CHECK(page.state().document.text == "a ___ b.");
  page.apply(state::SetText{"end"});
  page.apply(state::InsertBlank{3, 3});
  CHECK(page.state().document.text == "end ___");
  page.apply(state::SetText{"end."});
  page.apply(state::InsertBlank{3, 3});
  CHECK(page.state().document.text == "end ___.");
  page.apply(state::InsertBlank{99, 1});
  CHECK(page.state().document.text == "end ___. ___");
}

TEST_CASE("pointing changes what is lit and asks nothing of the engine") {
  Page page;
  const std::size_t before = page.engine.sent.size();
  const state::Mark mark{.begin = 4, .end = 7};
  page.store.clean();
  page.apply(state::Hover{mark});
  CHECK(page.store.dirty());
  page.store.clean();
  page.apply(state::Hover{mark});
  CHECK_FALSE(page.store.dirty());  // the same again needs no frame
  page.apply(state::Pin{mark});
  CHECK(page.state().pin == mark);
  page.apply(state::Pin{mark});
  CHECK_FALSE(page.state().pin);
  page.apply(state::PinCell{{Seat::middle, protocol::AttentionKind::self, 1, 0}});
  CHECK(page.state().pin_cell);
  page.apply(state::HoverCell{state::Cell{Seat::middle, protocol::AttentionKind::self, 99, 0}});
  CHECK_FALSE(page.state().hover_cell);  // there is no such cell
  page.apply(state::ClearSelection{});
  CHECK_FALSE(page.state().pin_cell);
  CHECK_FALSE(page.state().hover);
  CHECK(page.engine.sent.size() == before);
}

TEST_CASE("no frame is needed when nothing changes") {
  Page page;
  page.store.clean();
  page.engine.pass(1000);
  page.apply(state::SetTheme{state::Theme::system});
  page.apply(state::ClearSelection{});
  page.apply(state::SelectTab{state::Tab::overview});
  page.store.receive({99999, protocol::ResultValue(protocol::Done{})}, 2000);
  CHECK_FALSE(page.store.dirty());
}

TEST_CASE("the theme's button first shows the other one, then follows the system again") {
  Page page;
  page.apply(state::SetEnvironment{{.system_dark = true, .reduced_motion = false, .webgpu = false, .adapter = {}}});
  page.apply(state::CycleTheme{});
  CHECK(page.state().theme == state::Theme::light);
  page.apply(state::CycleTheme{});
  CHECK(page.state().theme == state::Theme::dark);
  page.apply(state::CycleTheme{});
  CHECK(page.state().theme == state::Theme::system);
}

TEST_CASE("theme and language are remembered, and come back") {
  Page page;
  page.apply(state::SetTheme{state::Theme::dark});
  page.apply(state::SetLanguage{"nb"});
  REQUIRE(page.engine.others.size() == 3);
  const auto settings = std::get<state::RememberSettings>(page.engine.others[1]).json;
  CHECK(std::get<state::LanguageChanged>(page.engine.others[2]).language == "nb");
  const state::Store next({.settings = settings});
  CHECK(next.state().theme == state::Theme::dark);
  CHECK(next.state().language == "nb");
  const state::Store odd({.settings = "{\"theme\":3,\"language\":\"tlh\"}"});
  CHECK(odd.state().theme == state::Theme::system);
  CHECK(odd.state().language == "en");
}

TEST_CASE("a tablet shows the family asked for beside the one before") {
  Page page;
  page.apply(state::SetLayout{state::LayoutClass::tablet});
  page.apply(state::ShowSeat{Seat::right});
  CHECK(page.state().focus == Seat::right);
  CHECK(page.state().second_focus == Seat::left);
}

TEST_CASE("the examples file is read, and refused by the number of the example that is wrong") {
  const auto good = state::parse_examples(R"({"examples":[{"id":"a","text":"b","title":"c","look":"d"}]})");
  REQUIRE(good);
  CHECK(good->front().title_key == "c");
  CHECK_FALSE(state::parse_examples("[]"));
  CHECK_FALSE(state::parse_examples("nonsense"));
  const auto bad = state::parse_examples(R"({"examples":[{"id":"a","text":"b","title":"c","look":"d"},{"id":1}]})");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.find("example 2") != std::string::npos);
}

TEST_CASE("an example may be for one family; a family that does not exist is named in the refusal") {
  const auto with_family = [](const std::string& family) {
    return state::parse_examples(R"({"examples":[{"id":"a","text":"b","title":"c","look":"d"},{"id":"e","text":"f","title":"g","look":"h","family":)" + family + "}]}");
  };
  for (const Family family : kFamilies) {
    const auto good = with_family('"' + std::string(family_name(family)) + '"');
    REQUIRE(good);
    CHECK_FALSE(good->front().family);
    CHECK(good->back().family == family);
  }
  for (const std::string wrong : {R"("Encoder")", R"("")", R"("t5")", "null", "7", R"(["encoder"])"}) {
    CAPTURE(wrong);
    const auto bad = with_family(wrong);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == ErrorCode::invalid_argument);
    CHECK(bad.error().message.find("example 2 (`e`)") != std::string::npos);
    CHECK(bad.error().message.find("encoder, decoder or encoder_decoder") != std::string::npos);
  }
  CHECK(with_family(R"("t5")").error().message.find("`t5`") != std::string::npos);
}

}  // namespace
}  // namespace trilens
