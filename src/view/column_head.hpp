// The top of a column: who this is, which model, what it runs on, how far it has come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct ProgressView {
  std::string sentence;        // "fetching model.onnx: 1.2 of 4.2 MB"
  std::string stage;           // "fetch", "open", "check"
  double fraction = 0;         // [0, 1]; of no meaning when !known
  bool known = false;          // false: the total is not known, show an endless bar
  std::string cancel_label;
};

struct ColumnHeadView {
  FamilyView family;
  std::string title;           // "Encoder · BERT"
  std::string sentence;        // "reads everything at once"
  std::string role;            // "the colleague who reviews the quiz"
  bool ready = false;
  std::string status;          // "ready", "loading", "not loaded", "could not be loaded"
  std::string model;           // "trilens-bert", "distilgpt2"; while nothing is loaded: what will be
  std::string model_label;     // of its button, which opens the shelf: "Choose a model for the left column; now trilens-bert"
  bool shelf_open = false;     // this seat's shelf is laid out
  std::string back_label;      // "Back to trilens-bert"; empty: the bundled one sits here
  std::string provider;        // "webgpu"; empty until loaded
  std::string provider_reason; // a sentence, for hover
  std::string parameters;      // "4.2 M"
  std::string facts;           // "4.2 M · 4 layers · 4 heads · 8 000 words" for hover and mirror
  std::vector<ChoiceView> providers;  // auto, webgpu, wasm; id is the ProviderChoice's name
  std::string provider_label;
  std::optional<ProgressView> progress;
  std::optional<TroubleView> trouble;
};

[[nodiscard]] ColumnHeadView build_column_head(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
