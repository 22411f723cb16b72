// What the tokenizer tests share: files, and tokenizers from them.
#pragma once

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tokenize/tokenizer.hpp"

namespace trilens::tokenize {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline nlohmann::json read_fixture(const std::string& name) {
  nlohmann::json json = nlohmann::json::parse(read_file(std::string(TRILENS_FIXTURES) + "/tokenizers/" + name), nullptr, false);
  REQUIRE_FALSE(json.is_discarded());
  return json;
}

inline std::string model_file(const std::string& model) {
  return read_file(std::string(TRILENS_SOURCE_DIR) + "/assets/models/" + model + "/tokenizer.json");
}

inline Tokenizer load(const std::string& tokenizer_json) {
  auto tokenizer = Tokenizer::from_json(tokenizer_json);
  INFO((tokenizer ? std::string() : tokenizer.error().message));
  REQUIRE(tokenizer.has_value());
  return std::move(*tokenizer);
}

// 64-bit FNV-1a, as the oracles write it: what long lists of answers are compared by.
class Digest {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001B3u;
  }
  // Little-endian, 32 bits.
  void add(std::size_t number) {
    for (int shift = 0; shift < 32; shift += 8) {
      const char byte = static_cast<char>(number >> shift);
      add(std::string_view(&byte, 1));
    }
  }
  [[nodiscard]] std::string hex() const {
    char out[17];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(value_));
    return out;
  }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325u;
};

// A small, whole tokenizer.json to break in many ways.
inline nlohmann::json small_file() {
  return nlohmann::json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [{"id": 0, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
                     {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
    "normalizer": {"type": "Sequence", "normalizers": [
      {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
      {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"}]},
    "post_processor": {"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [],
      "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}}},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
      "vocab": {"[UNK]": 0, "[CLS]": 1, "hello": 2, "##s": 3, ",": 4, "world": 5, "caf": 6, "##e": 7}}})",
                               nullptr, false);
}

}  // namespace trilens::tokenize
