#include "protocol/fields.hpp"

#include <cmath>

namespace trilens::protocol {
namespace {

const Json kEmptyObject = Json::object();
const Json kEmptyArray = Json::array();
const Json kNone;

}  // namespace

const Json& Fields::at(const char* name, bool fits(const Json&), const char* type) {
  if (!ok()) return kNone;
  if (!has(name)) {
    refuse("The field `" + std::string(name) + "` is missing; it must be " + type + ".");
    return kNone;
  }
  const Json& value = object_.at(name);
  if (!fits(value)) {
    refuse("The field `" + std::string(name) + "` must be " + type + ", not " + value.type_name() + ".");
    return kNone;
  }
  return value;
}

std::string Fields::text(const char* name) {
  const Json& value = at(name, [](const Json& j) { return j.is_string(); }, "a string");
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t Fields::integer(const char* name, std::int64_t low, std::int64_t high) {
  const auto whole = [](const Json& j) {
    return j.is_number_integer() || (j.is_number_float() && std::abs(j.get<double>()) < 9e15 && std::floor(j.get<double>()) == j.get<double>());
  };
  const Json& value = at(name, whole, "a whole number");
  if (!value.is_number()) return low;
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(high);
  const auto n = value.is_number_float() ? static_cast<std::int64_t>(value.get<double>()) : value.get<std::int64_t>();
  if (too_large || n < low || n > high) {
    refuse("`" + std::string(name) + "` is " + value.dump() + "; it must be from " + std::to_string(low) + " to " + std::to_string(high) + ".");
    return low;
  }
  return n;
}

double Fields::number(const char* name) {
  const Json& value = at(name, [](const Json& j) { return j.is_number(); }, "a number");
  return value.is_number() ? value.get<double>() : 0.0;
}

bool Fields::boolean(const char* name) {
  const Json& value = at(name, [](const Json& j) { return j.is_boolean(); }, "true or false");
  return value.is_boolean() && value.get<bool>();
}

const Json& Fields::object(const char* name) {
  const Json& value = at(name, [](const Json& j) { return j.is_object(); }, "an object");
  return value.is_object() ? value : kEmptyObject;
}

std::vector<std::string> Fields::texts_or_none(const char* name) {
  constexpr std::size_t kMost = 64;
  std::vector<std::string> out;
  if (!has(name)) return out;
  for (const Json& text : array(name)) {
    if (text.is_string() && out.size() < kMost) out.push_back(text.get<std::string>());
    else refuse("`" + std::string(name) + "` must be a list of at most " + std::to_string(kMost) + " texts.");
  }
  return out;
}

const Json& Fields::array(const char* name) {
  const Json& value = at(name, [](const Json& j) { return j.is_array(); }, "a list");
  return value.is_array() ? value : kEmptyArray;
}

Seat seat_of(Fields& in) {
  if (in.has("seat")) return in.name("seat", seat_from_name, "left, middle or right");
  return home_of(in.name("family", family_from_name, "encoder, decoder or encoder_decoder"));
}

}  // namespace trilens::protocol
