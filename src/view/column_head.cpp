#include "view/column_head.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

ProgressView progress_view(const state::ColumnState& column, const Words& words) {
  ProgressView v;
  v.cancel_label = words.strings.get("load.cancel");
  if (!column.progress) {
    v.sentence = words.strings.get("load.begins");
    return v;
  }
  const protocol::Progress& p = *column.progress;
  v.stage = p.stage;
  v.known = p.total_bytes > 0;
  if (v.known) v.fraction = std::clamp(static_cast<double>(p.loaded_bytes) / static_cast<double>(p.total_bytes), 0.0, 1.0);
  const std::vector<Fill> values{{"file", p.file},
                                 {"loaded", joined(bytes_quantity(p.loaded_bytes, words.number))},
                                 {"total", joined(bytes_quantity(p.total_bytes, words.number))}};
  if (p.stage == "open") v.sentence = words.strings.fill("load.open", values);
  else if (p.stage == "check") v.sentence = words.strings.fill("load.check", values);
  else v.sentence = words.strings.fill(v.known ? "load.fetch" : "load.fetch_unknown", values);
  return v;
}

std::string facts(const protocol::Loaded& loaded, const Words& words) {
  const bool both = loaded.decoder_layers > 0 && loaded.family == Family::encoder_decoder;
  return words.strings.fill(both ? "column.facts_both" : "column.facts",
                            {{"parameters", joined(parameters_quantity(loaded.parameters, words.number))},
                             {"layers", count_text(loaded.layers)},
                             {"decoder_layers", count_text(loaded.decoder_layers)},
                             {"heads", count_text(loaded.heads)},
                             {"vocabulary", count_text(loaded.vocabulary)},
                             {"limit", count_text(loaded.max_tokens)}});
}

}  // namespace

ColumnHeadView build_column_head(const state::State& state, Seat seat, const Words& words) {
  const state::ColumnState& column = state.column(seat);
  const Strings& strings = words.strings;
  ColumnHeadView v;
  v.family = family_view(state, seat, words);
  v.title = v.family.name + " · " + v.family.short_name;
  v.sentence = strings.get("family." + v.family.id + ".sentence");
  v.role = strings.get("family." + v.family.id + ".role");
  v.ready = column.loaded && !column.loading;
  v.provider_label = strings.get("column.provider");
  if (column.loaded) {
    v.model = short_model_name(column.loaded->model);
    v.provider = column.loaded->provider;
    v.provider_reason = column.loaded->report.reason;
    v.parameters = joined(parameters_quantity(column.loaded->parameters, words.number));
    v.facts = facts(*column.loaded, words);
  }
  for (const auto choice : {protocol::ProviderChoice::automatic, protocol::ProviderChoice::webgpu, protocol::ProviderChoice::wasm}) {
    const std::string id(protocol::provider_choice_name(choice));
    v.providers.push_back({id, strings.get("provider." + id), column.provider == choice});
  }
  const std::string home(state::bundled_model(family_at_home(seat)));
  if (v.model.empty()) v.model = column.model.empty() ? home : short_model_name(column.model);
  v.model_label = strings.fill("shelf.open." + std::string(seat_name(seat)), {{"model", column.loaded ? column.loaded->model : v.model}});
  v.shelf_open = state.shelf.open == seat;
  if (column.loaded && !column.loading && !bundled(column.loaded->model)) v.back_label = strings.fill("shelf.back", {{"model", home}});
  if (column.loading) v.progress = progress_view(column, words);
  if (column.load_trouble) {
    v.trouble = trouble_view(*column.load_trouble, words);
    if (column.loaded) v.trouble->offers.push_back({Offer::keep, strings.fill("offer.keep", {{"model", short_model_name(column.loaded->model)}})});
    if (!column.failed_model.empty()) v.trouble->title = short_model_name(column.failed_model) + ": " + v.trouble->title;
  }
  const char* status = column.loading ? "loading" : column.load_trouble && !column.loaded ? "failed" : column.loaded ? "ready" : "none";
  v.status = strings.get("column.status." + std::string(status));
  return v;
}

}  // namespace trilens::view
