#include "tokenize/display.hpp"

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "tokenize/byte_alphabet.hpp"
#include "tokenize/decode/decoder.hpp"

namespace trilens::tokenize {
namespace {

// The first part of this type in a section, or in the Sequences in it.
const nlohmann::json* find_part(const nlohmann::json& section, std::string_view type, int depth = 0) {
  if (!section.is_object() || depth > kDeepestNesting) return nullptr;
  const auto named = section.find("type");
  if (named != section.end() && named->is_string() && named->get_ref<const std::string&>() == type) return &section;
  for (const auto& member : section) {
    if (!member.is_array()) continue;
    for (const auto& element : member) {
      if (const auto* found = find_part(element, type, depth + 1)) return found;
    }
  }
  return nullptr;
}

std::string string_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string space_of(const nlohmann::json& decoder) {
  if (const auto* metaspace = find_part(decoder, "Metaspace")) return string_at(*metaspace, "replacement");
  const auto* replace = find_part(decoder, "Replace");
  if (replace == nullptr || string_at(*replace, "content") != " ") return {};
  const auto pattern = replace->find("pattern");
  return pattern != replace->end() && pattern->is_object() ? string_at(*pattern, "String") : std::string();
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (!out.empty()) out.push_back(' ');
  out.push_back(kHex[byte >> 4]);
  out.push_back(kHex[byte & 15]);
}

// Text as it is; ill-formed stretches, and U+FFFD itself, as bytes.
std::string text_or_bytes(std::string_view bytes) {
  std::string out;
  std::string hex;
  const auto flush = [&] {
    if (!hex.empty()) out += "⟨" + hex + "⟩";
    hex.clear();
  };
  for (utf8::Reader reader(bytes); !reader.done();) {
    const utf8::Codepoint c = reader.next();
    if (c.codepoint != utf8::kReplacement) {
      flush();
      utf8::append(out, c.codepoint);
      continue;
    }
    for (const char byte : bytes.substr(c.begin, c.end - c.begin)) append_hex(hex, static_cast<unsigned char>(byte));
  }
  flush();
  return out;
}

std::optional<std::string> from_alphabet(std::string_view token) {
  std::string bytes;
  for (utf8::Reader reader(token); !reader.done();) {
    const auto byte = byte_from_char(reader.next().codepoint);
    if (!byte) return std::nullopt;
    bytes.push_back(static_cast<char>(*byte));
  }
  return bytes;
}

}  // namespace

DisplayRules DisplayRules::from_json(const Section& file) {
  DisplayRules rules;
  if (const auto decoder = file.find("decoder")) {
    rules.byte_level = find_part(decoder->value(), "ByteLevel") != nullptr;
    rules.space = space_of(decoder->value());
  }
  return rules;
}

std::string display_token(std::string_view token, const DisplayRules& rules) {
  if (rules.byte_level) {
    const auto bytes = from_alphabet(token);
    return text_or_bytes(bytes ? std::string_view(*bytes) : token);
  }
  if (const auto byte = fallback_byte(token)) return text_or_bytes({&*byte, 1});
  std::string text(token);
  replace_all(text, rules.space, " ");
  return text_or_bytes(text);
}

std::optional<std::string> token_bytes(std::string_view token, const DisplayRules& rules) {
  if (rules.byte_level) return from_alphabet(token);
  if (const auto byte = fallback_byte(token)) return std::string(1, *byte);
  return std::nullopt;
}

}  // namespace trilens::tokenize
