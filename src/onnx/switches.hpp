// Puts switches into a Model: inputs that change what its attentions do, and the nodes that obey them. Private to this room.
//
// What is added for a kind of attention, with L its layers; the caller's part is described at Switch in surgery.hpp:
//   bias        Expand to [L, …] and for each layer a Gather, in the main graph; an Add before each Softmax (between two Reshapes where
//               heads and batch are one dimension)
//   own_mask    for each mask a Where(switch, mask, 0) right behind what makes it; And or Or on the condition of a Where
//   heads       as for bias; a Mul behind each product with v, so that the probabilities stay what the softmax gave
//   connection  a Mul of the heads' input
// At rest: x + 0, x * 1, Where(true, mask, 0), And(c, true), Or(c, false): each gives its operand's bits (but for -0 + 0 = 0, which no
// softmax tells apart), and none stands where ONNX Runtime would have folded two nodes into one with other rounding: a constant scale
// behind the product of q and k, a transposition before it, a projection's bias.
// A kind gets a switch for all of its layers or not at all; why not is in `refusals`.
//
//   const SwitchPlan plan = add_switches(model, attentions);
//   tap(plan.scores_of(attention));
#pragma once

#include <unordered_map>
#include <vector>

#include "onnx/attention.hpp"
#include "onnx/graph.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {

struct KindMask {
  AttentionKind kind = AttentionKind::self;
  MaskState state = MaskState::none;
  bool position_bias = false;
};

struct SwitchPlan {
  std::vector<Switch> switches;                 // by kind, role
  std::vector<Refusal> refusals;
  std::vector<KindMask> masks;                  // of each kind there is
  std::unordered_map<NodeId, ValueId> scores;   // by Softmax: what enters it now, where that changed
};

[[nodiscard]] SwitchPlan add_switches(Model& model, const std::vector<Attention>& attentions);

}  // namespace trilens::onnx
