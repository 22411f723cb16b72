// What the tab of cost is asked: which curves it draws, and the last press of "Measure".
// Not here: what it means (view/curves.hpp). Values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/seat.hpp"

namespace trilens::state {

struct State;

enum class CostQuantity : std::uint8_t { read, step, total, flops, cache };
inline constexpr std::array kCostQuantities{CostQuantity::read, CostQuantity::step, CostQuantity::total, CostQuantity::flops, CostQuantity::cache};
[[nodiscard]] std::string_view cost_quantity_name(CostQuantity quantity);   // "read", ...
[[nodiscard]] std::optional<CostQuantity> cost_quantity_from_name(std::string_view name);

struct CostChoice {
  CostQuantity quantity = CostQuantity::read;
  bool logarithmic = true;       // both axes
  bool other_provider = false;   // the next press also measures on the other one
};

// One press. It is about the text and the models of that moment; nothing is measured again by itself.
struct CostPress {
  std::uint64_t presses = 0;                       // 0: never
  std::string text;
  bool other_provider = false;
  std::array<std::optional<std::uint64_t>, 3> loads;  // ColumnState::loads at that time; none: no model then
  bool stopped = false;                            // what was measured stays, nothing more comes
};

struct CostState {
  CostChoice choice;
  CostPress press;
};

// A seat's turn is under way or still to come.
[[nodiscard]] bool measuring(const State& state);
[[nodiscard]] bool measuring_to_come(const State& state, Seat seat);

}  // namespace trilens::state
