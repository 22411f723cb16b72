#include "view/masks.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using protocol::MaskChoice;
using protocol::Switches;
using testing::Page;
using testing::words;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

Switches causal() { return {{MaskChoice::causal, 0, {}}, {}, {}, 1}; }

protocol::SwitchComparison comparison() {
  return {"fill", "is", "was", {{3, 1.5, 3.25, 0.381, {{5, "was", "was", 0.1, 0.6, 4, 1}, {6, "is", "is", 0.5, 0.2, 1, 2}, {7, "##s", "s", 0.2, 0.2, 2, 2}}}}};
}

std::size_t seen(const view::MaskPictureView& picture) {
  std::size_t out = 0;
  for (const view::MaskRun& run : picture.runs) out += run.to - run.from;
  return out;
}

}  // namespace

TEST_CASE("at rest there are switches and nothing to compare; the head says nothing of them") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::masks});
  const view::PageView v = look(page, en);
  CHECK_FALSE(v.masks.switched);
  for (const view::ColumnView& column : v.columns) {
    CHECK(column.masks.enabled);
    CHECK(column.masks.in_force.empty());
    CHECK(column.head.switched.empty());
    CHECK(column.masks.places.empty());
    CHECK(column.masks.head.empty);
    REQUIRE_FALSE(column.masks.presets.empty());
    CHECK(column.masks.presets.front().choice.choice.selected);
    for (const view::PresetView& preset : column.masks.presets) CHECK_FALSE(preset.look.empty());
  }
  CHECK(v.columns[0].masks.kinds.size() == 1);
  CHECK(v.columns[2].masks.kinds.size() == 3);
  CHECK(v.columns[2].masks.kinds[2].rows[0].id == "connection");
  CHECK(v.columns[0].masks.kinds[0].heads.size() == 4);
  CHECK(v.columns[0].masks.kinds[0].picture.measured);
  CHECK(en.missing().empty());
}

TEST_CASE("what is switched is told in the head, in what is copied and in the snapshot, and before and after stand side by side") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::masks});
  page.apply(state::SetSwitches{Seat::left, causal()});
  CHECK(look(page, en).columns[0].masks.head.waiting);
  page.engine.give(page.engine.find<protocol::CompareSwitches>()->id, comparison());
  page.engine.run();
  const view::PageView v = look(page, en);
  const view::MasksView& m = v.columns[0].masks;
  CHECK(v.masks.switched);
  CHECK(v.columns[0].head.switched == "Switched: causal mask");
  CHECK(v.header.copy_text.find("[Switched: causal mask]") != std::string::npos);
  CHECK(view::snapshot_json(page.state(), en, {}).find("Switched: causal mask") != std::string::npos);
  CHECK(v.columns[1].head.switched.empty());
  CHECK(m.presets[1].choice.choice.selected);
  CHECK(m.look == m.presets[1].look);
  CHECK(m.answer_before == "is");
  CHECK(m.answer_after == "was");
  REQUIRE(m.places.size() == 1);
  REQUIRE(m.places[0].words.size() == 3);
  CHECK(m.places[0].words[0].change_text == "+50.0");
  CHECK(m.places[0].words[0].rank_text == "4 → 1");
  CHECK(m.places[0].words[1].change_text == "−30.0");
  CHECK(m.places[0].words[2].change_text == "0.0");
  CHECK(m.places[0].words[2].rank_text == "2");
  CHECK(m.places[0].words[0].after_length > m.places[0].words[0].before_length);
  CHECK(m.places[0].sentence.find("38.1") != std::string::npos);
  CHECK(en.missing().empty());

  SECTION("reset takes the answer from the screen") {
    page.apply(state::ResetSwitches{});
    CHECK(look(page, en).columns[0].masks.places.empty());
    CHECK(look(page, en).columns[0].head.switched.empty());
  }
  SECTION("other settings dim it until theirs is there") {
    page.apply(state::SetHead{Seat::left, protocol::AttentionKind::self, 0, 1, 0});
    CHECK(look(page, en).columns[0].masks.head.stale);
    CHECK_FALSE(look(page, en).columns[0].masks.places.empty());
    CHECK(look(page, en).columns[0].head.switched == "Switched: causal mask · 1 head changed");
  }
}

TEST_CASE("the picture is the settings', or what was measured where the mask is the model's own") {
  state::ColumnState column;
  state::MapState& map = column.map(protocol::AttentionKind::self);
  map.rows.resize(4);
  map.columns.resize(4);
  map.values = {1, 0, 0, 0, 0.5F, 0.5F, 0, 0, 0.3F, 0.3F, 0.4F, 0, 0.25F, 0.25F, 0.25F, 0.25F};
  const auto picture = [&](MaskChoice mask, std::int64_t window) { return view::mask_picture(column, protocol::AttentionKind::self, {{mask, window, {}}, {}, {}, 1}); };
  CHECK(seen(picture(MaskChoice::native, 0)) == 10);
  CHECK(picture(MaskChoice::native, 0).measured);
  CHECK(seen(picture(MaskChoice::causal, 0)) == 10);
  CHECK_FALSE(picture(MaskChoice::causal, 0).measured);
  CHECK(seen(picture(MaskChoice::bidirectional, 0)) == 16);
  CHECK(seen(picture(MaskChoice::window, 2)) == 7);
  CHECK(seen(picture(MaskChoice::window, 1)) == 4);
  column.map(protocol::AttentionKind::cross) = map;
  const auto cut = view::mask_picture(column, protocol::AttentionKind::cross, {{}, {}, {}, 0});
  CHECK(cut.cut);
  CHECK(cut.runs.empty());
}

TEST_CASE("what a graph cannot have is shown with its reason, in the row and in the preset") {
  const view::Strings en = words("en");
  Page page(false);
  page.apply(state::SelectTab{state::Tab::masks});
  protocol::Loaded loaded = testing::loaded_of({Seat::left});
  loaded.switches.front().mask_refusal = "Its mask is mixed with weights.";
  page.engine.give(page.engine.find<protocol::Load>(Seat::left)->id, loaded);
  const view::MasksView m = look(page, en).columns[0].masks;
  CHECK(m.kinds[0].rows[0].refusal == "Its mask is mixed with weights.");
  CHECK(m.presets[0].refusal.empty());
  CHECK(m.presets[1].refusal == "Its mask is mixed with weights.");  // causal
  CHECK(m.presets[3].refusal.empty());                              // heads
}

TEST_CASE("a press takes a head from on to off to half and back") {
  const view::Strings nb = words("nb");
  Page page;
  page.apply(state::SelectTab{state::Tab::masks});
  for (const float expected : {0.0F, 0.5F, 1.0F}) {
    const view::SwitchHeadView head = look(page, nb).columns[1].masks.kinds[0].heads[2][1];
    CHECK(head.next == expected);
    page.apply(state::SetHead{Seat::middle, protocol::AttentionKind::self, 2, 1, head.next});
  }
  CHECK(page.state().document.switches[1].at_rest());
  CHECK(nb.missing().empty());
}

}  // namespace trilens
