#include "model/json_fields.hpp"

#include <utility>

namespace trilens::model {
namespace {

const Json kEmptyArray = Json::array();
const Json kEmptyObject = Json::object();

}  // namespace

JsonFields::JsonFields(const Json& object, std::string file, std::string where) : object_(object), file_(std::move(file)), where_(std::move(where)) {
  if (!object.is_object()) refuse("", "must be a JSON object");
}

void JsonFields::refuse(std::string_view field, std::string_view what) {
  if (error_) return;
  std::string message = "In " + file_ + (where_.empty() ? "" : ", " + where_) + ": ";
  message += field.empty() ? std::string("it") : "`" + std::string(field) + "`";
  error_ = Error{ErrorCode::model_malformed, message + " " + std::string(what) + ".", {}};
}

bool JsonFields::has(const char* name) const { return object_.is_object() && object_.contains(name) && !object_.at(name).is_null(); }

std::string JsonFields::text(const char* name) {
  if (has(name) && object_.at(name).is_string()) return object_.at(name).get<std::string>();
  refuse(name, has(name) ? "must be a string" : "is missing; it must be a string");
  return {};
}

std::int64_t JsonFields::integer(const char* name, std::int64_t low, std::int64_t high) {
  if (!has(name) || !object_.at(name).is_number_integer()) {
    refuse(name, has(name) ? "must be a whole number" : "is missing; it must be a whole number");
    return low;
  }
  const Json& value = object_.at(name);
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(high);
  const auto n = value.get<std::int64_t>();
  if (too_large || n < low || n > high) {
    refuse(name, "is " + value.dump() + "; it must be from " + std::to_string(low) + " to " + std::to_string(high));
    return low;
  }
  return n;
}

bool JsonFields::flag(const char* name, bool fallback) {
  if (!has(name)) return fallback;
  if (object_.at(name).is_boolean()) return object_.at(name).get<bool>();
  refuse(name, "must be true or false");
  return fallback;
}

std::optional<std::int32_t> JsonFields::maybe_id(const char* name) {
  if (!has(name)) return std::nullopt;
  return static_cast<std::int32_t>(integer(name, 0, std::numeric_limits<std::int32_t>::max()));
}

const Json& JsonFields::array(const char* name) {
  if (has(name) && object_.at(name).is_array()) return object_.at(name);
  refuse(name, has(name) ? "must be a list" : "is missing; it must be a list");
  return kEmptyArray;
}

const Json& JsonFields::array_or_empty(const char* name) { return has(name) ? array(name) : kEmptyArray; }

const Json& JsonFields::object_or_empty(const char* name) {
  if (!has(name)) return kEmptyObject;
  if (object_.at(name).is_object()) return object_.at(name);
  refuse(name, "must be an object");
  return kEmptyObject;
}

}  // namespace trilens::model
