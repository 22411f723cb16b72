// Checked reading of a model's JSON files: what is missing or of the wrong type is named with its file.
//
// Not here: what the fields mean. The first failure is kept; later getters then give defaults, so a struct is read top to
// bottom and asked once at its end. Borrows the JSON.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace trilens::model {

using Json = nlohmann::json;

class JsonFields {
 public:
  // `file` names the file in errors, `where` the place in it (may be empty).
  JsonFields(const Json& object, std::string file, std::string where);

  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] std::unexpected<Error> error() const { return std::unexpected(*error_); }
  void refuse(std::string_view field, std::string_view what);

  [[nodiscard]] bool has(const char* name) const;  // there, and not null
  [[nodiscard]] std::string text(const char* name);
  [[nodiscard]] std::string text_or(const char* name, std::string fallback) { return has(name) ? text(name) : fallback; }
  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t low = 0, std::int64_t high = std::numeric_limits<std::int64_t>::max());
  [[nodiscard]] bool flag(const char* name, bool fallback);
  // A token's id.
  [[nodiscard]] std::optional<std::int32_t> maybe_id(const char* name);
  [[nodiscard]] const Json& array(const char* name);
  [[nodiscard]] const Json& array_or_empty(const char* name);
  [[nodiscard]] const Json& object_or_empty(const char* name);

 private:
  const Json& object_;
  std::string file_;
  std::string where_;
  std::optional<Error> error_;
};

}  // namespace trilens::model
