#include "onnx/switches.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "onnx/edit.hpp"
#include "onnx/origin.hpp"
#include "onnx/own_mask.hpp"
#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr std::int64_t kOldestOpset = 9;  // Where
constexpr std::int8_t kMergedRank = 3;    // [B*H, Q, K]
constexpr std::int8_t kPlainRank = 4;     // [B, H, Q, K]

// All attentions of one kind; the branches of an If may state a layer more than once.
struct Family {
  AttentionKind kind = AttentionKind::self;
  std::vector<const Attention*> members;
  std::vector<OwnMask> masks;  // parallel to members
  std::uint32_t layers = 0;
};

std::vector<Family> families_of(const Model& model, const Origins& origins, const std::vector<Attention>& attentions) {
  std::vector<Family> out;
  for (const AttentionKind kind : {AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross}) {
    Family family{kind, {}, {}, 0};
    for (const Attention& a : attentions) {
      if (a.kind != kind) continue;
      family.members.push_back(&a);
      family.masks.push_back(find_own_mask(model, origins, a));
      family.layers = std::max(family.layers, a.layer + 1);
    }
    if (family.layers != 0) out.push_back(std::move(family));
  }
  return out;
}

// Where a mask's rank is not known, that of the scores is not, but it lies between that of q·k and that of the context: no operator on the
// way takes dimensions off, and a product with v cannot have fewer than what goes into it.
void settle_score_ranks(const Model& m, Origins& origins, const std::vector<Family>& families) {
  const auto reshapes = [&m](NodeId n) { return one_of(m.nodes[n].op, {"Reshape", "Squeeze", "Unsqueeze"}); };
  for (const Family& f : families) {
    for (std::size_t i = 0; i < f.members.size(); ++i) {
      const Attention& a = *f.members[i];
      const std::int8_t product = origins.rank[Model::output(m.nodes[a.product])];
      std::int8_t& scores = origins.rank[a.scores];
      if (scores == Origins::kUnknownRank && product == origins.rank[a.context] && std::ranges::none_of(f.masks[i].path, reshapes)) scores = product;
    }
  }
}

class Switcher {
 public:
  Switcher(Model& m, const std::vector<Attention>& attentions) : m_(m), origins_(find_origins(m)), families_(families_of(m, origins_, attentions)), edit_(m) {
    settle_score_ranks(m, origins_, families_);
  }

  SwitchPlan run() {
    for (const Family& f : families_) {
      settle_bias(f);
      settle_mask(f);
      settle_heads(f);
    }
    return std::move(plan_);
  }

 private:
  void refuse(const Family& f, Role role, Obstacle why);

  void offer(const Family& f, Role role, std::size_t rank) {
    Switch s{switch_name(f.kind, role), role, f.kind, f.layers, static_cast<std::int32_t>(DataType::f32), std::vector<std::int64_t>(rank, 1), 1, 0};
    if (role == Role::own_mask) s.element_type = static_cast<std::int32_t>(DataType::boolean);
    if (role == Role::bias) {
      s.rest = 0;
      const bool half = std::ranges::any_of(f.members, [&](const Attention* a) { return m_.values[a->scores].type == DataType::f16; });
      s.lowest = half ? -65504.0f : std::numeric_limits<float>::lowest();
    }
    plan_.switches.push_back(std::move(s));
  }

  // One value per layer out of an input [L|1, …].
  std::vector<ValueId> slices(const Family& f, ValueId input, std::size_t rank) {
    std::vector<std::int64_t> shape(rank, 1);
    shape[0] = f.layers;
    const Place first{kMainGraph, kNone};
    const ValueId all = edit_.node(first, "Expand", {input, edit_.integers(first, shape, false)}, DataType::f32);
    std::vector<ValueId> out;
    for (std::uint32_t l = 0; l < f.layers; ++l) out.push_back(edit_.node(first, "Gather", {all, edit_.integers(first, {l}, true)}, DataType::f32, {"axis", 0}));
    return out;
  }

  // value `op` slice, in the value's own type; a [B*H, …] value is taken apart into [B, H, …] and put together again.
  ValueId combine(std::string_view op, ValueId value, ValueId slice) {
    const Place place = edit_.behind(value);
    const DataType type = m_.values[value].type;
    if (type != DataType::f32) slice = edit_.node(place, "Cast", {slice}, type, {"to", static_cast<std::int64_t>(type)});
    if (origins_.rank[value] == kPlainRank) return edit_.node(place, op, {value, slice}, type);
    const ValueId shape = edit_.node(place, "Shape", {value}, DataType::i64);
    const ValueId tail = edit_.node(place, "Gather", {shape, edit_.integers(place, {1, 2}, false)}, DataType::i64, {"axis", 0});
    const ValueId apart = edit_.node(place, "Concat", {batch(), edit_.integers(place, {-1}, false), tail}, DataType::i64, {"axis", 0});
    const ValueId wide = edit_.node(place, "Reshape", {value, apart}, type);
    return edit_.node(place, "Reshape", {edit_.node(place, op, {wide, slice}, type), shape}, type);
  }

  // The batch size [1]: the first dimension of the model's first input.
  ValueId batch() {
    if (batch_ != kNone) return batch_;
    const Place first{kMainGraph, kNone};
    const ValueId shape = edit_.node(first, "Shape", {m_.graphs[kMainGraph].inputs.front()}, DataType::i64);
    return batch_ = edit_.node(first, "Gather", {shape, edit_.integers(first, {0}, false)}, DataType::i64, {"axis", 0});
  }
  [[nodiscard]] bool has_batch() const {
    const Graph& main = m_.graphs[kMainGraph];
    return !main.inputs.empty() && m_.values[main.inputs.front()].tensor == kNone && origins_.rank[main.inputs.front()] >= 1;
  }

  std::optional<Obstacle> first_obstacle(const Family& f, ValueId Attention::*which) const {
    if (m_.opset < kOldestOpset) return Obstacle::old_opset;
    for (const Attention* a : f.members) {
      const DataType type = m_.values[a->*which].type;
      const std::int8_t rank = origins_.rank[a->*which];
      if (type != DataType::f32 && type != DataType::f16) return Obstacle::type_unknown;
      if (rank != kPlainRank && (rank != kMergedRank || !has_batch())) return Obstacle::shape_unknown;
    }
    return std::nullopt;
  }

  void settle_bias(const Family& f) {
    constexpr std::size_t kRank = 5;
    if (const auto why = first_obstacle(f, &Attention::scores)) return refuse(f, Role::bias, *why);
    const std::vector<ValueId> layers = slices(f, edit_.input(switch_name(f.kind, Role::bias), DataType::f32, kRank), kRank);
    for (const Attention* a : f.members) {
      const ValueId changed = combine("Add", a->scores, layers[a->layer]);
      edit_.redirect(a->softmax, 0, changed);
      plan_.scores.emplace(a->softmax, changed);
    }
    offer(f, Role::bias, kRank);
  }

  void settle_heads(const Family& f) {
    constexpr std::size_t kRank = 4;
    std::optional<Obstacle> why = first_obstacle(f, &Attention::context);
    for (const Attention* a : f.members) {
      if (m_.values[a->context].graph_output) why = Obstacle::is_output;
    }
    if (why) return refuse(f, Role::heads, *why);
    ValueId input = edit_.input(switch_name(f.kind, Role::heads), DataType::f32, kRank);
    if (f.kind == AttentionKind::cross) {
      const ValueId connection = edit_.input(switch_name(f.kind, Role::connection), DataType::f32, 1);
      input = edit_.node({kMainGraph, kNone}, "Mul", {input, connection}, DataType::f32);
    }
    const std::vector<ValueId> layers = slices(f, input, kRank);
    for (const Attention* a : f.members) {
      const std::vector<NodeId> readers = m_.values[a->context].consumers;
      const ValueId changed = combine("Mul", a->context, layers[a->layer]);
      for (const NodeId reader : readers) replace_inputs(reader, a->context, changed);
    }
    offer(f, Role::heads, kRank);
    if (f.kind == AttentionKind::cross) offer(f, Role::connection, 1);
  }

  void replace_inputs(NodeId reader, ValueId from, ValueId to) {
    for (std::size_t i = 0; i < m_.nodes[reader].inputs.size(); ++i) {
      if (m_.nodes[reader].inputs[i] == from) edit_.redirect(reader, i, to);
    }
  }

  void settle_mask(const Family& f) {
    KindMask mask{f.kind, MaskState::none, std::ranges::any_of(f.masks, &OwnMask::position_bias)};
    std::set<std::pair<NodeId, std::size_t>> seen;
    std::vector<MaskEntry> entries;
    for (const OwnMask& own : f.masks) {
      for (const MaskEntry& e : own.entries) {
        if (seen.emplace(e.node, e.input).second) entries.push_back(e);
      }
    }
    if (const auto why = mask_obstacle(f, entries)) {
      mask.state = MaskState::inseparable;
      refuse(f, Role::own_mask, *why);
    } else if (!entries.empty()) {
      mask.state = MaskState::switched;
      switch_entries(f, entries);
    }
    plan_.masks.push_back(mask);
  }

  std::optional<Obstacle> mask_obstacle(const Family& f, const std::vector<MaskEntry>& entries) const {
    for (const OwnMask& own : f.masks) {
      if (own.obstacle) return own.obstacle;
    }
    if (!entries.empty() && m_.opset < kOldestOpset) return Obstacle::old_opset;
    for (const MaskEntry& e : entries) {
      const DataType type = m_.values[m_.nodes[e.node].inputs[e.input]].type;
      const bool addend = e.rest == MaskEntry::Rest::zero || e.rest == MaskEntry::Rest::one;
      if (addend && type != DataType::f32 && type != DataType::f16) return Obstacle::type_unknown;
    }
    return used_elsewhere(f) ? std::optional(Obstacle::mask_shared) : std::nullopt;
  }

  // Whether a node that an entry changes has a reader outside this kind's scores.
  bool used_elsewhere(const Family& f) const {
    std::set<NodeId> ours, changed;
    for (const OwnMask& own : f.masks) {
      ours.insert(own.path.begin(), own.path.end());
      ours.insert(own.inner.begin(), own.inner.end());
      changed.insert(own.inner.begin(), own.inner.end());
    }
    const auto foreign = [&](NodeId reader) { return !ours.contains(reader) && m_.nodes[reader].op != "Shape"; };
    return std::ranges::any_of(changed, [&](NodeId n) {
      return std::ranges::any_of(m_.nodes[n].outputs, [&](ValueId v) {
        return v != kNone && (m_.values[v].graph_output || std::ranges::any_of(m_.values[v].consumers, foreign));
      });
    });
  }

  void switch_entries(const Family& f, const std::vector<MaskEntry>& entries) {
    using Rest = MaskEntry::Rest;
    const Place first{kMainGraph, kNone};
    const ValueId on = edit_.input(switch_name(f.kind, Role::own_mask), DataType::boolean, 1);
    ValueId off = kNone;
    std::map<std::pair<ValueId, Rest>, ValueId> made;  // a mask that all layers share is switched once
    for (const MaskEntry& e : entries) {
      const ValueId mask = m_.nodes[e.node].inputs[e.input];
      const auto [at, fresh] = made.emplace(std::pair(mask, e.rest), kNone);
      if (fresh) {
        const Place place = edit_.behind(mask);
        const DataType type = m_.values[mask].type;
        if (e.rest == Rest::keep && off == kNone) off = edit_.node(first, "Not", {on}, DataType::boolean);
        if (e.rest == Rest::zero) at->second = edit_.node(place, "Where", {on, mask, edit_.number(place, 0, type)}, type);
        if (e.rest == Rest::one) at->second = edit_.node(place, "Where", {on, mask, edit_.number(place, 1, type)}, type);
        if (e.rest == Rest::keep) at->second = edit_.node(place, "Or", {mask, off}, DataType::boolean);
        if (e.rest == Rest::drop) at->second = edit_.node(place, "And", {mask, on}, DataType::boolean);
      }
      edit_.redirect(e.node, e.input, at->second);
    }
    offer(f, Role::own_mask, 1);
  }

  Model& m_;
  Origins origins_;  // of the file's own values
  std::vector<Family> families_;
  Editor edit_;
  SwitchPlan plan_;
  ValueId batch_ = kNone;
};

std::string_view reason(Obstacle why) {
  switch (why) {
    case Obstacle::mask_unknown: return "something acts on its scores that is neither a mask nor a position bias that Trilens knows";
    case Obstacle::mask_mixed: return "its mask is computed together with weights";
    case Obstacle::mask_shared: return "its mask is used for something else as well";
    case Obstacle::mask_after_softmax: return "its mask acts behind the softmax too";
    case Obstacle::shape_unknown: return "the file does not tell the shape of its attention";
    case Obstacle::type_unknown: return "the file does not tell the number type of its attention";
    case Obstacle::is_output: return "it gives the attention's result out itself";
    case Obstacle::old_opset: return "it was exported for an operator set before 9; export it again with a newer one";
  }
  return "";
}

void Switcher::refuse(const Family& f, Role role, Obstacle why) {
  static constexpr std::array<std::string_view, 4> kWhat{"takes no bias on its scores", "cannot lose its own mask", "has heads that cannot be switched",
                                                         "has a cross-attention that cannot be cut"};
  const auto say = [&](Role r) {
    plan_.refusals.push_back({f.kind, r, why, "This model " + std::string(kWhat[static_cast<std::size_t>(r)]) + " (" + std::string(kind_name(f.kind)) + "): " + std::string(reason(why)) + "."});
  };
  say(role);
  if (role == Role::heads && f.kind == AttentionKind::cross) say(Role::connection);
}

}  // namespace

SwitchPlan add_switches(Model& model, const std::vector<Attention>& attentions) { return Switcher(model, attentions).run(); }

}  // namespace trilens::onnx
