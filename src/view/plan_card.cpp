#include "view/plan_card.hpp"

#include <algorithm>
#include <cmath>

namespace trilens::view {
namespace {

using protocol::ModelPlan;
using state::Getting;
using state::GettingState;

std::string bytes_text(std::int64_t bytes, const Words& words) { return joined(bytes_quantity(bytes, words.number)); }

bool from_disk(const GettingState& getting) { return getting.name.starts_with("disk:"); }

std::string host_words(const state::ShelfState& shelf, const ModelPlan* plan, const Words& words) {
  if (plan != nullptr && !plan->host.empty()) return plan->host;
  return shelf.server.empty() ? words.strings.get("plan.hub") : shelf.server;
}

std::string size_words(const protocol::ModelCard& card, const Words& words) {
  std::string out;
  const auto add = [&](std::int64_t n, const char* key) {
    if (n <= 0) return;
    out += (out.empty() ? "" : " · ") + words.strings.fill(key, {{"count", count_text(n)}});
  };
  add(card.layers, "plan.layers");
  add(card.heads, "plan.heads");
  add(card.hidden, "plan.hidden");
  add(card.vocabulary, "plan.vocabulary");
  return out;
}

std::vector<PlanFactView> facts(const ModelPlan& plan, const Words& words) {
  std::vector<PlanFactView> out;
  const auto add = [&](const char* key, std::string value) {
    if (!value.empty()) out.push_back({words.strings.get(key), std::move(value)});
  };
  const protocol::ModelCard& card = plan.card;
  add("plan.fact.kind", family_view(plan.family, words).name + (card.model_type.empty() ? "" : " · " + card.model_type));
  add("plan.fact.size", size_words(card, words));
  add("plan.fact.task", card.task);
  add("plan.fact.languages", languages_text(card.languages, words));
  add("plan.fact.base", card.base_model);
  add("plan.fact.license", card.license.empty() ? words.strings.get("plan.license_unsaid") : card.license);
  if (plan.memory_bytes > 0) {
    std::string memory = words.strings.fill("plan.memory", {{"bytes", bytes_text(plan.memory_bytes, words)}});
    if (!plan.memory_sentence.empty()) memory += ". " + plan.memory_sentence;
    add("plan.fact.memory", std::move(memory));
  }
  return out;
}

std::vector<PlanVariantView> variants(const ModelPlan& plan, const Words& words) {
  std::vector<PlanVariantView> out;
  if (plan.variants.size() < 2) return out;
  for (const protocol::VariantView& v : plan.variants) {
    const std::string label = v.bytes > 0 ? v.variant + " · " + bytes_text(v.bytes, words) : v.variant;
    out.push_back({v.variant, label, v.why, v.variant == plan.variant, v.usable});
  }
  return out;
}

ProgressView progress_view(const GettingState& getting, const Words& words) {
  ProgressView v;
  v.stage = "fetch";
  v.cancel_label = words.strings.get("plan.stop");
  const ModelPlan& plan = *getting.plan;
  const std::int64_t total = getting.progress && getting.progress->total_bytes > 0 ? getting.progress->total_bytes : plan.total_bytes;
  const std::int64_t loaded = getting.progress ? getting.progress->loaded_bytes : plan.total_bytes - plan.missing_bytes;
  v.known = total > 0;
  if (v.known) v.fraction = std::clamp(static_cast<double>(loaded) / static_cast<double>(total), 0.0, 1.0);
  v.sentence = words.strings.fill(v.known ? "plan.fetching" : "plan.fetching_unknown", {{"loaded", bytes_text(loaded, words)}, {"total", bytes_text(total, words)}});
  if (getting.progress && getting.progress->bytes_per_second > 0) {
    v.sentence += " · " + words.strings.fill("plan.speed", {{"bytes", bytes_text(static_cast<std::int64_t>(getting.progress->bytes_per_second), words)}});
    if (getting.progress->seconds_left) v.sentence += " · " + words.strings.fill("plan.left", {{"time", seconds_text(*getting.progress->seconds_left)}});
  }
  return v;
}

void fill_question(PlanCardView& v, const state::ShelfState& shelf, const Words& words) {
  const GettingState& getting = shelf.getting;
  const ModelPlan& plan = *getting.plan;
  const Strings& strings = words.strings;
  const std::int64_t loaded = getting.progress ? getting.progress->loaded_bytes : plan.total_bytes - plan.missing_bytes;
  const std::vector<Fill> values{{"bytes", bytes_text(plan.missing_bytes, words)}, {"loaded", bytes_text(loaded, words)}, {"total", bytes_text(plan.total_bytes, words)},
                                 {"host", host_words(shelf, &plan, words)}};
  const char* question = "plan.question";
  const char* yes = "plan.fetch";
  if (getting.stopped) question = "plan.question_stopped", yes = "plan.go_on";
  else if (plan.missing_bytes == 0 && plan.unknown_lengths.empty()) question = "plan.question_here", yes = "plan.load";
  else if (from_disk(getting)) question = "plan.question_disk", yes = "plan.copy";
  else if (plan.missing_bytes == 0) question = "plan.question_unknown";
  else if (plan.missing_bytes < plan.total_bytes) question = "plan.question_rest", yes = "plan.go_on";
  v.question = strings.fill(question, values);
  if (!plan.unknown_lengths.empty()) {
    std::string files;
    for (const std::string& file : plan.unknown_lengths) files += (files.empty() ? "" : ", ") + file;
    v.question += " " + strings.fill("plan.unknown_lengths", {{"files", files}});
  }
  v.fetch_label = strings.get(yes);
}

// Trying the same again may help.
bool may_pass(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::model_unsupported:
    case ErrorCode::model_malformed: return false;
    default: return true;
  }
}

void fill_trouble(PlanCardView& v, const GettingState& getting, const Words& words) {
  v.trouble = trouble_view(state::Trouble{*getting.error, false, false}, words);
  const std::string help = "shelf.help." + v.trouble->code;
  if (!from_disk(getting) && words.strings.has(help)) v.help = words.strings.get(help);
  if (may_pass(getting.error->code) && getting.name != "disk:") v.again_label = words.strings.get(getting.fetch_failed ? "plan.go_on" : "plan.again");
}

}  // namespace

std::string languages_text(const std::vector<std::string>& languages, const Words& words) {
  std::string out;
  for (const std::string& language : languages) {
    const std::string key = "tongue." + language;
    out += (out.empty() ? "" : ", ") + (words.strings.has(key) ? words.strings.get(key) : language);
  }
  return out;
}

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return std::string(kNothing);
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole < 90) return joined({count_text(whole), "s"});
  if (whole < 90 * 60) return joined({count_text((whole + 30) / 60), "min"});
  return joined({count_text((whole + 1800) / 3600), "h"});
}

std::optional<PlanCardView> build_plan_card(const state::State& state, const Words& words) {
  const state::ShelfState& shelf = state.shelf;
  const GettingState& getting = shelf.getting;
  if (getting.stage == Getting::nothing) return std::nullopt;
  const Strings& strings = words.strings;
  PlanCardView v;
  v.title = !getting.title.empty() ? getting.title : from_disk(getting) ? strings.get("plan.disk") : getting.name;
  v.decline_label = strings.get(getting.error ? "plan.close" : "plan.decline");
  if (getting.plan) {
    const ModelPlan& plan = *getting.plan;
    v.family = plan.family;
    if (from_disk(getting)) v.from = strings.get("plan.from_disk");
    else v.from = strings.fill(plan.commit.empty() ? "plan.from" : "plan.from_commit",
                               {{"revision", plan.revision}, {"commit", plan.commit.substr(0, 7)}, {"host", host_words(shelf, &plan, words)}});
    v.summary = plan.card.summary;
    v.facts = facts(plan, words);
    v.variant = strings.fill("plan.variant", {{"variant", plan.variant}, {"provider", plan.provider}, {"reason", plan.reason}});
    v.variants_label = strings.get("plan.variants");
    v.variants = variants(plan, words);
  }
  if (getting.stage == Getting::planning) {
    v.waiting = strings.fill("plan.planning", {{"host", from_disk(getting) ? strings.get("plan.this_device") : host_words(shelf, nullptr, words)}});
  } else if (getting.stage == Getting::fetching) {
    v.progress = progress_view(getting, words);
    v.decline_label.clear();
  } else if (getting.error) {
    fill_trouble(v, getting, words);
  } else if (getting.plan) {
    fill_question(v, shelf, words);
  }
  return v;
}

}  // namespace trilens::view
