// What the switches of a model stand at (src/onnx puts them into its graphs), and the tensors that each run has to be fed for them.
//
// At rest a model computes what its file says, bit for bit on WASM. A mask that is not `native` replaces the graph's own: causal mask,
// padding mask (nothing here is ever padded) and local window go together; a position bias (T5) stays. Query i of a run stands at position
// past + i. `scores` and `probabilities` taps show what a mask made of them; a head's factor acts behind them, on what the head gives.
// Not here: which switches a graph can have (onnx/surgery.hpp), drawing. set_switches() is called with the model's turn held.
// Errors of set_switches(): unsupported_task (the graph has no such switch; with its reason), invalid_argument (a window of nothing, a factor
// that is not finite, more layers or heads than there are). After an error the settings are as they were.
//
//   SwitchSettings settings;
//   settings.self.mask = Mask::causal;
//   settings.self.heads = {{0.0F, 1.0F}};           // the first layer's first head is silent
//   if (auto set = set_switches(model, settings); !set) return set;
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "lab/inputs.hpp"
#include "onnx/surgery.hpp"
#include "protocol/switches.hpp"

namespace trilens::lab {

struct LoadedModel;

enum class Mask : std::uint8_t {
  native,         // the graph's own
  causal,         // a query sees itself and what stands before it
  bidirectional,  // everything
  window,         // itself and what stands before it, `window` keys in all (GPT-Neo's local attention)
};

struct AttentionSettings {
  Mask mask = Mask::native;
  std::int64_t window = 0;                // with Mask::window, at least 1
  std::vector<std::vector<float>> heads;  // [layer][head]; 1 is rest, 0 silences. What is left out rests
  friend bool operator==(const AttentionSettings&, const AttentionSettings&) = default;
};

struct SwitchSettings {
  AttentionSettings self;          // of an encoder or a GPT
  AttentionSettings decoder_self;  // of an encoder-decoder's decoder
  AttentionSettings cross;         // its mask is native or bidirectional: source and output have no common order
  float connection = 1;            // of the cross-attention: 0 cuts it
  friend bool operator==(const SwitchSettings&, const SwitchSettings&) = default;

  [[nodiscard]] const AttentionSettings& of(onnx::AttentionKind kind) const;
};

// Whether a mask that is not `native` lets the query at one position see the key at another.
[[nodiscard]] bool sees(const AttentionSettings& settings, std::int64_t query, std::int64_t key);

// Of one run.
struct RunShape {
  std::int64_t queries = 0;
  std::int64_t past = 0;    // keys of earlier runs, of self-attention
  std::int64_t source = 0;  // keys of cross-attention
};

// Feeds all switches of a graph: `switches` as src/onnx lists them, `heads` as many as the kinds' stack has.
void give_switches(Inputs& in, std::span<const onnx::Switch> switches, const SwitchSettings& settings, RunShape shape, std::int64_t heads);

// Changes the settings. What was computed under the old ones is stale: the model's revision goes up, with which a Memory forgets
// (lab/context.hpp) and a generation begins anew (lab/generation.hpp). The same settings again change nothing.
[[nodiscard]] Result<void> set_switches(LoadedModel& model, SwitchSettings settings);

// What can be switched, by the kinds of attention that the family has, and why not where it cannot.
[[nodiscard]] std::vector<protocol::SwitchAbility> switch_abilities(const LoadedModel& model);

}  // namespace trilens::lab
