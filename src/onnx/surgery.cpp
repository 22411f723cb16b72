#include "onnx/surgery.hpp"

#include <algorithm>
#include <map>
#include <new>
#include <tuple>

#include "onnx/attention.hpp"
#include "onnx/edit.hpp"
#include "onnx/graph.hpp"
#include "onnx/rewrite.hpp"
#include "onnx/stream.hpp"
#include "onnx/switches.hpp"
#include "onnx/weights.hpp"

namespace trilens::onnx {

std::string_view kind_name(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::self: return "self";
    case AttentionKind::decoder_self: return "decoder_self";
    case AttentionKind::cross: return "cross";
  }
  return "self";
}

std::string_view quantity_name(Quantity quantity) {
  switch (quantity) {
    case Quantity::probabilities: return "probabilities";
    case Quantity::scores: return "scores";
    case Quantity::q: return "q";
    case Quantity::k: return "k";
    case Quantity::v: return "v";
    case Quantity::context: return "context";
    case Quantity::hidden: return "hidden";
  }
  return "probabilities";
}

std::string tap_name(AttentionKind kind, std::uint32_t layer, Quantity quantity) {
  return std::string(kind_name(kind)) + "." + std::to_string(layer) + "." + std::string(quantity_name(quantity));
}

std::string hidden_name(AttentionKind kind, std::uint32_t index) {
  return (kind == AttentionKind::self ? "hidden." : "decoder_hidden.") + std::to_string(index);
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::bias: return "bias";
    case Role::own_mask: return "own_mask";
    case Role::heads: return "heads";
    case Role::connection: return "connection";
  }
  return "bias";
}

std::string switch_name(AttentionKind kind, Role role) {
  return std::string(kSwitchPrefix) + std::string(kind_name(kind)) + "." + std::string(role_name(role));
}

std::string_view obstacle_name(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::mask_unknown: return "mask_unknown";
    case Obstacle::mask_mixed: return "mask_mixed";
    case Obstacle::mask_shared: return "mask_shared";
    case Obstacle::mask_after_softmax: return "mask_after_softmax";
    case Obstacle::shape_unknown: return "shape_unknown";
    case Obstacle::type_unknown: return "type_unknown";
    case Obstacle::is_output: return "is_output";
    case Obstacle::old_opset: return "old_opset";
  }
  return "mask_unknown";
}

const Switch* Surgery::find_switch(AttentionKind kind, Role role) const {
  const auto at = std::ranges::find_if(switches, [&](const Switch& s) { return s.kind == kind && s.role == role; });
  return at == switches.end() ? nullptr : &*at;
}

std::uint32_t Surgery::layers(AttentionKind kind) const {
  return static_cast<std::uint32_t>(std::ranges::count(attentions, kind, &AttentionFacts::kind));
}

bool Surgery::has(std::string_view tap) const {
  return std::ranges::find(taps, tap, &Tap::name) != taps.end();
}

namespace {

// One dimension's text: its number, its name, or nothing.
std::string dimension_text(wire::Bytes dim) {
  std::string out;
  wire::Reader r(dim);
  while (r.next()) {
    if (const auto v = r.field().varint_of(schema::dimension::value)) out = std::to_string(static_cast<std::int64_t>(*v));
    if (const auto p = r.field().text_of(schema::dimension::parameter)) out = std::string(p->substr(0, 80));
  }
  return out;
}

// Calls `visit` for each field `number` of the message that holds bytes.
template <class Visit>
void for_each_message(wire::Bytes bytes, std::uint32_t number, const Visit& visit) {
  wire::Reader r(bytes);
  while (r.next()) {
    if (const auto inner = r.field().bytes_of(number)) visit(*inner);
  }
}

Port port_of(std::string_view name, wire::Bytes info) {
  Port port;
  port.name = std::string(name);
  for_each_message(info, schema::value_info::type, [&](wire::Bytes type) {
    for_each_message(type, schema::type::tensor_type, [&](wire::Bytes tensor) {
      wire::Reader r(tensor);
      while (r.next()) {
        if (const auto e = r.field().varint_of(schema::tensor_type::elem_type)) port.element_type = static_cast<std::int32_t>(*e);
      }
      for_each_message(tensor, schema::tensor_type::shape, [&](wire::Bytes shape) {
        for_each_message(shape, schema::shape::dim, [&](wire::Bytes dim) {
          if (port.dims.size() < Limits::rank) port.dims.push_back(dimension_text(dim));
        });
      });
    });
  });
  return port;
}

void list_ports(const Model& model, Surgery& out) {
  const Graph& main = model.graphs[kMainGraph];
  for (std::size_t i = 0; i < main.inputs.size(); ++i) {
    const Value& v = model.values[main.inputs[i]];
    if (v.tensor == kNone) out.inputs.push_back(port_of(v.name, main.input_infos[i]));
  }
  for (std::size_t i = 0; i < main.outputs.size(); ++i) out.outputs.push_back(port_of(main.output_names[i], main.output_infos[i]));
}

KeyLayout layout_of_tap(const Attention& a) { return a.key_rank != 0 ? KeyLayout::key_major : a.key_layout; }

// The branches of an If state the same attention more than once; a factor stands where they agree.
std::vector<AttentionFacts> facts_of(const std::vector<Attention>& attentions, const std::vector<KindMask>& masks) {
  std::map<std::pair<AttentionKind, std::uint32_t>, AttentionFacts> facts;
  for (const Attention& a : attentions) {
    AttentionFacts fact;
    fact.kind = a.kind;
    fact.layer = a.layer;
    fact.key_layout = layout_of_tap(a);
    fact.q_scale = a.q_scale;
    fact.k_scale = a.k_scale;
    fact.score_scale = a.score_scale;
    const auto [at, added] = facts.emplace(std::pair(a.kind, a.layer), fact);
    if (added) continue;
    if (at->second.q_scale != a.q_scale) at->second.q_scale.reset();
    if (at->second.k_scale != a.k_scale) at->second.k_scale.reset();
    if (at->second.score_scale != a.score_scale) at->second.score_scale.reset();
  }
  std::vector<AttentionFacts> out;
  for (const auto& [key, fact] : facts) {
    out.push_back(fact);
    const auto mask = std::ranges::find(masks, fact.kind, &KindMask::kind);
    if (mask == masks.end()) continue;
    out.back().own_mask = mask->state;
    out.back().position_bias = mask->position_bias;
  }
  return out;
}

struct Plan {
  std::vector<Exposure> exposures;
  std::map<std::string, Tap, std::less<>> taps;

  void add(Tap tap, ValueId value, GraphId graph, std::uint32_t swap_rank = 0) {
    exposures.push_back({tap.name, value, graph, swap_rank});
    taps.emplace(tap.name, std::move(tap));
  }
};

Plan plan_taps(const std::vector<Attention>& attentions, const std::vector<HiddenState>& states, const SwitchPlan& switches, const Options& options) {
  Plan plan;
  for (const Attention& a : attentions) {
    const auto add = [&](Quantity quantity, ValueId value) {
      plan.add({tap_name(a.kind, a.layer, quantity), quantity, a.kind, a.layer}, value, a.graph);
    };
    if (options.probabilities) add(Quantity::probabilities, a.probabilities);
    const auto changed = switches.scores.find(a.softmax);
    if (options.scores) add(Quantity::scores, changed == switches.scores.end() ? a.scores : changed->second);
    if (options.context) add(Quantity::context, a.context);
    if (!options.qkv) continue;
    add(Quantity::q, a.q);
    add(Quantity::v, a.v);
    const bool odd = std::ranges::any_of(attentions, [&](const Attention& b) {
      return b.kind == a.kind && b.layer == a.layer && layout_of_tap(b) != layout_of_tap(a);
    });
    if (odd) continue;  // the branches of an If would give it out in two ways
    plan.add({tap_name(a.kind, a.layer, Quantity::k), Quantity::k, a.kind, a.layer}, a.k, a.graph, a.key_layout == KeyLayout::key_major ? 0 : a.key_rank);
  }
  for (const HiddenState& h : states) {
    if (options.hidden) plan.add({hidden_name(h.kind, h.index), Quantity::hidden, h.kind, h.index}, h.value, h.graph);
  }
  return plan;
}

// Why this graph cannot be opened, although it is well formed.
Result<void> check_open(const Model& model, const std::vector<Attention>& attentions, const std::vector<std::string>& fused) {
  if (!fused.empty()) return fused_attention(fused);
  const Graph& main = model.graphs[kMainGraph];
  if (main.names.contains("decoder_input_ids") && !main.names.contains("encoder_hidden_states")) {
    return fail(ErrorCode::model_unsupported,
                "This file holds encoder and decoder in one graph; use the two files encoder_model.onnx and decoder_model_merged.onnx.");
  }
  if (attentions.empty()) {
    return fail(ErrorCode::model_unsupported,
                "No attention was found in this ONNX file; Trilens opens plain exports of transformers, in which each attention is a Softmax of its own.");
  }
  return {};
}

std::unexpected<Error> opened_before(std::string_view name) {
  return fail(ErrorCode::model_unsupported, "This model has a value called " + quoted(name) + " already; give Trilens the file as it was exported.");
}

// The names of what switches are made of have to be free.
Result<void> check_names(const Model& model) {
  for (const Value& v : model.values) {
    if (v.name.starts_with(kMadePrefix) || v.name.starts_with(kSwitchPrefix)) return opened_before(v.name);
  }
  return {};
}

Result<Surgery> operate(std::span<const std::uint8_t> bytes, const Options& options) {
  Result<Model> model = read_model(bytes);
  if (!model) return std::unexpected(model.error());
  const std::vector<Attention> attentions = find_attention(*model);
  Surgery out;
  out.fused = fused_operators(*model);
  if (!options.allow_closed) {
    if (Result<void> ok = check_open(*model, attentions, out.fused); !ok) return std::unexpected(ok.error());
  }
  const std::vector<HiddenState> states = find_hidden_states(*model, attentions);
  list_ports(*model, out);
  out.weights = find_weights(*model);
  out.parameter_count = count_weights(out.weights);
  if (Result<void> ok = check_names(*model); !ok) return std::unexpected(ok.error());
  SwitchPlan switches;
  if (options.switches) switches = add_switches(*model, attentions);
  const Plan plan = plan_taps(attentions, states, switches, options);
  for (const Graph& g : model->graphs) {
    for (const auto& [name, tap] : plan.taps) {
      if (g.names.contains(name)) return opened_before(name);
    }
  }
  std::vector<std::string> accepted;
  out.model = rewrite(*model, plan.exposures, accepted);
  for (const std::string& name : accepted) out.taps.push_back(plan.taps.find(name)->second);
  std::ranges::sort(out.taps, {}, [](const Tap& t) { return std::tuple(t.quantity == Quantity::hidden, t.kind, t.index, t.quantity); });
  out.attentions = facts_of(attentions, switches.masks);
  out.switches = std::move(switches.switches);
  std::ranges::sort(out.switches, {}, [](const Switch& w) { return std::tuple(w.kind, w.role); });
  out.refusals = std::move(switches.refusals);
  out.producer = std::string(model->producer.substr(0, 200));
  out.opset = model->opset;
  return out;
}

}  // namespace

Result<Surgery> open_up(std::span<const std::uint8_t> model, const Options& options) {
#if defined(__cpp_exceptions)
  try {
    return operate(model, options);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "There is not enough memory to open this ONNX file; try a smaller model.");
  }
#else
  return operate(model, options);
#endif
}

}  // namespace trilens::onnx
