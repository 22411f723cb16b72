// What it cost: the same rows in every column, so that they line up; "—" where a family has no such thing.
#pragma once

#include <string>
#include <vector>

#include "view/common.hpp"

namespace trilens::view {

struct CostRowView {
  std::string id;            // "provider", "prefill", "per_token", "passes", "parameters", "cache", "load", "bytes"
  std::string label;
  std::string number;        // "12.3"; for provider its name
  std::string unit;          // "ms"; may be empty
  std::string explanation;
  bool present = true;       // false: number is "—"
};

struct CostView {
  FamilyView family;
  PanelHead head;
  std::vector<CostRowView> rows;
};

[[nodiscard]] CostView build_cost(const state::State& state, Seat seat, const Words& words);

}  // namespace trilens::view
