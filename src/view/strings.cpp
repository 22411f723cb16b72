#include "view/strings.hpp"

#include <nlohmann/json.hpp>

namespace trilens::view {

Result<Strings> Strings::parse(std::string_view text) {
  using Json = nlohmann::json;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return fail(ErrorCode::invalid_argument, "A file of words must be one JSON object.");
  Strings out;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return fail(ErrorCode::invalid_argument, "The words `" + key + "` must be a string.");
    out.words_.emplace(key, value.get<std::string>());
  }
  return out;
}

const std::string& Strings::get(std::string_view key) const {
  if (const auto it = words_.find(key); it != words_.end()) return it->second;
  return missing_.try_emplace(std::string(key), key).first->second;
}

bool Strings::has(std::string_view key) const { return words_.contains(key); }

std::vector<std::string> Strings::missing() const {
  std::vector<std::string> out;
  for (const auto& [key, word] : missing_) out.push_back(key);
  return out;
}

std::string Strings::fill(std::string_view key, const std::vector<Fill>& values) const {
  const std::string& pattern = get(key);
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('{', at);
    const std::size_t close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) return out + pattern.substr(at);
    out.append(pattern, at, open - at);
    const std::string_view name = std::string_view(pattern).substr(open + 1, close - open - 1);
    for (const auto& [placeholder, value] : values) {
      if (placeholder == name) out += value;
    }
    at = close + 1;
  }
  return out;
}

}  // namespace trilens::view
