#include "view/masks.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trilens::view {
namespace {

using protocol::KindSwitches;
using protocol::MaskChoice;
using protocol::Switches;
using state::AttentionKind;

constexpr std::array kMasks{MaskChoice::native, MaskChoice::causal, MaskChoice::bidirectional, MaskChoice::window};
constexpr std::array<std::int64_t, 5> kWindows{1, 2, 3, 4, 8};
constexpr std::int64_t kFirstWindow = 2;
constexpr std::size_t kMostWords = 8;

std::size_t changed_heads(const KindSwitches& s) {
  std::size_t out = 0;
  for (const auto& layer : s.heads) out += static_cast<std::size_t>(std::ranges::count_if(layer, [](float f) { return f != 1.0F; }));
  return out;
}

float factor_at(const KindSwitches& s, std::size_t layer, std::size_t head) {
  return layer < s.heads.size() && head < s.heads[layer].size() ? s.heads[layer][head] : 1.0F;
}

const protocol::SwitchAbility* ability(const state::ColumnState& column, AttentionKind kind) {
  if (!column.loaded) return nullptr;
  const auto& can = column.loaded->switches;
  const auto at = std::ranges::find(can, protocol::attention_kind_name(kind), &protocol::SwitchAbility::kind);
  return at == can.end() ? nullptr : &*at;
}

std::string kind_title(Family family, AttentionKind kind, const Words& words) {
  const std::string where = family == Family::encoder_decoder ? "both." : "one.";
  return words.strings.get("masks.kind." + where + std::string(protocol::attention_kind_name(kind)));
}

std::string mask_words(const KindSwitches& s, const Words& words) {
  return words.strings.fill("masks.in_force." + std::string(protocol::mask_name(s.mask)), {{"window", count_text(s.window)}});
}

SwitchRowView mask_row(const Switches& now, AttentionKind kind, const std::string& refusal, const Words& words) {
  SwitchRowView row{.id = "mask", .label = words.strings.get("masks.mask"), .choices = {}, .refusal = refusal};
  for (const MaskChoice mask : kMasks) {
    Switches then = now;
    KindSwitches& of = state::kind_of(then, kind);
    const bool selected = of.mask == mask;
    of.mask = mask;
    of.window = mask == MaskChoice::window ? (selected ? of.window : kFirstWindow) : 0;
    const std::string id(protocol::mask_name(mask));
    row.choices.push_back({{id, words.strings.get("masks.mask." + id), selected}, std::move(then)});
  }
  return row;
}

SwitchRowView window_row(const Switches& now, AttentionKind kind, const Words& words) {
  SwitchRowView row{.id = "window", .label = words.strings.get("masks.window"), .choices = {}, .refusal = {}};
  for (const std::int64_t window : kWindows) {
    Switches then = now;
    state::kind_of(then, kind).window = window;
    row.choices.push_back({{std::to_string(window), count_text(window), state::kind_of(now, kind).window == window}, std::move(then)});
  }
  return row;
}

SwitchRowView connection_row(const Switches& now, const std::string& refusal, const Words& words) {
  SwitchRowView row{.id = "connection", .label = words.strings.get("masks.connection"), .choices = {}, .refusal = refusal};
  for (const auto& [id, factor] : std::array<std::pair<const char*, double>, 3>{{{"on", 1.0}, {"half", 0.5}, {"off", 0.0}}}) {
    Switches then = now;
    then.connection = factor;
    row.choices.push_back({{id, words.strings.get("masks.connection." + std::string(id)), now.connection == factor}, std::move(then)});
  }
  return row;
}

void add_heads(MaskKindView& v, const KindSwitches& of, const protocol::SwitchAbility& can, const Words& words) {
  for (std::size_t layer = 0; std::cmp_less(layer, can.layers); ++layer) {
    auto& row = v.heads.emplace_back();
    for (std::size_t head = 0; std::cmp_less(head, can.heads); ++head) {
      const float factor = factor_at(of, layer, head);
      const char* state = factor == 1 ? "on" : factor == 0 ? "off" : "part";
      row.push_back({factor, factor == 1 ? 0.0F : factor == 0 ? 0.5F : 1.0F,
                     words.strings.fill("masks.head." + std::string(state), {{"layer", count_text(static_cast<std::int64_t>(layer) + 1)},
                                                                            {"head", count_text(static_cast<std::int64_t>(head) + 1)},
                                                                            {"factor", exact_text(factor, words.number)}})});
    }
  }
}

MaskKindView kind_view(const state::State& state, Seat seat, AttentionKind kind, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const Switches& now = state.document.switches[seat_index(seat)];
  MaskKindView v;
  v.kind = kind;
  v.id = protocol::attention_kind_name(kind);
  v.title = kind_title(column.family, kind, words);
  v.heads_title = words.strings.get("masks.heads");
  const protocol::SwitchAbility* can = ability(column, kind);
  if (can != nullptr && state.tab == state::Tab::masks) {  // many small things: only where they are seen
    if (kind == AttentionKind::cross) v.rows.push_back(connection_row(now, can->cut_refusal, words));
    else v.rows.push_back(mask_row(now, kind, can->mask_refusal, words));
    if (state::kind_of(now, kind).mask == MaskChoice::window) v.rows.push_back(window_row(now, kind, words));
    v.heads_refusal = can->heads_refusal;
    if (v.heads_refusal.empty()) add_heads(v, state::kind_of(now, kind), *can, words);
    v.picture = mask_picture(column, kind, now);
    std::size_t seen = 0;
    for (const MaskRun& run : v.picture.runs) seen += run.to - run.from;
    const char* key = v.picture.cut ? "masks.picture.cut" : v.picture.measured ? "masks.picture.measured" : "masks.picture.set";
    v.picture.sentence = words.strings.fill(key, {{"seen", count_text(static_cast<std::int64_t>(seen))},
                                                  {"all", count_text(static_cast<std::int64_t>(v.picture.rows * v.picture.columns))}});
  }
  return v;
}

// --- presets ---

struct Preset {
  const char* id;
  Family family;
  Switches (*make)(const protocol::Loaded&);
};

KindSwitches masked(MaskChoice mask, std::int64_t window = 0) { return {mask, window, {}}; }

KindSwitches first_layer_off(const protocol::Loaded& loaded) {
  return {MaskChoice::native, 0, {std::vector<float>(static_cast<std::size_t>(std::max<std::int64_t>(1, loaded.heads)), 0.0F)}};
}

constexpr std::array kPresets{
    Preset{"encoder_causal", Family::encoder, [](const protocol::Loaded&) { return Switches{masked(MaskChoice::causal), {}, {}, 1}; }},
    Preset{"encoder_window", Family::encoder, [](const protocol::Loaded&) { return Switches{masked(MaskChoice::window, 2), {}, {}, 1}; }},
    Preset{"encoder_heads", Family::encoder, [](const protocol::Loaded& l) { return Switches{first_layer_off(l), {}, {}, 1}; }},
    Preset{"decoder_both", Family::decoder, [](const protocol::Loaded&) { return Switches{masked(MaskChoice::bidirectional), {}, {}, 1}; }},
    Preset{"decoder_window", Family::decoder, [](const protocol::Loaded&) { return Switches{masked(MaskChoice::window, 2), {}, {}, 1}; }},
    Preset{"decoder_heads", Family::decoder, [](const protocol::Loaded& l) { return Switches{first_layer_off(l), {}, {}, 1}; }},
    Preset{"cross_cut", Family::encoder_decoder, [](const protocol::Loaded&) { return Switches{{}, {}, {}, 0}; }},
    Preset{"source_causal", Family::encoder_decoder, [](const protocol::Loaded&) { return Switches{masked(MaskChoice::causal), {}, {}, 1}; }},
    Preset{"output_window", Family::encoder_decoder, [](const protocol::Loaded&) { return Switches{{}, masked(MaskChoice::window, 1), {}, 1}; }},
};

// Why these settings cannot be had here; empty: they can.
std::string refusal_of(const state::ColumnState& column, const Switches& wanted) {
  for (const AttentionKind kind : state::kinds_of(column.family)) {
    const protocol::SwitchAbility* can = ability(column, kind);
    const KindSwitches& of = state::kind_of(wanted, kind);
    if (can == nullptr) continue;
    if (of.mask != MaskChoice::native && !can->mask_refusal.empty()) return can->mask_refusal;
    if (!of.heads.empty() && !can->heads_refusal.empty()) return can->heads_refusal;
    if (kind == AttentionKind::cross && wanted.connection != 1 && !can->cut_refusal.empty()) return can->cut_refusal;
  }
  return {};
}

void add_presets(MasksView& v, const state::ColumnState& column, const Switches& now, const Words& words) {
  const auto add = [&](std::string id, Switches then) {
    PresetView p;
    p.refusal = refusal_of(column, then);
    p.look = words.strings.get("masks.preset." + id + ".look");
    p.choice = {{id, words.strings.get("masks.preset." + id), then == now}, std::move(then)};
    p.id = std::move(id);
    if (p.choice.choice.selected) v.look = p.look;
    v.presets.push_back(std::move(p));
  };
  add("rest", {});
  for (const Preset& preset : kPresets) {
    if (preset.family == column.family) add(preset.id, preset.make(*column.loaded));
  }
  if (v.look.empty()) v.look = words.strings.get("masks.own_settings.look");
}

// --- before and after ---

MovedWordView word_view(const protocol::WordChange& word, double scale, const Words& words) {
  MovedWordView v;
  v.id = word.id;
  v.token = word.token;
  v.display = piece_text(word.display, word.token);
  v.before = word.before;
  v.after = word.after;
  v.before_length = std::clamp(word.before / scale, 0.0, 1.0);
  v.after_length = std::clamp(word.after / scale, 0.0, 1.0);
  v.before_text = percent_text(word.before, words.number);
  v.after_text = percent_text(word.after, words.number);
  const double points = (word.after - word.before) * 100;
  const std::string size = fixed_text(std::abs(points), 1, words.number);
  v.change_text = std::abs(points) < 0.05 ? size : (points > 0 ? "+" : "−") + size;
  v.rank_text = word.rank_before == word.rank_after ? count_text(word.rank_before) : count_text(word.rank_before) + " → " + count_text(word.rank_after);
  v.spoken = words.strings.fill("masks.word.spoken", {{"piece", v.display}, {"before", v.before_text}, {"after", v.after_text}, {"ranks", v.rank_text}});
  return v;
}

MovedPlaceView place_view(const protocol::PlaceChange& place, std::string title, const Words& words) {
  MovedPlaceView v;
  v.title = std::move(title);
  v.sentence = words.strings.fill("masks.moved", {{"moved", percent_text(place.moved, words.number)},
                                                  {"before", fixed_text(place.entropy_before, 2, words.number)},
                                                  {"after", fixed_text(place.entropy_after, 2, words.number)}});
  double most = 0;
  for (const protocol::WordChange& w : place.words) most = std::max({most, w.before, w.after});
  for (const protocol::WordChange& w : place.words) {
    if (v.words.size() == kMostWords) break;
    v.words.push_back(word_view(w, nice_scale(most), words));
  }
  return v;
}

void add_comparison(MasksView& v, const protocol::SwitchComparison& c, const Words& words) {
  v.answer_before = c.answer_before.empty() ? words.strings.get("masks.says_nothing") : c.answer_before;
  v.answer_after = c.answer_after.empty() ? words.strings.get("masks.says_nothing") : c.answer_after;
  for (std::size_t i = 0; i < c.places.size(); ++i) {
    std::string title = words.strings.get("masks.place." + c.task);
    if (c.places.size() > 1) title += " " + count_text(static_cast<std::int64_t>(i) + 1);
    v.places.push_back(place_view(c.places[i], std::move(title), words));
  }
}

}  // namespace

MaskPictureView mask_picture(const state::ColumnState& column, AttentionKind kind, const Switches& switches) {
  const KindSwitches& of = state::kind_of(switches, kind);
  const state::MapState& map = column.map(kind);
  MaskPictureView v;
  v.measured = of.mask == MaskChoice::native;
  v.cut = kind == AttentionKind::cross && switches.connection == 0;
  v.stale = map.stale && v.measured;
  if (map.values.empty()) return v;
  v.rows = map.rows.size();
  v.columns = map.columns.size();
  if (v.cut) return v;
  const auto sees = [&](std::size_t q, std::size_t k) {
    switch (of.mask) {
      case MaskChoice::native: return map.values[q * v.columns + k] > 0;
      case MaskChoice::bidirectional: return true;
      case MaskChoice::causal: return k <= q;
      case MaskChoice::window: return k <= q && std::cmp_less(q - k, of.window);
    }
    return true;
  };
  for (std::size_t q = 0; q < v.rows; ++q) {
    for (std::size_t k = 0; k < v.columns; ++k) {
      if (!sees(q, k)) continue;
      const bool goes_on = !v.runs.empty() && v.runs.back().row == q && v.runs.back().to == k;
      if (goes_on) ++v.runs.back().to;
      else v.runs.push_back({q, k, k + 1});
    }
  }
  return v;
}

std::string switched_words(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const Switches& now = state.document.switches[seat_index(seat)];
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : " · ") + part; };
  for (const AttentionKind kind : state::kinds_of(column.family)) {
    const KindSwitches& of = state::kind_of(now, kind);
    const std::string where = column.family == Family::encoder_decoder ? kind_title(column.family, kind, words) + ": " : std::string();
    if (of.mask != MaskChoice::native) add(where + mask_words(of, words));
    const auto heads = static_cast<std::int64_t>(changed_heads(of));
    if (heads > 0) add(where + words.strings.fill(heads == 1 ? "masks.in_force.head" : "masks.in_force.heads", {{"count", count_text(heads)}}));
    if (kind == AttentionKind::cross && now.connection != 1) add(words.strings.get(now.connection == 0 ? "masks.in_force.cut" : "masks.in_force.weak"));
  }
  return out;
}

MasksIntroView build_masks_intro(const state::State& state, const Words& words) {
  return {.sentence = words.strings.get("masks.intro"),
          .rest_note = words.strings.get("masks.rest_note"),
          .reset_label = words.strings.get("masks.reset"),
          .switched = std::ranges::any_of(state.document.switches, [](const Switches& s) { return !s.at_rest(); })};
}

MasksView build_masks(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const Switches& now = state.document.switches[seat_index(seat)];
  const state::ExperimentState& e = column.experiment(state::Experiment::masks);
  MasksView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("masks", words);
  v.in_force = switched_words(state, seat, words);
  v.enabled = column.loaded && !column.loading;
  v.before_label = words.strings.get("masks.before");
  v.after_label = words.strings.get("masks.after");
  v.word_label = words.strings.get("masks.word");
  v.change_label = words.strings.get("masks.change");
  v.rank_label = words.strings.get("masks.rank");
  if (column.loaded) {
    add_presets(v, column, now, words);
    for (const AttentionKind kind : state::kinds_of(column.family)) v.kinds.push_back(kind_view(state, seat, kind, words));
  }
  experiment_head(v.head, state, seat, e, words);
  if (column.switches_trouble) v.head.trouble = trouble_view(*column.switches_trouble, words);
  if (now.at_rest()) {  // nothing to compare, and what was compared before is of no more use
    v.head.stale = v.head.waiting = false;
    v.head.hint.clear();
    v.head.empty = true;
    v.head.sentence = column.loaded ? words.strings.get("masks.at_rest") : v.head.sentence;
    return v;
  }
  if (const auto* comparison = e.as<protocol::SwitchComparison>()) {
    add_comparison(v, *comparison, words);
    v.head.sentence = v.places.empty() ? std::string() : v.places.front().sentence;
  }
  return v;
}

}  // namespace trilens::view
