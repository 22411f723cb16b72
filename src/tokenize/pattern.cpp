#include "tokenize/pattern.hpp"

#include "base/utf8.hpp"
#include "tokenize/unicode.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

constexpr std::u32string_view kGpt2 = UR"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

bool is_other(char32_t c) { return !unicode::is_whitespace(c) && !unicode::is_letter(c) && !unicode::is_number(c); }

template <class Predicate>
std::size_t run_end(std::u32string_view text, std::size_t from, Predicate predicate) {
  const std::size_t begin = from;
  while (from < text.size() && predicate(text[from])) ++from;
  work::step(from - begin + 1);
  return from;
}

std::size_t contraction(std::u32string_view text) {
  for (const std::u32string_view c : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
    if (text.starts_with(c)) return c.size();
  }
  return 0;
}

// Where the word that starts at `at` ends. Precondition: at < text.size().
std::size_t gpt2_word_end(std::u32string_view text, std::size_t at) {
  if (text[at] == U'\'') {
    if (const std::size_t n = contraction(text.substr(at)); n > 0) return at + n;
  }
  const std::size_t word = text[at] == U' ' && at + 1 < text.size() ? at + 1 : at;
  const char32_t first = text[word];
  if (unicode::is_letter(first)) return run_end(text, word, unicode::is_letter);
  if (unicode::is_number(first)) return run_end(text, word, unicode::is_number);
  if (is_other(first)) return run_end(text, word, is_other);
  // White space; the last one belongs to the word that follows, if one does and it is not the only one.
  const std::size_t end = run_end(text, at, unicode::is_whitespace);
  return end < text.size() && end - at > 1 ? end - 1 : end;
}

}  // namespace

std::vector<Match> gpt2_words(std::u32string_view text) {
  std::vector<Match> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = gpt2_word_end(text, at);
    out.push_back({at, end, true});
    at = end;
  }
  return out;
}

std::optional<Pattern> Pattern::from_regex(std::u32string_view regex) {
  Pattern out;
  if (regex == kGpt2) {
    out.kind_ = Kind::gpt2;
    return out;
  }
  out.regex_ = Regex::parse(regex);
  if (!out.regex_) return std::nullopt;
  out.kind_ = Kind::regex;
  return out;
}

Result<Pattern> Pattern::from_json(const Section& section) {
  const auto text = section.find("String");
  const auto regex = section.find("Regex");
  if (!text && !regex) return section.malformed("must be {\"String\": …} or {\"Regex\": …}");
  const auto value = (text ? *text : *regex).as_string();
  if (!value) return section.malformed("must hold a string");
  Pattern out;
  if (text) {
    out.literal_ = utf8::decode(*value);
    return out;
  }
  auto parsed = from_regex(utf8::decode(*value));
  if (!parsed) return regex->unsupported("the regular expression " + *value);
  return std::move(*parsed);
}

std::vector<Match> Pattern::matches(std::u32string_view text) const {
  if (kind_ == Kind::gpt2) return gpt2_words(text);
  std::vector<Match> out;
  std::size_t rest = 0;
  const auto found = [&](std::size_t begin, std::size_t end) {
    if (rest < begin) out.push_back({rest, begin, false});
    out.push_back({begin, end, true});
    rest = end;
  };
  if (kind_ == Kind::regex) {
    Regex::Search search(*regex_, text);
    for (std::size_t at = 0; at < text.size();) {
      if (const auto end = search.match(at)) {
        found(at, *end);
        at = *end;
      } else {
        ++at;
      }
    }
  } else if (!literal_.empty()) {
    for (std::size_t at = text.find(literal_); at != std::u32string_view::npos; at = text.find(literal_, rest)) {
      found(at, at + literal_.size());
    }
  }
  if (rest < text.size()) out.push_back({rest, text.size(), false});
  return out;
}

}  // namespace trilens::tokenize
