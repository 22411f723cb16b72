// The model that is asked about: what it is, which variant and why, what it takes, the question, and how far fetching has come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "view/column_head.hpp"
#include "view/common.hpp"

namespace trilens::view {

struct PlanFactView {
  std::string label;           // "Licence"
  std::string value;           // "apache-2.0"
};

struct PlanVariantView {
  std::string variant;         // ChooseVariant's: "fp32"
  std::string label;           // "fp32, 440 MB"
  std::string why;             // a clause: why (not)
  bool selected = false;
  bool usable = true;
};

struct PlanCardView {
  std::string title;           // "owner/name"
  std::string from;            // "main at 5f2a9d1, from hub.example"
  std::optional<Family> family;
  std::string summary;         // what the repository says about itself
  std::vector<PlanFactView> facts;
  std::string variant;         // "q8, on wasm: …", a sentence
  std::string variants_label;
  std::vector<PlanVariantView> variants;  // all, the chosen one among them; empty: there is but one
  std::string waiting;         // "Reading the lists of owner/name…"; empty: nothing is under way
  std::string question;        // "Fetch 440 MB from hub.example?"; empty while something is under way or has failed
  std::string fetch_label;     // empty: there is nothing to say yes to
  std::string decline_label;
  std::optional<ProgressView> progress;
  std::optional<TroubleView> trouble;     // without offers: `again_label` is the way on
  std::string help;            // what to do about the trouble
  std::string again_label;     // empty: trying again would not help
};

// Nothing is being had: nothing.
[[nodiscard]] std::optional<PlanCardView> build_plan_card(const state::State& state, const Words& words);

// "apache-2.0"; "English, French"; "12 s", "3 min".
[[nodiscard]] std::string languages_text(const std::vector<std::string>& languages, const Words& words);
[[nodiscard]] std::string seconds_text(double seconds);

}  // namespace trilens::view
