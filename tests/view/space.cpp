#include "view/space.hpp"

#include <cmath>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

protocol::SpaceMap map_of(const protocol::Space& asked) {
  protocol::SpaceMap m;
  m.items = asked.items;
  m.pooling = "mean";
  m.layer = m.layers = 4;
  m.hidden = 8;
  m.projection = protocol::projection_name(asked.projection);
  m.explained = {0.5, 0.25};
  const std::size_t n = asked.items.size();
  for (std::size_t i = 0; i < n; ++i) {
    m.x.push_back(static_cast<float>(i));
    m.y.push_back(i % 2 == 0 ? 0.0F : 1.0F);
    std::vector<float> row;
    for (std::size_t j = 0; j < n; ++j) row.push_back(1 - 0.1F * std::abs(static_cast<float>(i) - static_cast<float>(j)));
    m.similarity.push_back(row);
    if (!asked.question.empty()) m.scores.push_back(i == 1 ? 0.7F : 0.1F * static_cast<float>(i));
  }
  return m;
}

const protocol::Space& asked(const Page& page, Seat seat) { return std::get<protocol::Space>(page.engine.find<protocol::Space>(seat)->request); }
void give(Page& page, Seat seat) {
  const protocol::Space request = asked(page, seat);
  page.engine.give(page.engine.find<protocol::Space>(seat)->id, map_of(request));
}

// A page whose tab is Space and whose list is "dog", "cat", "a long sentence about a tree".
struct Spaced {
  Page page;
  Spaced() {
    page.apply(state::SetItems{{"dog", "cat", "a long sentence about a tree"}});
    page.apply(state::SelectTab{state::Tab::space});
  }
};

}  // namespace

TEST_CASE("Space asks each column once, and shows where items lie, how alike they are and who is nearest") {
  const view::Strings en = words("en");
  Spaced spaced;
  Page& page = spaced.page;
  REQUIRE(page.engine.count<protocol::Space>() == 3);
  CHECK(asked(page, Seat::left).items.size() == 3);
  CHECK_FALSE(asked(page, Seat::left).layer);
  give(page, Seat::left);
  const view::PageView v = look(page, en);
  const view::SpaceView& s = v.columns[0].space;
  REQUIRE(s.points.size() == 3);
  CHECK(s.points[0].x == 0);
  CHECK(s.points[2].x == 1);
  CHECK(s.points[0].y == 0.75F);  // both axes to one scale, grows upwards
  CHECK(s.points[1].y == 0.25F);
  CHECK(s.points[0].label == "dog");
  CHECK(s.points[2].label.empty());  // too long: its number says it
  CHECK(s.cells[0][1].sentence == "“dog” and “cat”: cosine 0.900");
  CHECK(s.cells[0][1].part == 1);
  CHECK(s.cells[0][2].part == 0);
  REQUIRE(s.neighbours.size() == 2);
  CHECK(s.neighbours[0].text == "cat");
  CHECK(s.ranking.empty());
  CHECK(v.columns[1].space.head.waiting);
  CHECK(v.space.steps.empty());

  page.apply(state::HoverItem{2});
  const view::PageView lit = look(page, en);
  CHECK(lit.space.items[2].lit);
  CHECK(lit.columns[0].space.points[2].lit);
  CHECK(lit.columns[0].space.neighbours[0].text == "cat");
  CHECK(lit.columns[0].space.neighbours_title == "nearest to “a long sentence about a tree”");
  page.apply(state::HoverItem{});
  page.apply(state::PinItem{1});
  CHECK(look(page, en).columns[0].space.points[1].lit);
  page.apply(state::HoverItem{0});
  CHECK(look(page, en).columns[0].space.points[0].lit);
  CHECK_FALSE(look(page, en).columns[0].space.points[1].lit);
  page.apply(state::HoverItem{});
  page.apply(state::ClearSelection{});
  CHECK_FALSE(look(page, en).columns[0].space.points[1].lit);
  CHECK(en.missing() == std::vector<std::string>{});
}

TEST_CASE("the list grows line by line or word by word, shrinks, and can be undone") {
  Spaced spaced;
  Page& page = spaced.page;
  const auto items = [&] { return page.state().document.items; };
  page.apply(state::AddItems{"One line.\n  Another. \n\ndog", false});
  CHECK(items() == std::vector<std::string>{"dog", "cat", "a long sentence about a tree", "One line.", "Another."});
  page.apply(state::AddItems{"The dog, \"barked\". ...", true});
  CHECK(items().size() == 7);
  CHECK(items().back() == "barked");
  page.apply(state::RemoveItem{0});
  CHECK(items().front() == "cat");
  page.apply(state::RemoveItem{99});
  CHECK(items().size() == 6);
  page.apply(state::Undo{});
  CHECK(items().front() == "dog");
  page.apply(state::Undo{});
  page.apply(state::Undo{});
  CHECK(items().size() == 3);
  CHECK(page.state().document.text == "The dog ___ tired.");  // the sentence is none of it
  std::string many;
  for (int i = 0; i < 100; ++i) many += "w" + std::to_string(i) + " ";
  page.apply(state::AddItems{many, true});
  CHECK(items().size() == 64);
  REQUIRE(page.state().notice);
  CHECK(page.state().notice->key == "notice.list_full");
}

TEST_CASE("an empty list asks nothing and says what to do; a changed one keeps the old picture, dimmed") {
  const view::Strings en = words("en");
  Spaced spaced;
  Page& page = spaced.page;
  give(page, Seat::left);
  page.apply(state::AddItems{"bird", false});
  CHECK(asked(page, Seat::left).items.size() == 4);
  CHECK(look(page, en).columns[0].space.head.stale);
  CHECK(look(page, en).columns[0].space.points.size() == 3);
  page.apply(state::HoverItem{3});
  CHECK(look(page, en).columns[0].space.neighbours_title == "nearest to “dog”");  // the old picture has no fourth
  page.apply(state::SetItems{});
  CHECK(page.engine.count<protocol::Space>() == 0);
  CHECK_FALSE(look(page, en).space.empty.empty());
  CHECK(look(page, en).columns[1].space.head.sentence == look(page, en).space.empty);
  CHECK(en.missing() == std::vector<std::string>{});
}

TEST_CASE("t-SNE tells how far it is, and its settings are asked for with it alone") {
  const view::Strings en = words("en");
  Spaced spaced;
  Page& page = spaced.page;
  state::SpaceChoice choice;
  choice.perplexity = 7;
  page.apply(state::ChooseSpace{choice});
  CHECK(asked(page, Seat::left).perplexity == 5);  // PCA: nothing new to ask
  choice.projection = protocol::Projection::tsne;
  page.apply(state::ChooseSpace{choice});
  CHECK(asked(page, Seat::left).perplexity == 7);
  page.store.receive({page.engine.find<protocol::Space>(Seat::left)->id, protocol::Progress{"tsne", "", 250, 1000}}, 0);
  CHECK(look(page, en).columns[0].space.running);
  CHECK(look(page, en).columns[0].space.fraction == 0.25);
  give(page, Seat::left);
  CHECK_FALSE(look(page, en).columns[0].space.running);
  CHECK(look(page, en).space.tsne);
  page.apply(state::SelectTab{state::Tab::overview});
  CHECK(page.engine.count<protocol::Space>() == 0);  // stopped
  CHECK(en.missing() == std::vector<std::string>{});
}

TEST_CASE("a question: the encoder finds a passage, the encoder-decoder answers from it, each step is told") {
  const view::Strings en = words("en");
  Spaced spaced;
  Page& page = spaced.page;
  state::SpaceChoice choice;
  choice.question = "Who?";
  page.apply(state::ChooseSpace{choice});
  CHECK(asked(page, Seat::left).question == "Who?");
  CHECK(page.engine.count<protocol::Generate>() == 0);
  REQUIRE(look(page, en).space.steps.size() == 4);
  CHECK(look(page, en).space.steps[1].text.empty());
  give(page, Seat::left);
  REQUIRE(page.engine.count<protocol::Generate>() == 1);
  const protocol::Generate request = std::get<protocol::Generate>(page.engine.find<protocol::Generate>()->request);
  CHECK(request.seat == Seat::right);
  CHECK(request.text == "question: Who? context: cat");
  CHECK_FALSE(request.as_read);
  page.engine.give(page.engine.find<protocol::Generate>()->id, testing::generated_of(4));
  const view::PageView v = look(page, en);
  CHECK(v.space.steps[1].text == "cat");
  CHECK(v.space.steps[2].text == request.text);
  CHECK(v.space.steps[3].text == "one two three");
  REQUIRE(v.columns[0].space.ranking.size() == 3);
  CHECK(v.columns[0].space.ranking[0].text == "cat");
  CHECK(v.columns[0].space.ranking[0].best);
  CHECK(v.columns[0].space.ranking[0].score == "0.700");
  CHECK(en.missing() == std::vector<std::string>{});

  SECTION("without an encoder-decoder the page says so, and the passage is found all the same") {
    page.apply(state::LoadModel{Seat::right, {}, "some-bert"});
    page.engine.answer(*page.engine.find<protocol::Load>(Seat::right));
    const auto steps = look(page, en).space.steps;
    CHECK(steps[1].text == "cat");
    CHECK(steps[3].text.empty());
    CHECK(steps[3].note == en.get("space.step.no_encoder_decoder"));
  }
  SECTION("without an encoder nobody finds, and nobody is asked to answer") {
    page.apply(state::LoadModel{Seat::left, Family::decoder, "other"});
    page.engine.answer(*page.engine.find<protocol::Load>(Seat::left));
    const auto steps = look(page, en).space.steps;
    CHECK(steps[1].note == en.get("space.step.no_encoder"));
    CHECK(page.engine.count<protocol::Generate>() == 0);
  }
}

TEST_CASE("scripts set the list and the choice; what is wrong is refused by name") {
  Spaced spaced;
  Page& page = spaced.page;
  page.script(R"({"type":"set_items","items":["a","b"]})", 1);
  CHECK(page.state().document.items == std::vector<std::string>{"a", "b"});
  page.script(R"({"type":"choose_space","projection":"tsne","layer":2,"perplexity":3})", 2);
  CHECK(page.state().space.projection == protocol::Projection::tsne);
  CHECK(page.state().space.layer == 2);
  page.script(R"({"type":"choose_space","layer":"last"})", 3);
  CHECK_FALSE(page.state().space.layer);
  CHECK(page.state().space.perplexity == 3);
  page.script(R"({"type":"choose_space","pooling":"max"})", 4);
  CHECK(page.engine.rejected.contains(4));
  page.script(R"({"type":"set_items","items":[1]})", 5);
  CHECK(page.engine.rejected.contains(5));
}

TEST_CASE("the shipped lists read, have titles, and fit") {
  const view::Strings en = words("en");
  const auto lists = state::parse_lists(testing::file_text("assets/examples.json"));
  REQUIRE(lists);
  CHECK(lists->size() == 4);
  bool asks = false;
  for (const state::SpaceList& list : *lists) {
    CHECK(en.has(list.title_key));
    CHECK(list.items.size() > 3);
    CHECK(list.items.size() <= 64);
    asks |= !list.questions.empty();
  }
  CHECK(asks);
  CHECK_FALSE(state::parse_lists(R"({"lists":[{"id":"x"}]})"));
  CHECK(state::parse_lists(R"({})")->empty());
}

}  // namespace trilens
