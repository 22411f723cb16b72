#include "view/heads.hpp"

#include <algorithm>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "support.hpp"
#include "view/attention_parts.hpp"
#include "view/links.hpp"

namespace trilens {
namespace {

using protocol::AttentionKind;
using protocol::HeadMap;
using protocol::HeadMaps;
using protocol::HeadScores;
using state::HeadOrder;
using testing::Page;
using testing::words;
using view::HeadRole;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

HeadScores scores(double previous, double first, double broad) {
  HeadScores s;
  s.previous = previous;
  s.first = first;
  s.broad = broad;
  return s;
}

// Two layers of two heads: pictures of 2 × 3.
HeadMaps four_heads(const std::string& kind = "self") {
  HeadMaps maps{.kind = kind, .layers = 2, .heads = 2, .rows = 2, .columns = 3, .tile_rows = 2, .tile_columns = 3, .hidden = 0, .causal = false, .maps = {}};
  const std::vector<HeadScores> all{scores(0.1, 0.6, 0.3), scores(0.9, 0.1, 0.2), scores(0.2, 0.2, 0.9), scores(0.3, 0.3, 0.5)};
  for (std::int64_t l = 0; l < 2; ++l) {
    for (std::int64_t h = 0; h < 2; ++h) maps.maps.push_back({"head", l, h, {0.25, 0, 0, 0, 0, 1}, all[static_cast<std::size_t>(2 * l + h)]});
    maps.maps.push_back({"mean", l, {}, {0, 0, 0, 0, 0, 0}, {}});
    maps.maps.push_back({"rollout", l, {}, {0, 0, 0, 0, 0, 0}, {}});
  }
  return maps;
}

std::vector<std::string> ids(const view::HeadsView& v) {
  std::vector<std::string> out;
  for (const auto& row : v.rows) {
    for (const auto& tile : row.tiles) out.push_back(tile.id);
  }
  return out;
}

}  // namespace

TEST_CASE("a head is named for where at least half of its attention goes") {
  CHECK(view::head_role(scores(0.9, 0.1, 0.9)) == HeadRole::previous);
  CHECK(view::head_role(scores(0.49, 0.5, 0.9)) == HeadRole::first);
  CHECK(view::head_role(scores(0.49, 0.2, 0.8)) == HeadRole::broad);
  CHECK(view::head_role(scores(0.49, 0.2, 0.79)) == HeadRole::mixed);
  CHECK(view::head_role({}) == HeadRole::mixed);
  HeadScores rests = scores(0.1, 0.55, 0.2);
  rests.special = 0.9;  // the first piece is one of them
  CHECK(view::head_role(rests) == HeadRole::first);
  rests.first = 0.4;
  CHECK(view::head_role(rests) == HeadRole::special);
}

TEST_CASE("heads are asked for while the tab of attention is open, of one kind a column") {
  const view::Strings en = words("en");
  Page page;
  CHECK(page.engine.count<protocol::Heads>() == 0);
  page.apply(state::SelectTab{state::Tab::attention});
  REQUIRE(page.engine.count<protocol::Heads>() == 3);
  CHECK(std::get<protocol::Heads>(page.engine.find<protocol::Heads>(Seat::left)->request).kind == AttentionKind::self);
  CHECK(std::get<protocol::Heads>(page.engine.find<protocol::Heads>(Seat::right)->request).kind == AttentionKind::cross);
  page.apply(state::ShowHeads{Seat::right, AttentionKind::decoder_self});
  CHECK(std::get<protocol::Heads>(page.engine.find<protocol::Heads>(Seat::right)->request).kind == AttentionKind::decoder_self);
  page.engine.give(page.engine.find<protocol::Heads>(Seat::left)->id, four_heads());

  SECTION("layer by layer: heads, mean, rollout, in one picture a row") {
    const view::HeadsView v = look(page, en).columns[0].heads;
    CHECK(ids(v) == std::vector<std::string>{"0.0", "0.1", "0.mean", "0.rollout", "1.0", "1.1", "1.mean", "1.rollout"});
    CHECK(v.columns == std::vector<std::string>{"1", "2", "mean", "rollout"});
    REQUIRE(v.rows[0].cells.size() == 2 * (4 * 4 - 1));
    CHECK(v.rows[0].cells[0] == 0.5F);       // the square root
    CHECK(v.rows[0].cells[3] == 0);          // between two pictures
    CHECK(v.rows[0].cells[4] == 0.5F);       // the next head's
    CHECK(v.rows[0].cells[15 + 2] == 1);
    CHECK(v.rows[1].label == "2");
    CHECK(v.summary.find("4 heads: 1 previous piece, 1 first piece, 1 everywhere, 1 mixed") != std::string::npos);
  }
  SECTION("sorted by what they do, without asking again") {
    state::HeadsChoice choice;
    choice.order = HeadOrder::previous;
    page.apply(state::ChooseHeads{choice});
    CHECK(page.engine.find<protocol::Heads>(Seat::left) == nullptr);
    const view::HeadsView v = look(page, en).columns[0].heads;
    CHECK(ids(v) == std::vector<std::string>{"0.1", "1.1", "1.0", "0.0"});
    CHECK(v.rows[0].tiles[0].caption == "1·2  90.0\u202F%");
    CHECK(v.summary.find("layer 1, head 2") != std::string::npos);
    choice.order = HeadOrder::same;
    page.apply(state::ChooseHeads{choice});
    CHECK(look(page, en).columns[0].heads.summary == en.get("heads.absent.same"));
  }
  SECTION("a press opens the map, and the picture says so") {
    page.engine.run();
    page.apply(state::SelectMap{Seat::left, AttentionKind::self, {1, {}, true}});
    REQUIRE(page.engine.find<protocol::Attention>(Seat::left) != nullptr);
    CHECK(std::get<protocol::Attention>(page.engine.find<protocol::Attention>(Seat::left)->request).rollout);
    const view::PageView v = look(page, en);
    CHECK(v.columns[0].attention[0].choice == "rollout up to layer 2");
    CHECK(v.columns[0].attention[0].heads.back().selected);
    CHECK_FALSE(v.columns[0].attention[0].heads.front().selected);
    CHECK(v.columns[0].heads.rows[1].tiles[3].selected);
    CHECK_FALSE(v.columns[0].heads.rows[1].tiles[2].selected);
  }
  SECTION("special tokens are hidden by asking again") {
    state::HeadsChoice choice;
    choice.hide_special = true;
    page.apply(state::ChooseHeads{choice});
    REQUIRE(page.engine.find<protocol::Heads>(Seat::left) != nullptr);
    CHECK(std::get<protocol::Heads>(page.engine.find<protocol::Heads>(Seat::left)->request).hide_special);
    CHECK(look(page, en).columns[0].heads.head.stale);
  }
}

TEST_CASE("without special tokens rows sum to 1, and cells keep their place in the whole map") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::attention});
  const view::AttentionView before = look(page, en).columns[0].attention[0];
  state::HeadsChoice choice;
  choice.hide_special = true;
  page.apply(state::ChooseHeads{choice});
  const view::AttentionView after = look(page, en).columns[0].attention[0];
  std::size_t special = 0;
  for (const auto& label : before.row_labels) special += label.special ? 1 : 0;
  REQUIRE(special > 0);
  CHECK(after.rows == before.rows - special);
  CHECK(after.version != before.version);
  for (std::size_t r = 0; r < after.rows; ++r) {
    float sum = 0;
    for (const float v : after.values.subspan(r * after.columns, after.columns)) sum += v;
    CHECK(sum == Catch::Approx(1));
    CHECK_FALSE(after.row_labels[r].special);
  }
  const state::Cell cell = after.cell(0, 1);
  CHECK(before.row_labels[cell.row].display == after.row_labels[0].display);
  CHECK(before.column_labels[cell.column].display == after.column_labels[1].display);
  page.apply(state::HoverCell{cell});
  const auto pointed = look(page, en).columns[0].attention[0].pointed;
  REQUIRE(pointed);
  CHECK(pointed->row == 0);
  CHECK(pointed->column == 1);
  page.apply(state::SelectTab{state::Tab::overview});  // its own tab alone
  CHECK(look(page, en).columns[0].attention[0].rows == before.rows);
}

TEST_CASE("what is below the threshold is not drawn, and still read") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::attention});
  state::HeadsChoice choice;
  choice.threshold = 0.9;
  page.apply(state::ChooseHeads{choice});
  CHECK(page.state().heads.threshold == state::kMostThreshold);
  const view::PageView v = look(page, en);
  const view::AttentionView& map = v.columns[2].attention[1];  // the scripted decoder shares out evenly: 1, 1/2, 1/3, …
  REQUIRE(map.rows > 2);
  CHECK(map.drawn[0] == 1);
  CHECK(map.drawn[map.columns] == 0.5F);
  CHECK(map.drawn[2 * map.columns] == 0);
  CHECK(map.values[2 * map.columns] > 0.3F);
  CHECK(view::at_least(std::vector<float>{0.1F, 0.5F}, 0.5) == std::vector<float>{0, 0.5F});
}

TEST_CASE("lines go from each piece to what it looks at, the strongest last") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::attention});
  const view::LinksView v = look(page, en).columns[2].links;
  CHECK(v.kind == AttentionKind::cross);
  REQUIRE_FALSE(v.links.empty());
  std::size_t strongest = 0;
  for (const auto& link : v.links) strongest += link.strongest ? 1 : 0;
  CHECK(strongest == v.left.size());
  CHECK(v.links.back().strongest);
  CHECK_FALSE(v.any_lit);
  page.apply(state::Hover{v.right[1].mark});
  const view::LinksView lit = look(page, en).columns[2].links;
  CHECK(lit.any_lit);
  for (const auto& link : lit.links) CHECK(link.lit == (lit.left[link.row].hovered || lit.right[link.column].hovered));
}

TEST_CASE("a piece that is pointed at lights up in every picture, where they are of the same pieces") {
  const view::Strings en = words("en");
  Page page;
  page.engine.run();
  page.apply(state::SelectTab{state::Tab::attention});
  const std::size_t pieces = page.column(Seat::left).map(AttentionKind::self).rows.size();
  HeadMaps maps = four_heads();
  maps.rows = maps.columns = static_cast<std::int64_t>(pieces);
  page.engine.give(page.engine.find<protocol::Heads>(Seat::left)->id, maps);
  CHECK(look(page, en).columns[0].heads.lit_columns.empty());
  page.apply(state::Hover{state::Mark{.begin = 4, .end = 7}});  // "dog"
  const view::HeadsView v = look(page, en).columns[0].heads;
  REQUIRE(v.lit_columns.size() == 1);
  CHECK(v.lit_rows.size() == 1);
  const auto labels = look(page, en).columns[0].attention.front().column_labels;
  const auto at = static_cast<float>(std::ranges::find(labels, true, &view::LabelView::hovered) - labels.begin());
  CHECK(v.lit_columns.front().from == Catch::Approx(at / static_cast<float>(pieces)));
}

}  // namespace trilens
