#include <filesystem>
#include <regex>
#include <set>

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
    page.store.receive({page.engine.find<protocol::Load>(Family::decoder)->id, protocol::Progress{stage, "model.onnx", 1, 0}}, 0);
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
    page.engine.give(page.engine.find<protocol::Advance>(Family::decoder)->id, g);
    page.engine.run();
    page.apply(state::GoToStep{4});
    look(page);
  }
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    page.apply(state::LoadModel{Family::encoder, "", protocol::ProviderChoice::webgpu});
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
  page.apply(state::SelectMap{Family::decoder, protocol::AttentionKind::self, {.layer = 1, .head = {}}});
  page.apply(state::SelectMap{Family::encoder, protocol::AttentionKind::self, {.layer = {}, .head = 1}});
  page.engine.run();
  page.apply(state::HoverCell{state::Cell{Family::decoder, protocol::AttentionKind::self, 0, 1}});
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
  const view::Strings en = words("en");
  std::set<std::string> ids;
  for (const state::Example& example : *examples) {
    CAPTURE(example.id);
    CHECK(en.has(example.title_key));
    CHECK(en.has(example.look_key));
    CHECK(ids.insert(example.id).second);
  }
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
