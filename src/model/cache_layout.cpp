#include "model/cache_layout.hpp"

#include <algorithm>
#include <string_view>

namespace trilens::model {
namespace {

constexpr std::string_view kPast = "past_key_values.";
constexpr std::string_view kPresent = "present.";

}  // namespace

Shape CacheLayout::empty_shape(const CacheEntry&, std::int64_t rows) const { return {rows, heads, 0, head_size}; }

Result<CacheLayout> cache_layout(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs, const Config& config) {
  CacheLayout layout{.entries = {}, .heads = config.decoder_heads, .head_size = config.decoder_head_size};
  for (const std::string& input : inputs) {
    if (!input.starts_with(kPast)) {
      if (input.contains("past")) {
        return fail(ErrorCode::model_unsupported, "The decoder's cache has an input \"" + input + "\"; past_key_values.{layer}.key and .value are " +
                                                      "understood: export the model with Optimum's text-generation-with-past task.");
      }
      continue;
    }
    const std::string output = std::string(kPresent) + input.substr(kPast.size());
    const bool cross = input.contains(".encoder.");
    if (std::ranges::find(outputs, output) == outputs.end()) {
      if (cross) {
        return fail(ErrorCode::model_unsupported, "The decoder takes \"" + input + "\" but does not give \"" + output + "\" back: it is the second of two "
                                                  "files, and the first, decoder_model.onnx, is needed for its outputs; or use decoder_model_merged.onnx.");
      }
      return fail(ErrorCode::model_unsupported, "The decoder takes \"" + input + "\" but does not give \"" + output + "\" back: export it again with its cache.");
    }
    layout.entries.push_back({input, output, cross});
  }
  return layout;
}

}  // namespace trilens::model
