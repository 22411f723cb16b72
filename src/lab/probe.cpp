// Phenomena in bulk: the items of assets/probes/, asked exactly as scripts/models/trio/phenomena.py asks them, so that the bundled models
// reach here what assets/models/scores.json says; the answer is the choice with the highest score.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "analysis/choices.hpp"
#include "analysis/pooling.hpp"
#include "analysis/similarity.hpp"
#include "lab/abilities.hpp"
#include "lab/experiments.hpp"
#include "lab/scoring.hpp"

namespace trilens::lab {
namespace {

using Json = nlohmann::json;
using protocol::Probed;

constexpr std::string_view kBlank = "___";

struct Item {
  std::string text, target, behind, question;  // those that the kind has
  std::vector<std::string> choices;
  std::int64_t right = 0;
};

struct Phenomenon {
  std::string kind;
  double chance = 0;
  std::vector<Item> items;
};

std::string text_of(const Json& object, const char* name) {
  return object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : std::string();
}

Result<Phenomenon> parse(const std::vector<std::uint8_t>& bytes, const std::string& path) {
  const auto refuse = [&](const std::string& why) { return fail(ErrorCode::model_malformed, path + " cannot be read: " + why + "."); };
  const Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("items") || !json["items"].is_array()) return refuse("it has no list of items");
  Phenomenon out{.kind = text_of(json, "kind"), .chance = 0, .items = {}};
  if (json.contains("chance") && json["chance"].is_number()) out.chance = json["chance"].get<double>();
  for (const Json& given : json["items"]) {
    if (!given.is_object() || !given.contains("choices") || !given["choices"].is_array() || !given.contains("answer") || !given["answer"].is_number_integer()) {
      return refuse("item " + std::to_string(out.items.size()) + " has no choices or no answer");
    }
    Item item{text_of(given, "text"), text_of(given, "target"), text_of(given, "behind"), text_of(given, "question"), {}, given["answer"].get<std::int64_t>()};
    for (const Json& choice : given["choices"]) item.choices.push_back(choice.is_string() ? choice.get<std::string>() : std::string());
    if (item.right < 0 || std::cmp_greater_equal(item.right, item.choices.size())) return refuse("item " + std::to_string(out.items.size()) + " has an answer that is none of its choices");
    out.items.push_back(std::move(item));
  }
  return out;
}

// "The ___ barked" with what stands before and after the blank.
BlankText blank_text(std::string_view text) {
  const std::size_t at = std::min(text.find(kBlank), text.size());
  return {.before = std::string(text.substr(0, at)), .after = std::string(text.substr(std::min(at + kBlank.size(), text.size()))), .beside = {}, .behind = {}};
}

std::vector<std::string> whole_sentences(const Item& item) {
  std::vector<std::string> out;
  const BlankText parts = blank_text(item.target);
  for (const std::string& choice : item.choices) out.push_back(parts.before + choice + parts.after);
  return out;
}

// One model, one phenomenon; keeps the vectors of sentences that come again.
class Asker {
 public:
  explicit Asker(Context& context) : context_(context), model_(context.model), masks_(no_mask(model_).empty()), source_(reads_source(model_)) {}

  // Why items of this kind cannot be put to this model; empty: they can.
  [[nodiscard]] std::string cannot(const std::string& kind) const {
    const bool vectors = kind == "retrieve" || (kind == "summary" && !writes(model_));
    if (vectors) return {};  // where its states cannot be opened, the run says so
    if (!writes(model_)) return kind == "translate" ? "no_writer" : no_mask(model_);
    if (!source_) return {};
    const bool span = kind == "blank" || kind == "blank_then_translation";
    if (span) return writes_spans(model_) ? "" : "no_sentinel";
    return model_.forms.task_prefixes.empty() ? "no_prefixes" : "";
  }

  [[nodiscard]] Task<Result<std::vector<double>>> scores(const std::string& kind, const Item& item) {
    if (kind == "retrieve" || (kind == "summary" && !writes(model_))) co_return co_await nearest(item);
    const bool by_piece = kind == "answer" || kind == "answer_first" || kind == "summary";
    const auto score = [&] { return !writes(model_) ? by_masks(kind, item) : source_ ? by_target(kind, item) : by_next(kind, item); };
    auto scored = co_await score();
    if (!scored) co_return std::unexpected(scored.error());
    passes_ += scored->passes;
    for (std::size_t i = 0; by_piece && i < item.choices.size(); ++i) {
      scored->scores[i] /= static_cast<double>(std::max<std::size_t>(1, plain_pieces(model_, item.choices[i]).size()));
    }
    co_return std::move(scored->scores);
  }

  [[nodiscard]] std::int64_t passes() const { return passes_; }

 private:
  Task<Result<Scored>> by_masks(const std::string& kind, const Item& item) {
    BlankText text = blank_text(kind == "translate_blank" ? item.target : item.text);
    if (kind == "translate_blank") text.beside = item.text;
    if (kind == "blank_then_translation") text.behind = item.behind;
    if (kind == "sentiment") text = {.before = item.text + " It was ", .after = ".", .beside = {}, .behind = {}};
    if (kind == "answer" || kind == "answer_first") {
      text = {.before = (item.behind.empty() ? item.text + " " : std::string()) + item.question + " ", .after = ".", .beside = {}, .behind = item.behind};
    }
    return score_masks(context_, std::move(text), item.choices);
  }

  Task<Result<Scored>> by_next(const std::string& kind, const Item& item) {
    std::string before = blank_text(item.text).before;
    if (kind == "translate" || kind == "translate_blank") before = "English: " + item.text + " French:";
    if (kind == "answer" || kind == "answer_first") before = (item.text.empty() ? std::string() : item.text + " ") + "Question: " + item.question + " Answer:";
    if (kind == "summary") before = item.text + " Summary:";
    if (kind == "sentiment") before = item.text + " It was";
    return score_next(context_, std::move(before), kind == "translate_blank" ? whole_sentences(item) : item.choices);
  }

  Task<Result<Scored>> by_target(const std::string& kind, const Item& item) {
    if (kind == "blank" || kind == "blank_then_translation") {
      BlankText text = blank_text(item.text);
      if (kind == "blank_then_translation") text.after += " " + item.behind;
      return score_span(context_, std::move(text), item.choices);
    }
    std::string source = std::string(kIntoFrench) + item.text;
    if (kind == "answer" || kind == "answer_first") source = std::string(kQuestion) + item.question + std::string(kContext) + (item.behind.empty() ? item.text : item.behind);
    if (kind == "summary") source = std::string(kSummarize) + item.text;
    if (kind == "sentiment") source = std::string(kSentiment) + item.text;
    return score_target(context_, std::move(source), kind == "translate_blank" ? whole_sentences(item) : item.choices);
  }

  // Mean of the final hidden states, marks of the family's included.
  Task<Result<std::vector<float>>> vector_of(std::string text) {
    if (const auto known = vectors_.find(text); known != vectors_.end()) co_return known->second;
    if (auto on = context_.go_on(); !on) co_return std::unexpected(on.error());
    const bool decoder = model_.encoder == nullptr;
    Ids ids;
    if (decoder && model_.config.bos_id) ids.push_back(*model_.config.bos_id);
    const Ids own = decoder ? plain_pieces(model_, text) : model_.tokenizer.encode(text).ids();
    ids.insert(ids.end(), own.begin(), own.end());
    auto states = co_await last_states(model_, context_.services.runtime, std::move(ids));
    if (!states) co_return std::unexpected(states.error());
    ++passes_;
    std::vector<float> mean = analysis::mean_over_tokens(states->view<float>().outer(0));
    vectors_.emplace(std::move(text), mean);
    co_return mean;
  }

  Task<Result<std::vector<double>>> nearest(const Item& item) {
    const auto query = co_await vector_of(item.text);
    if (!query) co_return std::unexpected(query.error());
    std::vector<double> cosines;
    for (const std::string& choice : item.choices) {
      const auto other = co_await vector_of(choice);
      if (!other) co_return std::unexpected(other.error());
      cosines.push_back(analysis::cosine_similarity(*query, *other));
    }
    co_return cosines;
  }

  Context& context_;
  LoadedModel& model_;
  bool masks_ = false, source_ = false;
  std::int64_t passes_ = 0;
  std::map<std::string, std::vector<float>> vectors_;
};

bool is_name(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Task<Result<Phenomenon>> fetch(Context& context, std::string id) {
  if (!is_name(id)) co_return fail(ErrorCode::invalid_argument, "`phenomenon` must be the name of a file in assets/probes/, without its ending: \"right_context\".");
  std::string path = "assets/probes/" + id + ".json";
  Files::Options options{.path = path, .sha256 = {}, .on_bytes = {}, .cancel = context.cancel};
  auto bytes = co_await context.services.files.fetch(std::move(options));
  if (!bytes && bytes.error().code == ErrorCode::model_missing) co_return fail(ErrorCode::invalid_argument, "There is no phenomenon `" + id + "` in assets/probes/.");
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return parse(*bytes, path);
}

}  // namespace

Task<Result<protocol::Probed>> probe_phenomenon(Context& context, protocol::Probe request) {
  const double begun = context.services.clock.now_millis();
  auto phenomenon = co_await fetch(context, request.phenomenon);
  if (!phenomenon) co_return std::unexpected(phenomenon.error());
  Probed out;
  out.phenomenon = request.phenomenon;
  out.kind = phenomenon->kind;
  out.chance = phenomenon->chance;
  Asker asker(context);
  out.cannot = asker.cannot(phenomenon->kind);
  if (!out.cannot.empty()) co_return out;
  std::vector<Item>& items = phenomenon->items;
  if (request.items > 0 && std::cmp_less(request.items, items.size())) items.resize(static_cast<std::size_t>(request.items));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    if (context.on_progress) {
      context.on_progress({.stage = "probe", .file = request.phenomenon, .loaded_bytes = static_cast<std::int64_t>(i), .total_bytes = static_cast<std::int64_t>(items.size())});
    }
    auto scores = co_await asker.scores(phenomenon->kind, items[i]);
    if (!scores) co_return std::unexpected(scores.error());
    const auto chosen = static_cast<std::int64_t>(analysis::best(*scores));
    out.hits += chosen == items[i].right ? 1 : 0;
    out.items.push_back({std::move(*scores), chosen, items[i].right});
  }
  const analysis::Interval interval = analysis::wilson(out.hits, static_cast<std::int64_t>(out.items.size()));
  out.low = interval.low;
  out.high = interval.high;
  out.passes = asker.passes();
  out.millis = context.services.clock.now_millis() - begun;
  co_return out;
}

}  // namespace trilens::lab
