// Space: the list and how it is looked at (page-wide), where each item lies in each column's model, and who answers a question from it.
//
// Positions, cosines and scores are the engine's; here they are scaled into a box, sorted and put into words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct SpaceItemView {
  std::string number;        // "3": the same in the list, in plots, at the matrix
  std::string text;
  std::string remove_label;  // "take “dog” off the list"
  bool lit = false;          // pointed at, here or in any column
};

struct SettingView {
  std::string id;            // "pooling"
  std::string label;
  std::vector<ChoiceView> choices;
};

struct RetrievalStepView {
  std::string title;         // "2  BERT finds the passage"
  std::string text;          // what came out; empty: not yet
  std::string note;          // how, or why there is nothing
};

struct SpaceIntroView {
  std::string list_label;
  std::vector<SpaceItemView> items;
  std::string empty;                     // what to do where the list is empty
  std::vector<ChoiceView> lists;         // presets; id -> SetItems
  std::vector<std::vector<std::string>> list_items;  // of each
  std::string add_label, add_words_label, clear_label;
  std::string add_text;                  // what AddItems takes; empty: nothing to add
  SettingView pooling, projection;
  std::string layer_label, layer_text;   // "layer", "last"
  double layer = 0, layer_most = 0;      // of a slider; most: 0: not known
  bool tsne = false;
  std::string perplexity_label, perplexity_text;
  double perplexity = 5, perplexity_most = 30;
  std::string seed_label;                // a press takes the next seed
  std::string note;                      // what to look for
  std::string question_label;
  std::vector<ChoiceView> questions;     // "", then the list's own, then the sentence above
  state::SpaceChoice choice;             // what ChooseSpace takes, one field changed
  std::vector<RetrievalStepView> steps;  // none: no question
};

struct SpacePointView {
  float x = 0, y = 0;        // [0, 1], from the left and from the top; both axes to one scale
  std::string number;
  std::string label;         // beside the point; empty: too long, the number says it
  std::string sentence;      // "“dog”: nearest are …"
  bool lit = false;
};

struct SpaceCellView {
  float value = 0;           // cosine
  float part = 0;            // [0, 1]: from the smallest to the largest off the diagonal
  std::string sentence;
};

struct NeighbourView {
  std::string number;
  std::string text;
  std::string cosine;        // "0.812"
};

struct SpaceRankView {
  std::string number, text, score;
  double length = 0;         // of the bar, [0, 1]
  std::string sentence;
  bool best = false;
  bool lit = false;
};

struct SpaceView {
  FamilyView family;
  PanelHead head;
  std::string facts;         // "mean of all tokens · layer 4 of 4 · 256 dimensions"
  std::string plot_note;     // "along → 31.2 %, along ↑ 18.0 % of the variance"
  std::vector<SpacePointView> points;
  std::string matrix_title, scale_text;
  std::vector<std::vector<SpaceCellView>> cells;   // [item][item]
  std::string neighbours_title;                    // "nearest to “dog”"
  std::optional<std::size_t> of;                   // whose neighbours
  std::vector<NeighbourView> neighbours;
  std::string ranking_title;
  std::vector<SpaceRankView> ranking;              // best first; none: no question
  std::string progress;                            // "t-SNE: step 250 of 1 000"
  double fraction = 0;
  bool running = false;
};

[[nodiscard]] SpaceIntroView build_space_intro(const state::State& state, const Words& words);
[[nodiscard]] SpaceView build_space(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
