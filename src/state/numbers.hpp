// Which attention weight and which prediction the tab of numbers accounts for, seat by seat.
// Not here: how they come about (lab/explain_attention.cpp), how that reads (view/numbers.hpp). Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/seat.hpp"
#include "protocol/account.hpp"

namespace trilens::state {

struct State;

// Of another text, positions, place and candidate say nothing.
struct NumbersChoice {
  std::string text;                                // what those are about
  std::optional<protocol::AttentionKind> kind;     // absent: the pinned cell's, else self
  std::optional<std::int64_t> layer, head;         // absent: those of the map, else the first
  std::optional<std::int64_t> query, key;          // absent: the pinned cell's, else as the engine chooses
  std::int64_t place = 0;                          // among Reading::predictions
  std::optional<std::int64_t> candidate;           // id of a token; absent: the likeliest
  friend bool operator==(const NumbersChoice&, const NumbersChoice&) = default;
};

// What is asked of this seat.
[[nodiscard]] protocol::ExplainAttention attention_to_explain(const State& state, Seat seat);
[[nodiscard]] protocol::ExplainPrediction prediction_to_explain(const State& state, Seat seat);

// The choice of this seat as it holds for the text on screen, to be changed in one field.
[[nodiscard]] NumbersChoice numbers_choice(const State& state, Seat seat);

}  // namespace trilens::state
