// Finds where a graph's own mask (causal, padding, both) enters an attention, apart from biases that are no mask. Private to this room.
//
// A mask is an addend, or one side of a Where, that is made of huge numbers and of comparisons, positions or the model's mask inputs, and of
// nothing else; or the factor and addend of 2019's GPT-2, w * b - 1e4 * (1 - b). A bias is an addend in which weights have a part: T5's relative
// positions (a Gather from a table), ALiBi's slopes. Where a mask was added to a bias or laid over it, before the scores, the two are told
// apart behind that. Whatever fits neither is named, not guessed.
// Not here: what is done with it (switches.hpp). Never fails; bounded: no walk looks at more than kMaxMaskNodes nodes.
//
//   const OwnMask mask = find_own_mask(model, origins, attention);
//   if (mask.obstacle == Obstacle::none) for (const MaskEntry& e : mask.entries) ...
#pragma once

#include <optional>
#include <vector>

#include "onnx/attention.hpp"
#include "onnx/origin.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {

// One input of a node through which a mask acts, and what makes it stop.
struct MaskEntry {
  enum class Rest : std::uint8_t {
    zero,    // an addend: 0
    one,     // a factor: 1
    keep,    // a Where's condition, true where the score stays: true
    drop,    // a Where's condition, true where the mask acts: false
  };
  NodeId node = kNone;
  std::size_t input = 0;
  Rest rest = Rest::zero;
};

struct OwnMask {
  std::optional<Obstacle> obstacle;   // why the mask cannot be told apart; nullopt: it can, or there is none
  std::vector<MaskEntry> entries;     // empty: the graph has no mask here
  std::vector<NodeId> path;           // from the product of q and k to the Softmax, both left out
  std::vector<NodeId> inner;          // nodes beside the path whose result an entry changes
  bool position_bias = false;         // a bias that stays
};

[[nodiscard]] OwnMask find_own_mask(const Model& model, const Origins& origins, const Attention& attention);

}  // namespace trilens::onnx
