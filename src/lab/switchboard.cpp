#include "lab/switchboard.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "lab/loaded_model.hpp"

namespace trilens::lab {
namespace {

using onnx::AttentionKind;
using onnx::Role;
using onnx::Switch;

constexpr std::int32_t kBoolean = 9;  // TensorProto.DataType

Tensor resting(const Switch& s) {
  if (s.element_type == kBoolean) return flag_tensor(s.rest != 0);
  Tensor out = Tensor::f32(s.rest_dims);
  std::ranges::fill(out.data<float>(), s.rest);
  return out;
}

// [1, 1, 1, query, key] f32: 0 where the query may look, `lowest` where not
Tensor bias(const AttentionSettings& settings, RunShape shape, float lowest) {
  const std::int64_t keys = shape.past + shape.queries;
  Tensor out = Tensor::f32({1, 1, 1, shape.queries, keys});
  const std::span<float> cells = out.data<float>();
  for (std::int64_t q = 0; q < shape.queries; ++q) {
    for (std::int64_t k = 0; k < keys; ++k) cells[static_cast<std::size_t>(q * keys + k)] = sees(settings, shape.past + q, k) ? 0.0F : lowest;
  }
  return out;
}

// [layer, head, 1, 1] f32
Tensor factors(const AttentionSettings& settings, std::int64_t layers, std::int64_t heads) {
  Tensor out = Tensor::f32({layers, heads, 1, 1});
  const std::span<float> cells = out.data<float>();
  std::ranges::fill(cells, 1.0F);
  for (std::size_t layer = 0; layer < settings.heads.size(); ++layer) {
    std::ranges::copy(settings.heads[layer], cells.begin() + static_cast<std::ptrdiff_t>(layer * static_cast<std::size_t>(heads)));
  }
  return out;
}

// The names of roles as a visitor would say them.
std::string_view role_title(Role role) {
  switch (role) {
    case Role::bias:
    case Role::own_mask:
      return "another mask";
    case Role::heads:
      return "factors for its heads";
    case Role::connection:
      return "a cut";
  }
  return "";
}

bool changes_mask(const AttentionSettings& settings) { return settings.mask != Mask::native; }

// All the graphs of a model that have this kind of attention must have the switch.
Result<void> check_switch(const LoadedModel& model, AttentionKind kind, Role role) {
  bool found = false;
  for (const GraphFacts* graph : model.graphs()) {
    if (!graph->has(kind)) continue;
    found = true;
    if (graph->find_switch(kind, role) != nullptr) continue;
    if (role == Role::own_mask && graph->own_mask(kind) == onnx::MaskState::none) continue;
    const auto why = std::ranges::find_if(graph->refusals, [&](const onnx::Refusal& r) { return r.kind == kind && r.role == role; });
    const std::string reason = why == graph->refusals.end() ? std::string("Its graph gives no way to.") : why->message;
    return fail(ErrorCode::unsupported_task, "The attention \"" + std::string(onnx::kind_name(kind)) + "\" of " + model.id + " cannot be given " +
                                                 std::string(role_title(role)) + ": " + reason);
  }
  if (found) return {};
  return fail(ErrorCode::unsupported_task, "The model " + model.id + " has no attention \"" + std::string(onnx::kind_name(kind)) +
                                               "\" that could be opened, so nothing can be switched there.");
}

Result<void> check_heads(const LoadedModel& model, AttentionKind kind, const AttentionSettings& settings) {
  if (settings.heads.empty()) return {};
  if (auto can = check_switch(model, kind, Role::heads); !can) return can;
  const std::int64_t layers = model.layers(kind);
  const std::int64_t heads = model.heads(kind);
  const bool fits = std::cmp_less_equal(settings.heads.size(), layers) &&
                    std::ranges::all_of(settings.heads, [&](const auto& layer) { return std::cmp_less_equal(layer.size(), heads); });
  if (!fits) {
    return fail(ErrorCode::invalid_argument, "There are " + std::to_string(layers) + " layers of " + std::to_string(heads) + " heads in \"" +
                                                 std::string(onnx::kind_name(kind)) + "\" of " + model.id + "; factors were given for more.");
  }
  for (const auto& layer : settings.heads) {
    if (!std::ranges::all_of(layer, [](float f) { return std::isfinite(f); }))
      return fail(ErrorCode::invalid_argument, "A head's factor must be a finite number.");
  }
  return {};
}

Result<void> check_kind(const LoadedModel& model, AttentionKind kind, const AttentionSettings& settings) {
  if (changes_mask(settings)) {
    const bool ordered = settings.mask == Mask::causal || settings.mask == Mask::window;
    if (kind == AttentionKind::cross && ordered) {
      return fail(ErrorCode::invalid_argument, "Cross-attention has no before and after: its mask can be native or bidirectional.");
    }
    if (settings.mask == Mask::window && settings.window < 1) return fail(ErrorCode::invalid_argument, "A window must hold at least one key.");
    for (const Role role : {Role::own_mask, Role::bias}) {
      if (auto can = check_switch(model, kind, role); !can) return can;
    }
  }
  return check_heads(model, kind, settings);
}

}  // namespace

const AttentionSettings& SwitchSettings::of(AttentionKind kind) const {
  switch (kind) {
    case AttentionKind::self:
      return self;
    case AttentionKind::decoder_self:
      return decoder_self;
    case AttentionKind::cross:
      return cross;
  }
  return self;
}

bool sees(const AttentionSettings& settings, std::int64_t query, std::int64_t key) {
  switch (settings.mask) {
    case Mask::native:
    case Mask::bidirectional:
      return true;
    case Mask::causal:
      return key <= query;
    case Mask::window:
      return key <= query && query - key < settings.window;
  }
  return true;
}

void give_switches(Inputs& in, std::span<const Switch> switches, const SwitchSettings& settings, RunShape shape, std::int64_t heads) {
  for (const Switch& s : switches) {
    const AttentionSettings& of = settings.of(s.kind);
    const bool ordered = of.mask == Mask::causal || of.mask == Mask::window;
    if (s.role == Role::bias && ordered) {
      in.give(s.name, bias(of, shape, s.lowest));
    } else if (s.role == Role::own_mask && changes_mask(of)) {
      in.give(s.name, flag_tensor(false));
    } else if (s.role == Role::heads && !of.heads.empty()) {
      in.give(s.name, factors(of, s.layers, heads));
    } else if (s.role == Role::connection) {
      Tensor factor = Tensor::f32({1});
      factor.data<float>()[0] = settings.connection;
      in.give(s.name, std::move(factor));
    } else {
      in.give(s.name, resting(s));
    }
  }
}

Result<void> set_switches(LoadedModel& model, SwitchSettings settings) {
  if (settings == model.switches) return {};
  for (const AttentionKind kind : {AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross}) {
    if (settings.of(kind) == AttentionSettings{}) continue;
    if (auto fits = check_kind(model, kind, settings.of(kind)); !fits) return fits;
  }
  if (!std::isfinite(settings.connection)) return fail(ErrorCode::invalid_argument, "The factor of the cross-attention must be a finite number.");
  if (settings.connection != 1) {
    if (auto can = check_switch(model, AttentionKind::cross, Role::connection); !can) return can;
  }
  model.switches = std::move(settings);
  ++model.revision;
  return {};
}

std::vector<protocol::SwitchAbility> switch_abilities(const LoadedModel& model) {
  const auto why = [&](AttentionKind kind, std::initializer_list<Role> roles) -> std::string {
    for (const Role role : roles) {
      if (auto can = check_switch(model, kind, role); !can) return can.error().message;
    }
    return {};
  };
  const auto able = [&](AttentionKind kind) -> protocol::SwitchAbility {
    return {.kind = std::string(onnx::kind_name(kind)),
            .layers = model.layers(kind),
            .heads = model.heads(kind),
            .mask_refusal = why(kind, {Role::own_mask, Role::bias}),
            .heads_refusal = why(kind, {Role::heads}),
            .cut_refusal = kind == AttentionKind::cross ? why(kind, {Role::connection}) : std::string()};
  };
  if (model.family != Family::encoder_decoder) return {able(AttentionKind::self)};
  return {able(AttentionKind::self), able(AttentionKind::decoder_self), able(AttentionKind::cross)};
}

}  // namespace trilens::lab
