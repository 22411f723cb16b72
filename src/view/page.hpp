// The whole page as views, and as JSON: what is drawn, what `trilens.snapshot()` gives, what the DOM mirror is made of.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "view/answer.hpp"
#include "view/attention.hpp"
#include "view/column_head.hpp"
#include "view/cost.hpp"
#include "view/curves.hpp"
#include "view/generation.hpp"
#include "view/header.hpp"
#include "view/heads.hpp"
#include "view/leak.hpp"
#include "view/links.hpp"
#include "view/lens.hpp"
#include "view/machine.hpp"
#include "view/masks.hpp"
#include "view/menus.hpp"
#include "view/numbers.hpp"
#include "view/prediction.hpp"
#include "view/probe_table.hpp"
#include "view/space.hpp"
#include "view/shelf.hpp"
#include "view/token_account.hpp"
#include "view/token_ruler.hpp"
#include "view/tokens.hpp"

namespace trilens::view {

struct ColumnView {
  Seat seat = Seat::left;
  Family family = Family::encoder;
  bool shown = true;               // by layout
  ColumnHeadView head;
  MachineView machine;
  TokensView tokens;
  TokenAccountView account;        // of the word that was picked on the tab of tokens
  std::string attention_title;     // "Who looks at whom"
  std::vector<AttentionView> attention;  // the family's maps
  HeadsView heads;
  LinksView links;
  PredictionView prediction;
  MasksView masks;
  LensView lens;
  NumbersView weight_account, word_account;  // built while their tab is open
  LeakView leak;
  SpaceView space;
  PanelHead answer_head;           // of the section, the same in all columns
  std::vector<AnswerCellView> answers;  // one a row of PageView::answer; built while its tab is open
  GenerationView generation;
  BeamsView beams;
  CostView cost;
  CostTableView measured;          // built while the tab of cost is open
};

struct PageView {
  HeaderView header;
  ExamplesView examples;
  OptionsView options;
  KeysView keys;
  StatusView status;
  MasksIntroView masks;
  LeakIntroView leak;
  TokenRulerView ruler;
  SpaceIntroView space;
  HeadsIntroView heads;
  AnswerIntroView answer;
  CurvesView curves;               // the same
  MachineIntroView machine;
  ProbeTableView probes;
  GenerationIntroView generation;
  ShelfView shelf;
  std::array<ColumnView, 3> columns;  // by Seat
  state::Tab tab = state::Tab::overview;
  state::LayoutClass layout = state::LayoutClass::wide;
  bool projector = false;
};

// Borrows from the state (attention values).
[[nodiscard]] PageView build_page(const state::State& state, const Strings& strings);

struct SnapshotExtras {
  std::int64_t frames = 0;         // drawn since the start
};

// docs/automation.md documents the shape. Attention values are included, in full precision.
[[nodiscard]] std::string snapshot_json(const state::State& state, const Strings& strings, const SnapshotExtras& extras);

}  // namespace trilens::view
