// The large map as lines: on the left who looks, on the right what is looked at; between two texts, their alignment.
//
// Taken from the map that is shown (layer, head, mean or rollout), with what is hidden and the threshold as there.
#pragma once

#include <string>
#include <vector>

#include "view/attention.hpp"

namespace trilens::view {

struct LinkView {
  std::size_t row = 0, column = 0;   // of left and right
  float weight = 0;
  bool strongest = false;            // of its row
  bool lit = false;                  // one of its ends is pointed at
  std::string sentence;              // "“chat” gives “cat” 0.612 of its attention."
};

struct LinksView {
  FamilyView family;
  PanelHead head;
  protocol::AttentionKind kind = protocol::AttentionKind::self;
  std::string left_label, right_label;   // "looks", "is looked at"
  std::vector<LabelView> left, right;
  std::vector<LinkView> links;           // rising weight, so that the strongest are drawn last
  bool any_lit = false;                  // the others are calm
  std::string choice;                    // which map: "layer 2, head 3"
  std::string note;                      // from which weight on; how much is left out
};

// maps: this column's, as built.
[[nodiscard]] LinksView build_links(const state::State& state, Seat seat, const std::vector<AttentionView>& maps, const Words& words);

}  // namespace trilens::view
