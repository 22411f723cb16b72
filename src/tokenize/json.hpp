// Reading tokenizer.json with every type and range checked, and every complaint saying where.
//
// A Section is a place in the file and its path. Fields reads the members of an object and keeps the first complaint, so
// that a factory reads all it needs and asks once. Borrow the parsed document; it must outlive them.
//
//   Fields fields(section);
//   const bool lowercase = fields.boolean("lowercase");
//   if (!fields.ok()) return fields.failure();
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace trilens::tokenize {

// The file parsed, or `tokenizer_malformed` saying at which byte it breaks off.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text);

class Section {
 public:
  Section(const nlohmann::json& value, std::string path) : value_(&value), path_(std::move(path)) {}

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_null() const;
  // A member of an object; nullopt when it is absent or null, or when this is no object.
  [[nodiscard]] std::optional<Section> find(std::string_view key) const;
  // The elements of an array; empty when this is none.
  [[nodiscard]] std::vector<Section> elements() const;
  [[nodiscard]] std::optional<std::string> as_string() const;
  // The "type" of a part; "" when it has none.
  [[nodiscard]] std::string type() const;

  // "tokenizer.json: normalizer.lowercase must be true or false …"
  [[nodiscard]] std::unexpected<Error> malformed(std::string_view complaint) const;
  // "tokenizer.json uses the normalizer "Foo" (at normalizer), which Trilens does not know: …"
  [[nodiscard]] std::unexpected<Error> unsupported(std::string_view what) const;

 private:
  const nlohmann::json* value_;
  std::string path_;
};

class Fields {
 public:
  explicit Fields(const Section& section);

  // Required, unless there is a fallback for when it is absent or null.
  [[nodiscard]] bool boolean(std::string_view key, std::optional<bool> fallback = {});
  [[nodiscard]] std::string string(std::string_view key, std::optional<std::string> fallback = {});
  [[nodiscard]] char32_t character(std::string_view key);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);
  [[nodiscard]] double number(std::string_view key, std::optional<double> fallback = {});
  [[nodiscard]] std::vector<Section> array(std::string_view key);
  [[nodiscard]] std::optional<bool> optional_boolean(std::string_view key);
  [[nodiscard]] std::optional<std::string> optional_string(std::string_view key);

  [[nodiscard]] bool ok() const { return !error_; }
  // Precondition: !ok().
  [[nodiscard]] std::unexpected<Error> failure() const { return std::unexpected(*error_); }

 private:
  [[nodiscard]] std::optional<Section> take(std::string_view key, bool required);
  void complain(std::string_view key, std::string_view expected);

  Section section_;
  std::optional<Error> error_;
};

// How deep parts may nest (Sequence in Sequence …).
inline constexpr int kDeepestNesting = 16;
// Ids at or past this are refused: no vocabulary comes near, and tables are indexed by them.
inline constexpr std::int64_t kIdLimit = std::int64_t{1} << 24;

}  // namespace trilens::tokenize
