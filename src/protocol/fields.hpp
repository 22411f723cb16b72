// Checked reading of JSON objects: each getter names the field when it is missing, of the wrong type or out of range.
//
// Not here: what the fields mean. The first failure is kept and later getters do nothing, so a struct is read top to
// bottom and asked once at its end. Borrows the JSON.
//
//   Fields in(json, ErrorCode::invalid_argument);
//   request.text = in.text("text");
//   if (!in.ok()) return in.error();
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/seat.hpp"

namespace trilens::protocol {

using Json = nlohmann::json;

class Fields {
 public:
  Fields(const Json& object, ErrorCode code) : object_(object), code_(code) {
    if (!object.is_object()) refuse("A message must be a JSON object.");
  }

  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] std::unexpected<Error> error() const { return std::unexpected(*error_); }
  void refuse(std::string message) {
    if (!error_) error_ = Error{code_, std::move(message), {}};
  }
  [[nodiscard]] bool has(const char* name) const {
    return object_.is_object() && object_.contains(name) && !object_.at(name).is_null();
  }

  [[nodiscard]] std::string text(const char* name);
  [[nodiscard]] std::string text_or(const char* name, std::string fallback) { return has(name) ? text(name) : fallback; }
  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t low, std::int64_t high);
  [[nodiscard]] std::int64_t integer_or(const char* name, std::int64_t low, std::int64_t high, std::int64_t fallback) {
    return has(name) ? integer(name, low, high) : fallback;
  }
  [[nodiscard]] double number(const char* name);
  [[nodiscard]] double number_or(const char* name, double fallback) { return has(name) ? number(name) : fallback; }
  [[nodiscard]] std::optional<double> maybe_number(const char* name) {
    return has(name) ? std::optional(number(name)) : std::nullopt;
  }
  [[nodiscard]] bool boolean(const char* name);
  [[nodiscard]] const Json& object(const char* name);
  [[nodiscard]] const Json& array(const char* name);
  [[nodiscard]] std::vector<std::string> texts_or_none(const char* name);  // a list of at most 64 texts

  // A name out of a list, by the function that reads it: `in.name("family", family_from_name, "encoder, decoder or ...")`.
  template <class Read>
  auto name(const char* field, Read read, const char* allowed) {
    const std::string given = text(field);
    auto value = read(given);
    if (ok() && !value) refuse("`" + std::string(field) + "` is \"" + given + "\"; it must be " + allowed + ".");
    using T = typename decltype(value)::value_type;
    return value.value_or(T{});
  }

 private:
  const Json& at(const char* name, bool fits(const Json&), const char* type);

  const Json& object_;
  ErrorCode code_;
  std::optional<Error> error_;
};

// Which of the three is meant: "seat", or "family", which names that family's home.
[[nodiscard]] Seat seat_of(Fields& in);

}  // namespace trilens::protocol
