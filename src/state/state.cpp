#include "state/state.hpp"

#include <algorithm>

namespace trilens::state {

std::vector<AttentionKind> kinds_of(Family family) {
  if (family == Family::encoder_decoder) return {AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross};
  return {AttentionKind::self};
}

Mark mark_of(Seat seat, Side side, const protocol::Piece& piece, std::size_t index) {
  return {side, static_cast<std::size_t>(piece.start), static_cast<std::size_t>(piece.end), seat, index};
}

AttentionKind heads_kind(const State& state, Seat seat) {
  const std::vector<AttentionKind> kinds = kinds_of(state.column(seat).family);
  const std::optional<AttentionKind>& chosen = state.heads.kind[seat_index(seat)];
  return chosen && std::ranges::find(kinds, *chosen) != kinds.end() ? *chosen : kinds.back();
}

std::string_view head_order_name(HeadOrder order) {
  switch (order) {
    case HeadOrder::layers: return "layers";
    case HeadOrder::previous: return "previous";
    case HeadOrder::next: return "next";
    case HeadOrder::first: return "first";
    case HeadOrder::itself: return "itself";
    case HeadOrder::same: return "same";
    case HeadOrder::special: return "special";
    case HeadOrder::broad: return "broad";
  }
  return "";
}

std::optional<HeadOrder> head_order_from_name(std::string_view name) {
  for (const HeadOrder order : kHeadOrders) {
    if (head_order_name(order) == name) return order;
  }
  return std::nullopt;
}

bool blank_text(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

bool has_blanks(const ColumnState& column) { return column.reading && column.reading->task == "fill" && !column.reading->predictions.empty(); }

bool steps_on(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  return column.family != Family::encoder || (state.document.one_by_one && has_blanks(column));
}

std::int64_t known_steps(const State& state, Seat seat) {
  const ColumnState& column = state.column(seat);
  if (!steps_on(state, seat)) return column.reading && !column.reading->predictions.empty() ? 1 : 0;
  return column.generation.advanced;
}

std::int64_t known_steps(const State& state) {
  std::int64_t most = 0;
  for (const Seat seat : kSeats) most = std::max(most, known_steps(state, seat));
  return most;
}

std::span<const protocol::Step> shown_steps(const State& state, Seat seat) {
  const GenerationState& g = state.column(seat).generation;
  const std::int64_t cursor = std::min(state.clock.cursor, known_steps(state, seat));
  const auto read = static_cast<std::size_t>(std::max<std::int64_t>(cursor - 1, 0));
  return std::span(g.steps).first(std::min(read, g.steps.size()));
}

bool can_step(const State& state) {
  if (blank_text(state.document.text)) return false;
  for (const Seat seat : kSeats) {
    const ColumnState& column = state.column(seat);
    if (known_steps(state, seat) > state.clock.cursor) return true;
    if (!steps_on(state, seat) || !column.loaded) continue;
    const GenerationState& g = column.generation;
    if (g.stale || (!g.finished && !g.trouble)) return true;
  }
  return false;
}

bool known_language(std::string_view language) { return std::ranges::find(kLanguages, language) != kLanguages.end(); }

std::string_view machine_shade_name(MachineShade shade) {
  switch (shade) {
    case MachineShade::none: return "none";
    case MachineShade::norms: return "norms";
    case MachineShade::similarity: return "similarity";
  }
  return "";
}

std::optional<MachineShade> machine_shade_from_name(std::string_view name) {
  for (const MachineShade shade : kMachineShades) {
    if (machine_shade_name(shade) == name) return shade;
  }
  return std::nullopt;
}

std::string_view tab_name(Tab tab) {
  switch (tab) {
    case Tab::overview: return "overview";
    case Tab::machine: return "machine";
    case Tab::tokens: return "tokens";
    case Tab::attention: return "attention";
    case Tab::prediction: return "prediction";
    case Tab::masks: return "masks";
    case Tab::lens: return "lens";
    case Tab::numbers: return "numbers";
    case Tab::leak: return "leak";
    case Tab::answer: return "answer";
    case Tab::generation: return "generation";
    case Tab::space: return "space";
    case Tab::cost: return "cost";
  }
  return "";
}

std::optional<Tab> tab_from_name(std::string_view name) {
  for (const Tab tab : kTabs) {
    if (tab_name(tab) == name) return tab;
  }
  return std::nullopt;
}

std::string_view pace_name(Pace pace) {
  switch (pace) {
    case Pace::slow: return "slow";
    case Pace::normal: return "normal";
    case Pace::fast: return "fast";
  }
  return "";
}

std::optional<Pace> pace_from_name(std::string_view name) {
  for (const Pace pace : kPaces) {
    if (pace_name(pace) == name) return pace;
  }
  return std::nullopt;
}

std::string_view theme_name(Theme theme) {
  switch (theme) {
    case Theme::system: return "system";
    case Theme::light: return "light";
    case Theme::dark: return "dark";
  }
  return "";
}

std::optional<Theme> theme_from_name(std::string_view name) {
  for (const Theme theme : {Theme::system, Theme::light, Theme::dark}) {
    if (theme_name(theme) == name) return theme;
  }
  return std::nullopt;
}

std::string_view layout_name(LayoutClass layout) {
  switch (layout) {
    case LayoutClass::wide: return "wide";
    case LayoutClass::tablet: return "tablet";
    case LayoutClass::phone: return "phone";
  }
  return "";
}

}  // namespace trilens::state
