// The character predicates and forms over all of Unicode, against the reference's answers (tests/oracles/unicode.py).
#include "tokenize/unicode.hpp"

#include <functional>
#include <map>

#include "base/utf8.hpp"
#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/support.hpp"

namespace trilens::tokenize {
namespace {

template <class Visit>
void for_each_codepoint(Visit visit) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c < 0xD800 || c >= 0xE000) visit(c);
  }
}

nlohmann::json ranges_where(const std::function<bool(char32_t)>& holds) {
  nlohmann::json out = nlohmann::json::array();
  for_each_codepoint([&](char32_t c) {
    if (!holds(c)) return;
    if (!out.empty() && out.back()[1] == c - 1) {
      out.back()[1] = c;
    } else {
      out.push_back({c, c});
    }
  });
  return out;
}

// Over UTF-8, a zero byte after each part.
std::string hash_of(const std::function<void(AlignedText&)>& form) {
  Digest digest;
  for_each_codepoint([&](char32_t c) {
    AlignedText text;
    text.push(c, {0, 1});
    form(text);
    digest.add(std::string_view(utf8::encode(text.chars)));
    digest.add(std::string_view("", 1));
  });
  return digest.hex();
}

}  // namespace

TEST_CASE("every codepoint has the properties that the reference gives it") {
  const nlohmann::json fixture = read_fixture("unicode.json");
  const std::map<std::string, bool (*)(char32_t)> predicates{
      {"whitespace", unicode::is_whitespace},   {"letter", unicode::is_letter},   {"number", unicode::is_number},
      {"numeric", unicode::is_numeric},         {"decimal", unicode::is_decimal}, {"word", unicode::is_word},
      {"punctuation", unicode::is_punctuation}, {"mark", unicode::is_mark},       {"nonspacing_mark", unicode::is_nonspacing_mark},
      {"upper_letter", unicode::is_upper_letter}, {"lower_letter", unicode::is_lower_letter}, {"title_letter", unicode::is_title_letter},
      {"modifier", unicode::is_modifier},       {"other_letter", unicode::is_other_letter}, {"symbol", unicode::is_symbol},
      {"regex_mark", unicode::is_regex_mark},   {"regex_punctuation", unicode::is_regex_punctuation}, {"regex_word", unicode::is_regex_word},
      {"control", unicode::is_control}};
  for (const auto& [name, predicate] : predicates) {
    INFO(name);
    CHECK((ranges_where(predicate) == fixture["predicates"][name]));
  }
}

TEST_CASE("every codepoint has the lowercase and the normal forms that the reference gives it") {
  const nlohmann::json hashes = read_fixture("unicode.json")["hashes"];
  CHECK(hash_of([](AlignedText& text) { lowercase(text); }) == hashes["lowercase"].get<std::string>());
  CHECK(hash_of([](AlignedText& text) { decompose(text, false); }) == hashes["nfd"].get<std::string>());
  CHECK(hash_of([](AlignedText& text) { decompose(text, true); }) == hashes["nfkd"].get<std::string>());
  CHECK(hash_of([](AlignedText& text) { compose(text, false); }) == hashes["nfc"].get<std::string>());
  CHECK(hash_of([](AlignedText& text) { compose(text, true); }) == hashes["nfkc"].get<std::string>());
}

TEST_CASE("marks are reordered as the reference reorders them") {
  const nlohmann::json expected = read_fixture("unicode.json")["predicates"]["reordered"];
  const auto changes_place = [](char32_t c) {
    // What has class 0 and stays whole cannot move, and most of Unicode is like that.
    if (unicode::combining_class(c) == 0 && unicode::decompose(c).size == 1 && unicode::decompose(c).chars[0] == c) return false;
    const auto reordered = [](std::u32string text) {
      AlignedText whole;
      std::u32string apart;
      for (const char32_t part : text) {
        whole.push(part, {0, 1});
        AlignedText one;
        one.push(part, {0, 1});
        decompose(one, false);
        apart += one.chars;
      }
      decompose(whole, false);
      return whole.chars != apart;
    };
    return reordered({U'a', c, 0x334}) || reordered({U'a', 0x301, c});
  };
  CHECK((ranges_where(changes_place) == expected));
}

}  // namespace trilens::tokenize
