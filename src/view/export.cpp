#include "view/export.hpp"

#include <string_view>

#include "protocol/archive.hpp"
#include "state/options.hpp"
#include "state/share.hpp"
#include "view/export_table.hpp"
#include "view/page.hpp"

namespace trilens::view {
namespace {

using protocol::Json;
using state::ColumnState;
using Table = ExportTable;

void add_settings(Table& out, const state::State& state) {
  out.of_page();
  out.add_words("settings", "text", state.document.text);
  out.add_words("settings", "strategy", protocol::strategy_name(state.document.options.strategy));
  for (const state::OptionRange& range : state::option_ranges()) {
    out.add({"settings", std::string(range.name), 0, {}, 0, {}, number(state::option_value(state.document.options, range.name))});
  }
}

void add_candidates(Table& out, std::string view, std::size_t row, const std::string& row_label, const std::vector<protocol::Candidate>& top) {
  for (std::size_t i = 0; i < top.size(); ++i) {
    out.add({view, "probability", row, row_label, i, top[i].token, number(top[i].probability)});
    out.add({view, "logit", row, row_label, i, top[i].token, number(top[i].logit)});
  }
}

void add_reading(Table& out, const protocol::Reading& reading) {
  out.add_words("reading", "task", reading.task);
  out.add_words("reading", "prompt", reading.prompt);
  out.add_words("reading", "answer", reading.answer);
  for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
    const protocol::Piece& piece = reading.tokens[i];
    out.add({"tokens", "id", i, piece.text, 0, {}, std::to_string(piece.id)});
    out.add({"tokens", "first_byte", i, piece.text, 0, {}, std::to_string(piece.start)});
    out.add({"tokens", "end_byte", i, piece.text, 0, {}, std::to_string(piece.end)});
  }
  for (std::size_t b = 0; b < reading.predictions.size(); ++b) {
    const protocol::Blank& blank = reading.predictions[b];
    const auto at = static_cast<std::size_t>(blank.position);
    const std::string label = at < reading.tokens.size() ? reading.tokens[at].text : std::string();
    out.add({"prediction", "entropy_bits", b, label, 0, {}, number(blank.entropy_bits)});
    add_candidates(out, "prediction", b, label, blank.top);
  }
  out.add({"cost", "prefill_ms", 0, {}, 0, {}, number(reading.prefill_ms)});
  out.add({"cost", "per_token_ms", 0, {}, 0, {}, number(reading.per_token_ms)});
  out.add({"cost", "passes", 0, {}, 0, {}, std::to_string(reading.passes)});
  out.add({"cost", "cache_bytes", 0, {}, 0, {}, std::to_string(reading.cache_bytes)});
}

std::string map_name(state::AttentionKind kind, const state::MapChoice& choice) {
  const auto index = [](const std::optional<std::int64_t>& i) { return i ? std::to_string(*i) : std::string("mean"); };
  return std::string(protocol::attention_kind_name(kind)) + " layer " + (choice.rollout && !choice.layer ? "last" : index(choice.layer)) + (choice.rollout ? " rollout" : " head " + index(choice.head));
}

void add_map(Table& out, state::AttentionKind kind, const state::MapState& map) {
  if (map.stale) return;  // of an earlier text or choice
  for (std::size_t r = 0; r < map.rows.size(); ++r) {
    for (std::size_t c = 0; c < map.columns.size(); ++c) {
      out.add({"attention", map_name(kind, map.choice), r, map.rows[r].text, c, map.columns[c].text, number(map.values[r * map.columns.size() + c])});
    }
  }
}

void add_generation(Table& out, const state::GenerationState& g) {
  if (g.stale) return;
  for (std::size_t i = 0; i < g.steps.size(); ++i) {
    const protocol::Step& step = g.steps[i];
    out.add({"generation", "chosen", i, step.token, 0, {}, number(step.probability)});
    out.add({"generation", "entropy_bits", i, step.token, 0, {}, number(step.entropy_bits)});
    out.add({"generation", "millis", i, step.token, 0, {}, number(step.millis)});
    add_candidates(out, "generation", i, step.token, step.top);
  }
}

void add_leak(Table& out, const state::ExperimentState& e) {
  const auto* test = e.as<protocol::LeakTest>();
  if (test == nullptr || e.stale) return;
  for (const protocol::LeakSide& side : test->sides) {
    for (std::size_t s = 0; s < side.difference.size(); ++s) {
      for (std::size_t i = 0; i < side.difference[s].size(); ++i) {
        out.add({"leak", side.id + " difference", s, "state", i, side.pairs[i].display, number(side.difference[s][i])});
        out.add({"leak", side.id + " cosine", s, "state", i, side.pairs[i].display, number(side.cosine[s][i])});
      }
    }
  }
}

// What is not at rest: numbers of a switched model must not be taken for its own.
void add_switches(Table& out, const ColumnState& column) {
  const protocol::Switches& now = column.switches;
  out.add_words("switches", "at_rest", now.at_rest() ? "yes" : "no");
  if (now.at_rest()) return;
  for (const state::AttentionKind kind : state::kinds_of(column.family)) {
    const protocol::KindSwitches& of = state::kind_of(now, kind);
    const std::string name(protocol::attention_kind_name(kind));
    out.add_words("switches", name + " mask", protocol::mask_name(of.mask));
    if (of.mask == protocol::MaskChoice::window) out.add({"switches", name + " window", 0, {}, 0, {}, std::to_string(of.window)});
    for (std::size_t layer = 0; layer < of.heads.size(); ++layer) {
      for (std::size_t head = 0; head < of.heads[layer].size(); ++head) out.add({"switches", name + " head", layer, "layer", head, "head", number(of.heads[layer][head])});
    }
    if (kind == state::AttentionKind::cross) out.add({"switches", "connection", 0, {}, 0, {}, number(now.connection)});
  }
}

void add_comparison(Table& out, const ColumnState& column) {
  const state::ExperimentState& e = column.experiment(state::Experiment::masks);
  const auto* c = e.as<protocol::SwitchComparison>();
  if (c == nullptr || e.stale || column.switches.at_rest()) return;
  out.add_words("masks", "answer_before", c->answer_before);
  out.add_words("masks", "answer_after", c->answer_after);
  for (std::size_t p = 0; p < c->places.size(); ++p) {
    const protocol::PlaceChange& place = c->places[p];
    const auto add = [&](std::string series, std::size_t i, const std::string& word, std::string value) { out.add({"masks", std::move(series), p, "place", i, word, std::move(value)}); };
    add("entropy_before", 0, {}, number(place.entropy_before));
    add("entropy_after", 0, {}, number(place.entropy_after));
    add("moved", 0, {}, number(place.moved));
    for (std::size_t i = 0; i < place.words.size(); ++i) {
      const protocol::WordChange& w = place.words[i];
      add("before", i, w.token, number(w.before));
      add("after", i, w.token, number(w.after));
      add("rank_before", i, w.token, std::to_string(w.rank_before));
      add("rank_after", i, w.token, std::to_string(w.rank_after));
    }
  }
}

bool fresh(const state::ExperimentState& e) { return e.value && !e.stale; }

Json result_of(const state::ExperimentState& e) { return Json::parse(protocol::result_json(*e.value), nullptr, false); }

// Every experiment that has no lines of its own above.
void add_experiments(Table& out, const ColumnState& column) {
  for (const state::Experiment id : state::kExperiments) {
    const state::ExperimentState& e = column.experiment(id);
    if (id == state::Experiment::masks || id == state::Experiment::leak || !fresh(e)) continue;
    const state::ExperimentPlace place = state::place_of(id);
    out.add_result(tab_name(place.tab), place.name, result_of(e));
  }
}

// What the engine said to the experiments of a tab (the overview: of all), by their names.
Json results_of(const ColumnState& column, state::Tab tab) {
  Json out = Json::object();
  for (const state::Experiment id : state::kExperiments) {
    const state::ExperimentPlace place = state::place_of(id);
    const bool shown = tab == state::Tab::overview || tab == place.tab;
    if (shown && fresh(column.experiment(id))) out[std::string(place.name.empty() ? tab_name(place.tab) : place.name)] = result_of(column.experiment(id));
  }
  return out;
}

}  // namespace

std::string export_csv(const state::State& state) {
  Table out(state.tab == state::Tab::overview ? std::string_view() : tab_name(state.tab));
  add_settings(out, state);
  for (const ColumnState& column : state.columns) {
    out.of(column);
    add_switches(out, column);
    if (column.reading && !column.reading_stale) add_reading(out, *column.reading);
    for (const state::AttentionKind kind : state::kinds_of(column.family)) add_map(out, kind, column.map(kind));
    add_generation(out, column.generation);
    add_comparison(out, column);
    add_leak(out, column.experiment(state::Experiment::leak));
    add_experiments(out, column);
  }
  return out.take();
}

std::string export_json(const state::State& state, const Strings& strings) {
  Json models = Json::array(), results = Json::array();
  for (const ColumnState& column : state.columns) {
    if (column.loaded) models.push_back(Json::parse(protocol::result_json(*column.loaded), nullptr, false));
    else models.push_back(nullptr);
    results.push_back(results_of(column, state.tab));
  }
  const Json out{{"page", Json::parse(state::shared_json(state), nullptr, false)},
                 {"models", std::move(models)},
                 {"adapter", state.environment.adapter},
                 {"results", std::move(results)},
                 {"snapshot", Json::parse(snapshot_json(state, strings, {}), nullptr, false)}};
  return out.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace trilens::view
