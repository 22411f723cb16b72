#include "lab/abilities.hpp"

#include <algorithm>

namespace trilens::lab {

std::string no_mask(const LoadedModel& model) {
  if (model.encoder == nullptr || model.family != Family::encoder) return "no_mask";
  if (model.head != Head::words) return "no_head";
  return model.mask_id ? std::string() : "no_mask";
}

bool writes(const LoadedModel& model) { return model.decoder != nullptr; }

bool reads_source(const LoadedModel& model) { return model.encoder != nullptr && model.decoder != nullptr; }

bool writes_spans(const LoadedModel& model) { return reads_source(model) && !model.forms.sentinel_prefix.empty(); }

bool names_task(const LoadedModel& model, std::string_view prefix) {
  return std::ranges::any_of(model.forms.task_prefixes, [&](const std::string& p) { return p.starts_with(prefix); });
}

std::string named_tasks(const LoadedModel& model) {
  std::string out;
  for (std::string_view prefix : model.forms.task_prefixes) {
    while (prefix.ends_with(' ') || prefix.ends_with(':')) prefix.remove_suffix(1);
    out += (out.empty() ? "" : ", ") + std::string(prefix);
  }
  return out;
}

}  // namespace trilens::lab
