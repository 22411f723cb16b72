#include "view/numbers_parts.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace trilens::view {
namespace {

constexpr double kRounding = 1e-4;  // of a number's size, at least of 1: f32 sums in another order stay far below it

std::string difference_text(double gap, const Words& words) {
  return gap == 0 ? words.strings.get("numbers.same") : significant_text(gap, 2, words.number);
}

std::string factor_text(double value, const Words& words) {
  const std::string text = significant_text(value, 3, words.number);
  return value < 0 ? "(" + text + ")" : text;
}

}  // namespace

NumberStep step_of(std::size_t n, std::string id, std::string_view plain, const Filled& values, const Words& words) {
  NumberStep step;
  step.title = count_text(static_cast<std::int64_t>(n)) + "  " + words.strings.get("numbers." + id + ".title");
  std::string key = "numbers." + id + ".plain";
  if (!plain.empty()) key += "." + std::string(plain);
  step.plain = words.strings.fill(key, values);
  step.id = std::move(id);
  return step;
}

NumberStrip strip_of(std::string id, std::string label, const std::vector<float>& values, const Words& words) {
  NumberStrip strip{.id = std::move(id), .label = std::move(label), .values = values, .most = 0, .scale = {}};
  for (const float x : values) strip.most = std::max(strip.most, std::abs(x));
  strip.scale = "± " + significant_text(double{strip.most}, 3, words.number);
  return strip;
}

NumberCheck check_of(std::string id, std::string what, double recomputed, double runtime, const Words& words) {
  const double gap = std::abs(double{static_cast<float>(recomputed)} - double{static_cast<float>(runtime)});
  return {.id = std::move(id), .what = std::move(what), .recomputed = many(recomputed, words), .runtime = many(runtime, words),
          .difference = difference_text(gap, words), .agrees = gap <= kRounding * std::max(1.0, std::abs(runtime))};
}

NumberCheck gap_of(std::string id, std::string what, double gap, double size, const Words& words) {
  return {.id = std::move(id), .what = std::move(what), .recomputed = {}, .runtime = {}, .difference = difference_text(gap, words),
          .agrees = gap <= kRounding * std::max(1.0, size)};
}

std::string sum_text(const std::vector<float>& a, const std::vector<float>& b, double sum, const Words& words) {
  std::string out;
  const std::size_t count = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 3); ++i) {
    out += (i == 0 ? "" : " + ") + factor_text(double{a[i]}, words) + "·" + factor_text(double{b[i]}, words);
  }
  return words.strings.fill(count > 3 ? "numbers.sum" : "numbers.sum_short",
                            {{"terms", out}, {"count", count_text(static_cast<std::int64_t>(count))}, {"sum", few(sum, words)}});
}

void fill_labels(NumbersView& view, const Words& words) {
  view.recomputed_label = words.strings.get("numbers.recomputed");
  view.runtime_label = words.strings.get("numbers.runtime");
  view.largest_label = words.strings.get("numbers.largest");
  view.difference_label = words.strings.get("numbers.difference");
  view.dimension_words = words.strings.fill("numbers.dimension", {{"index", "#i"}, {"value", "#x"}});
}

std::string variant_note(const std::string& variant, const Words& words) {
  if (variant.find("16") != std::string::npos) return words.strings.get("numbers.note.f16");
  if (variant.empty() || variant == "fp32") return words.strings.get("numbers.note.f32");
  return words.strings.fill("numbers.note.quantized", {{"variant", variant}});
}

std::string strip_text(const NumberStrip& strip, std::size_t i, const std::string& words) {
  std::string out = words;
  const auto put = [&out](std::string_view name, const std::string& value) {
    if (const std::size_t at = out.find(name); at != std::string::npos) out.replace(at, name.size(), value);
  };
  put("#i", count_text(static_cast<std::int64_t>(i) + 1));
  put("#x", exact_text(strip.values[i], {}));
  return out;
}

state::NumbersChoice chosen(const NumbersView& view, std::string_view chooser, std::string_view id) {
  state::NumbersChoice choice = view.choice;
  std::int64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  if (chooser == "kind") {
    for (const auto kind : state::kAttentionKinds) {
      if (protocol::attention_kind_name(kind) == id) choice.kind = kind;
    }
    choice.layer = choice.head = choice.query = choice.key = std::nullopt;
  } else if (chooser == "layer") {
    choice.layer = number;
  } else if (chooser == "head") {
    choice.head = number;
  } else if (chooser == "query") {
    choice.query = number;
  } else if (chooser == "key") {
    choice.key = number;
  } else if (chooser == "place") {
    choice.place = number;
    choice.candidate.reset();
  } else if (chooser == "candidate") {
    choice.candidate = number;
  }
  return choice;
}

}  // namespace trilens::view
