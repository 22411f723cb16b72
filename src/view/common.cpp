#include "view/common.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

bool covers(const state::Mark& mark, Seat seat, state::Side side, const protocol::Piece& piece, std::size_t index) {
  if (mark.side != side) return false;
  if (side == state::Side::output && mark.seat != seat) return false;
  const auto begin = static_cast<std::size_t>(std::max<std::int64_t>(piece.start, 0));
  const auto end = static_cast<std::size_t>(std::max<std::int64_t>(piece.end, 0));
  if (mark.begin < mark.end && begin < end) return mark.begin < end && begin < mark.end;
  return mark.begin == mark.end && begin == end && mark.seat == seat && mark.piece == index;
}

// A cell points at two pieces: the one that reads and the one that is read.
bool covers(const state::State& state, const state::Cell& cell, Seat seat, state::Side side, const protocol::Piece& piece, std::size_t index) {
  const state::MapState& map = state.column(cell.seat).map(cell.kind);
  if (cell.row >= map.rows.size() || cell.column >= map.columns.size()) return false;
  const bool output_rows = cell.kind != state::AttentionKind::self;
  const bool output_columns = cell.kind == state::AttentionKind::decoder_self;
  const auto mark = [&](bool output, const protocol::Piece& at, std::size_t i) {
    return state::mark_of(cell.seat, output ? state::Side::output : state::Side::text, at, i);
  };
  return covers(mark(output_rows, map.rows[cell.row], cell.row), seat, side, piece, index) ||
         covers(mark(output_columns, map.columns[cell.column], cell.column), seat, side, piece, index);
}

}  // namespace

Words words_of(const Strings& strings) {
  const std::string& mark = strings.get("number.decimal");
  return {strings, {mark.size() == 1 ? mark.front() : '.'}};
}

FamilyView family_view(Family family, const Words& words) {
  const std::string id(family_name(family));
  return {family, home_of(family), id, words.strings.get("family." + id + ".name"), words.strings.get("family." + id + ".short")};
}

FamilyView family_view(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  FamilyView view = family_view(column.family, words);
  view.seat = seat;
  if (column.loaded && !bundled(column.loaded->model)) view.short_name = short_model_name(column.loaded->model);
  return view;
}

bool bundled(std::string_view model) { return state::is_bundled(model); }

std::string short_model_name(std::string_view model) {
  if (const auto slash = model.rfind('/'); slash != std::string_view::npos) model.remove_prefix(slash + 1);
  return std::string(model.substr(0, model.find('@')));
}

TroubleView trouble_view(const state::Trouble& trouble, const Words& words) {
  TroubleView view;
  view.code = code_name(trouble.error.code);
  view.title = words.strings.get("error." + view.code);
  view.sentence = trouble.error.message;
  view.detail = trouble.error.detail;
  if (trouble.retry) view.offers.push_back({Offer::retry, words.strings.get("offer.retry")});
  if (trouble.use_wasm) view.offers.push_back({Offer::use_wasm, words.strings.get("offer.use_wasm")});
  return view;
}

std::string visible(std::string_view text) {
  if (text.empty()) return "∅";
  std::string out;
  for (const char c : text) {
    switch (c) {
      case ' ': out += "␣"; break;
      case '\n': out += "⏎"; break;
      case '\t': out += "⇥"; break;
      case '\r': out += "␍"; break;
      default: out += c;
    }
  }
  return out;
}

std::string piece_text(std::string_view display, std::string_view spelling) {
  if (display.empty()) return visible(spelling);
  const bool begins_word = display.size() > 1 && display.front() == ' ' && display[1] != ' ';
  return visible(begins_word ? display.substr(1) : display);
}

state::Side side_of_rows(protocol::AttentionKind kind) { return kind == protocol::AttentionKind::self ? state::Side::text : state::Side::output; }
state::Side side_of_columns(protocol::AttentionKind kind) { return kind == protocol::AttentionKind::decoder_self ? state::Side::output : state::Side::text; }

Lit lit(const state::State& state, Seat seat, state::Side side, const protocol::Piece& piece, std::size_t index) {
  Lit out;
  out.hovered = (state.hover && covers(*state.hover, seat, side, piece, index)) ||
                (state.hover_cell && covers(state, *state.hover_cell, seat, side, piece, index));
  out.pinned = (state.pin && covers(*state.pin, seat, side, piece, index)) ||
               (state.pin_cell && covers(state, *state.pin_cell, seat, side, piece, index));
  return out;
}

PanelHead panel_head(std::string_view panel, const Words& words) {
  const std::string key = "panel." + std::string(panel);
  PanelHead head;
  head.title = words.strings.get(key + ".title");
  head.term = words.strings.get(key + ".term");
  head.explanation = words.strings.get(key + ".explanation");
  return head;
}

void reading_head(PanelHead& head, const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  head.stale = column.reading_stale;
  head.waiting = column.reading_waiting;
  head.empty = !column.reading;
  if (column.reading_trouble) head.trouble = trouble_view(*column.reading_trouble, words);
  settle_head(head, words);
  if (!head.empty) return;
  if (state::blank_text(state.document.text)) head.sentence = words.strings.get("empty.text");
  else if (column.loading) head.sentence = words.strings.get("empty.loading");
  else if (!column.loaded) head.sentence = words.strings.get("empty.not_loaded");
  else head.sentence = words.strings.get("empty.reading");
}

void experiment_head(PanelHead& head, const state::State& state, Seat seat, const state::ExperimentState& experiment, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  head.stale = experiment.stale;
  head.waiting = experiment.waiting;
  head.empty = !experiment.value;
  if (experiment.trouble) head.trouble = trouble_view(*experiment.trouble, words);
  settle_head(head, words);
  if (!head.empty || head.trouble) return;
  if (state::blank_text(state.document.text)) head.sentence = words.strings.get("empty.text");
  else if (column.loading) head.sentence = words.strings.get("empty.loading");
  else if (!column.loaded) head.sentence = words.strings.get("empty.not_loaded");
  else head.sentence = words.strings.get(experiment.waiting ? "empty.experiment" : "empty.nothing_to_do");
}

void settle_head(PanelHead& head, const Words& words) {
  if (head.waiting) head.hint = words.strings.get("hint.waiting");
  else if (head.stale) head.hint = words.strings.get("hint.stale");
}

BarView bar_view(const protocol::Candidate& candidate, double scale, const Words& words) {
  BarView bar;
  bar.id = candidate.id;
  bar.display = piece_text(candidate.display, candidate.token);
  bar.token = candidate.token;
  bar.probability = candidate.probability;
  bar.length = scale > 0 ? std::clamp(candidate.probability / scale, 0.0, 1.0) : 0.0;
  bar.percent = percent_text(candidate.probability, words.number);
  bar.exact = exact_text(candidate.probability, words.number);
  bar.spoken = words.strings.fill("bar.spoken", {{"piece", bar.display}, {"percent", bar.percent}});
  return bar;
}

std::vector<BarView> bar_views(const std::vector<protocol::Candidate>& candidates, double scale, const Words& words) {
  std::vector<BarView> bars;
  for (const protocol::Candidate& c : candidates) bars.push_back(bar_view(c, scale, words));
  std::vector<bool> twin(bars.size(), false);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    for (std::size_t j = 0; j < bars.size(); ++j) twin[i] = twin[i] || (i != j && bars[i].display == bars[j].display);
  }
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (twin[i] && !candidates[i].display.empty()) bars[i].display = visible(candidates[i].display);
  }
  return bars;
}

double nice_scale(double most) {
  for (const double step : {0.05, 0.1, 0.2, 0.3, 0.5, 0.75}) {
    if (most <= step) return step;
  }
  return 1.0;
}

std::string entropy_text(double bits, const Words& words) {
  return words.strings.fill("entropy.bits", {{"bits", fixed_text(bits, 2, words.number)}});
}

std::string scale_text(double scale, const Words& words) {
  return words.strings.fill("bar.scale", {{"percent", fixed_text(scale * 100, 0, words.number) + std::string(kThinSpace) + "%"}});
}

}  // namespace trilens::view
