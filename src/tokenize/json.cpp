#include "tokenize/json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"

namespace trilens::tokenize {
namespace {

using Json = nlohmann::json;

// Reads again only to learn where the file breaks off.
struct Locator : nlohmann::json_sax<Json> {
  std::size_t broken_at = 0;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    broken_at = position;
    return false;
  }
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    Locator locator;
    Json::sax_parse(text, &locator);
    return fail(ErrorCode::tokenizer_malformed, "tokenizer.json is cut short or damaged at byte " + std::to_string(locator.broken_at) + " of " +
                                                    std::to_string(text.size()) + ": fetch or copy the file again.");
  }
  if (!json.is_object()) {
    return fail(ErrorCode::tokenizer_malformed, "tokenizer.json is not a JSON object: choose the tokenizer.json of a model.");
  }
  return json;
}

bool Section::is_null() const { return value_->is_null(); }

std::optional<Section> Section::find(std::string_view key) const {
  if (!value_->is_object()) return std::nullopt;
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return Section(*found, path_.empty() ? std::string(key) : path_ + "." + std::string(key));
}

std::vector<Section> Section::elements() const {
  std::vector<Section> out;
  if (!value_->is_array()) return out;
  out.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) out.emplace_back((*value_)[i], path_ + "[" + std::to_string(i) + "]");
  return out;
}

std::optional<std::string> Section::as_string() const {
  const auto* text = value_->get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  return *text;
}

std::string Section::type() const {
  const auto type = find("type");
  return type ? type->as_string().value_or("") : "";
}

std::unexpected<Error> Section::malformed(std::string_view complaint) const {
  return fail(ErrorCode::tokenizer_malformed, "tokenizer.json: " + (path_.empty() ? "the file" : path_) + " " + std::string(complaint) +
                                                  ": fetch the file again, or export it anew.");
}

std::unexpected<Error> Section::unsupported(std::string_view what) const {
  return fail(ErrorCode::tokenizer_unsupported, "tokenizer.json uses " + std::string(what) + " (at " + path_ +
                                                    "), which Trilens does not know: choose another model, or export its tokenizer without it.");
}

Fields::Fields(const Section& section) : section_(section) {
  if (!section.value().is_object()) error_ = section.malformed("must be an object").error();
}

std::optional<Section> Fields::take(std::string_view key, bool required) {
  if (error_) return std::nullopt;
  auto found = section_.find(key);
  if (!found && required) error_ = section_.malformed("lacks \"" + std::string(key) + "\"").error();
  return found;
}

void Fields::complain(std::string_view key, std::string_view expected) {
  const std::string path = section_.path().empty() ? std::string(key) : section_.path() + "." + std::string(key);
  error_ = Section(section_.value(), path).malformed("must be " + std::string(expected)).error();
}

std::optional<bool> Fields::optional_boolean(std::string_view key) {
  const auto found = take(key, false);
  if (!found) return std::nullopt;
  const auto* value = found->value().get_ptr<const bool*>();
  if (value == nullptr) {
    complain(key, "true or false");
    return std::nullopt;
  }
  return *value;
}

bool Fields::boolean(std::string_view key, std::optional<bool> fallback) {
  if (!take(key, !fallback)) return fallback.value_or(false);
  return optional_boolean(key).value_or(false);
}

std::optional<std::string> Fields::optional_string(std::string_view key) {
  const auto found = take(key, false);
  if (!found) return std::nullopt;
  auto value = found->as_string();
  if (!value) complain(key, "a string");
  return value;
}

std::string Fields::string(std::string_view key, std::optional<std::string> fallback) {
  if (!take(key, !fallback)) return fallback.value_or("");
  return optional_string(key).value_or("");
}

char32_t Fields::character(std::string_view key) {
  const std::u32string text = utf8::decode(string(key));
  if (error_) return 0;
  if (text.size() != 1) {
    complain(key, "one character");
    return 0;
  }
  return text.front();
}

std::int64_t Fields::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto found = take(key, true);
  if (!found) return least;
  const Json& value = found->value();
  const bool fits = value.is_number_integer() && (!value.is_number_unsigned() ||
                                                  value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (!fits || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most) {
    complain(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return value.get<std::int64_t>();
}

double Fields::number(std::string_view key, std::optional<double> fallback) {
  const auto found = take(key, !fallback);
  if (!found) return fallback.value_or(0);
  if (!found->value().is_number() || !std::isfinite(found->value().get<double>())) {
    complain(key, "a number");
    return 0;
  }
  return found->value().get<double>();
}

std::vector<Section> Fields::array(std::string_view key) {
  const auto found = take(key, true);
  if (!found) return {};
  if (!found->value().is_array()) {
    complain(key, "an array");
    return {};
  }
  return found->elements();
}

}  // namespace trilens::tokenize
