#include <array>
#include <filesystem>
#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "view/support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;

std::multiset<std::string> placeholders(const std::string& text) {
  static const std::regex kPlaceholder(R"(\{([a-z_]+)\})");
  std::multiset<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), kPlaceholder), end; it != end; ++it) out.insert((*it)[1]);
  return out;
}

TEST_CASE("both languages have the same keys with the same placeholders, and no empty words") {
  const view::Strings en = words("en");
  const view::Strings nb = words("nb");
  for (const auto& [key, text] : en.all()) {
    CAPTURE(key);
    CHECK(nb.has(key));
    CHECK_FALSE(text.empty());
    CHECK(placeholders(text) == placeholders(nb.get(key)));
  }
  for (const auto& [key, text] : nb.all()) {
    CAPTURE(key);
    CHECK(en.has(key));
    CHECK_FALSE(text.empty());
  }
}

TEST_CASE("every key that the source names in full exists") {
  const view::Strings en = words("en");
  const std::regex use(R"re((?:strings\.(?:get|fill|has)|Notice)[({]\s*"([a-z0-9_.]+[a-z0-9_])")re");
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(TRILENS_SOURCE_DIR) + "/src")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string source = testing::file_text(std::filesystem::relative(entry.path(), TRILENS_SOURCE_DIR).string());
    for (std::sregex_iterator it(source.begin(), source.end(), use), end; it != end; ++it) {
      CAPTURE(entry.path().string());
      CAPTURE(std::string((*it)[1]));
      CHECK(en.has(std::string((*it)[1])));
      ++seen;
    }
  }
  CHECK(seen > 50);
}

// Builds the page in many states; each key that is put together on the way has to be there.
TEST_CASE("no state of the page asks for words that do not exist") {
  const view::Strings en = words("en");
  const auto look = [&](const Page& page) { (void)view::build_page(page.state(), en); };
  Page page(false);
  look(page);
  for (const char* stage : {"fetch", "open", "check"}) {
    page.store.receive({page.engine.find<protocol::Load>(Seat::middle)->id, protocol::Progress{stage, "model.onnx", 1, 0}}, 0);
    look(page);
  }
  page.engine.run();
  look(page);
  for (const char* strategy : {"greedy", "sample", "beam"}) {
    page.apply(state::SetOption{"strategy", std::string(strategy)});
    look(page);
    page.apply(state::Step{});
    look(page);
    page.engine.run();
    look(page);
    page.apply(state::ToEnd{});
    page.engine.run();
    look(page);
  }
  for (const char* text : {"no blank here", "", "two ___ and ___", "The ___"}) {
    page.apply(state::SetText{text});
    look(page);
    page.apply(state::CommitText{});
    page.engine.run();
    page.apply(state::Step{});
    page.engine.run();
    look(page);
  }
  for (const char* reason : {"eos", "length", "exhausted", "context", "cancelled"}) {
    page.apply(state::ToStart{});
    page.apply(state::SetText{std::string("again ") + reason});
    page.apply(state::CommitText{});
    page.engine.run();
    page.apply(state::Step{});
    protocol::Generated g = testing::generated_of(4);
    g.stop_reason = reason;
    page.engine.give(page.engine.find<protocol::Advance>(Seat::middle)->id, g);
    page.engine.run();
    page.apply(state::GoToStep{4});
    look(page);
  }
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    page.apply(state::LoadModel{Seat::left, {}, "", protocol::ProviderChoice::webgpu});
    page.engine.fail(page.engine.find<protocol::Load>()->id, static_cast<ErrorCode>(code));
    page.engine.run();
    look(page);
  }
  for (const auto theme : {state::Theme::system, state::Theme::light, state::Theme::dark}) {
    page.apply(state::SetTheme{theme});
    look(page);
  }
  for (const auto tab : state::kTabs) {
    page.apply(state::SelectTab{tab});
    look(page);
  }
  page.apply(state::SelectMap{Seat::middle, protocol::AttentionKind::self, {.layer = 1, .head = {}}});
  page.apply(state::SelectMap{Seat::left, protocol::AttentionKind::self, {.layer = {}, .head = 1}});
  page.engine.run();
  page.apply(state::HoverCell{state::Cell{Seat::middle, protocol::AttentionKind::self, 0, 1}});
  look(page);
  page.apply(state::SetText{std::string(state::kMaxTextBytes + 1, 'x')});
  look(page);
  CHECK(en.missing() == std::vector<std::string>{});
}

TEST_CASE("the examples that are shipped are read, have words, and begin with the dog") {
  const auto examples = state::parse_examples(testing::file_text("assets/examples.json"));
  REQUIRE(examples);
  CHECK(examples->size() >= 10);
  CHECK(examples->front().text == "The dog that chased the cats ___ tired.");
  std::set<std::string> ids, texts;  // a text names its example (State::example), so no two may share one
  std::array<int, 3> of_family{};
  for (const state::Example& example : *examples) {
    CAPTURE(example.id);
    CHECK(ids.insert(example.id).second);
    CHECK(texts.insert(example.text).second);
    if (example.family) ++of_family[family_index(*example.family)];
  }
  for (const int count : of_family) CHECK(count >= 20);
}

TEST_CASE("what the examples say is there in both languages, and short enough for a chip and for two lines") {
  const auto examples = state::parse_examples(testing::file_text("assets/examples.json"));
  REQUIRE(examples);
  for (const char* language : {"en", "nb"}) {
    const view::Strings strings = words(language);
    for (const state::Example& example : *examples) {
      CAPTURE(language, example.id);
      REQUIRE(strings.has(example.title_key));
      REQUIRE(strings.has(example.look_key));
      if (!example.family) continue;
      CHECK(utf8::length(strings.get(example.title_key)) <= 30);
      CHECK(utf8::length(strings.get(example.look_key)) <= 180);
    }
  }
}

TEST_CASE("examples stand in the group of their family, in the order of the columns, and one is chosen") {
  state::State state;
  const auto add = [&](const char* id, std::optional<Family> family) {
    state.examples.push_back({id, std::string("text of ") + id, "examples.left_enough.title", "examples.left_enough.look", family});
  };
  add("writes", Family::encoder_decoder);
  add("shared", std::nullopt);
  add("fills", Family::encoder);
  add("fills_too", Family::encoder);
  state.example = "fills_too";
  const view::Strings en = words("en");
  const view::ExamplesView v = view::build_examples(state, view::words_of(en));
  CHECK(v.rows.size() == 4);
  CHECK(v.rows[0].family == Family::encoder_decoder);
  CHECK_FALSE(v.rows[1].family);
  REQUIRE(v.groups.size() == 2);  // nothing for the decoder: no button that opens an empty group
  CHECK(v.groups[0].family.family == Family::encoder);
  CHECK(v.groups[0].count == 2);
  CHECK(v.groups[0].selected);
  CHECK(v.groups[1].family.family == Family::encoder_decoder);
  CHECK(v.groups[1].count == 1);
  CHECK_FALSE(v.groups[1].selected);
  CHECK(v.rows[3].selected);
  CHECK(v.look == v.rows[3].look);
  CHECK(en.missing() == std::vector<std::string>{});
}

TEST_CASE("the snapshot lists every example with its family, and choosing one reads its text") {
  std::vector<state::Example> examples = testing::kExamples;
  examples.push_back({"third", "The ___ swam.", "examples.left_enough.title", "examples.right_context.look", Family::encoder});
  Page page(true, examples);
  const view::Strings en = words("en");
  const auto shown = [&] { return nlohmann::json::parse(view::snapshot_json(page.state(), en, {}))["examples"]; };
  REQUIRE(shown()["rows"].size() == 3);
  CHECK(shown()["rows"][0]["family"] == "");
  CHECK(shown()["rows"][2]["family"] == "encoder");
  REQUIRE(shown()["groups"].size() == 1);
  CHECK(shown()["groups"][0]["family"]["id"] == "encoder");
  CHECK(shown()["groups"][0]["selected"] == false);
  page.script(R"({"type":"use_example","id":"third"})", 1);
  page.engine.run();
  CHECK(page.state().document.text == "The ___ swam.");
  CHECK(page.engine.resolved.contains(1));
  CHECK(shown()["groups"][0]["selected"] == true);
  CHECK(shown()["look"] == en.get("examples.right_context.look"));
  page.apply(state::SetText{"The ___ swam!"});
  CHECK(shown()["groups"][0]["selected"] == false);
}

TEST_CASE("words are refused with a reason, and a hole shows its key") {
  CHECK_FALSE(view::Strings::parse("[1]"));
  CHECK_FALSE(view::Strings::parse("{\"a\": 1}"));
  const auto strings = view::Strings::parse(R"({"greeting":"Hi {name}, {name} and {other}!"})");
  REQUIRE(strings);
  CHECK(strings->fill("greeting", {{"name", "A"}, {"other", "{name}"}}) == "Hi A, A and {name}!");
  CHECK(strings->get("none.such") == "none.such");
  CHECK(strings->missing() == std::vector<std::string>{"none.such"});
}

}  // namespace
}  // namespace trilens
