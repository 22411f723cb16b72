#include "tokenize/pattern.hpp"

#include <algorithm>
#include <limits>

#include "base/utf8.hpp"
#include "tokenize/unicode.hpp"

namespace trilens::tokenize {
namespace {

constexpr std::u32string_view kGpt2 = UR"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::u32string_view kSpecial = U"\\[](){}.*+?|^$";
constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

bool is_other(char32_t c) { return !unicode::is_whitespace(c) && !unicode::is_letter(c) && !unicode::is_number(c); }

template <class Predicate>
std::size_t run_end(std::u32string_view text, std::size_t from, Predicate predicate) {
  while (from < text.size() && predicate(text[from])) ++from;
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

// Reads one character or class off the front of a regular expression.
class AtomReader {
 public:
  explicit AtomReader(std::u32string_view regex) : rest_(regex) {}
  [[nodiscard]] std::u32string_view rest() const { return rest_; }

  [[nodiscard]] std::optional<CharacterClass> read() {
    CharacterClass out;
    if (rest_.empty()) return std::nullopt;
    if (rest_.front() == U'[') {
      if (!bracket(out)) return std::nullopt;
    } else if (rest_.front() == U'\\') {
      if (!escape(out)) return std::nullopt;
    } else if (kSpecial.find(rest_.front()) == std::u32string_view::npos) {
      out.chars.push_back(rest_.front());
      rest_.remove_prefix(1);
    } else {
      return std::nullopt;
    }
    return out;
  }

 private:
  bool bracket(CharacterClass& out) {
    rest_.remove_prefix(1);
    if (rest_.starts_with(U'^')) {
      out.negated = true;
      rest_.remove_prefix(1);
    }
    while (!rest_.empty() && rest_.front() != U']') {
      if (rest_.front() == U'\\') {
        if (!escape(out)) return false;
        continue;
      }
      // Ranges, nested sets and set operations are left to a regular expression engine.
      if (rest_.front() == U'-' || rest_.front() == U'[' || rest_.front() == U'&') return false;
      out.chars.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    if (rest_.empty() || (out.chars.empty() && out.predicates.empty())) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool escape(CharacterClass& out) {
    struct Name {
      std::u32string_view text;
      bool (*predicate)(char32_t);
    };
    static constexpr Name kNames[] = {{U"\\s", unicode::is_whitespace},
                                      {U"\\d", unicode::is_decimal},
                                      {U"\\w", unicode::is_word},
                                      {U"\\p{L}", unicode::is_letter},
                                      {U"\\p{N}", unicode::is_number}};
    static constexpr std::pair<char32_t, char32_t> kControls[] = {{U'n', U'\n'}, {U'r', U'\r'}, {U't', U'\t'}};
    for (const Name& name : kNames) {
      if (!rest_.starts_with(name.text)) continue;
      out.predicates.push_back(name.predicate);
      rest_.remove_prefix(name.text.size());
      return true;
    }
    if (rest_.size() < 2) return false;
    char32_t c = rest_[1];
    if (const auto* control = std::ranges::find(kControls, c, &std::pair<char32_t, char32_t>::first); control != std::end(kControls)) {
      c = control->second;
    } else if (unicode::is_word(c)) {
      return false;  // another letter has a meaning of its own
    }
    out.chars.push_back(c);
    rest_.remove_prefix(2);
    return true;
  }

  std::u32string_view rest_;
};

std::optional<std::size_t> read_count(std::u32string_view& text) {
  std::size_t value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 6 && text[digits] >= U'0' && text[digits] <= U'9') {
    value = value * 10 + (text[digits++] - U'0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

struct Bounds {
  std::size_t least = 1;
  std::size_t most = 1;
};

// "", "+", "{n}", "{n,}", "{n,m}", and nothing after it. What can match nothing at all (*, ?, {0,}) is not taken.
std::optional<Bounds> read_quantifier(std::u32string_view text) {
  if (text.empty()) return Bounds{};
  if (text == U"+") return Bounds{1, kUnbounded};
  if (text.front() != U'{' || text.back() != U'}') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto least = read_count(text);
  if (!least || *least == 0) return std::nullopt;
  if (text.empty()) return Bounds{*least, *least};
  if (text.front() != U',') return std::nullopt;
  text.remove_prefix(1);
  if (text.empty()) return Bounds{*least, kUnbounded};
  const auto most = read_count(text);
  if (!most || *most < *least || !text.empty()) return std::nullopt;
  return Bounds{*least, *most};
}

}  // namespace

bool CharacterClass::contains(char32_t c) const {
  const bool in = chars.find(c) != std::u32string::npos || std::ranges::any_of(predicates, [c](auto is) { return is(c); });
  return in != negated;
}

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
  AtomReader reader(regex);
  auto first = reader.read();
  if (!first) return std::nullopt;
  if (const auto bounds = read_quantifier(reader.rest())) {
    out.kind_ = Kind::repeat;
    out.repeated_ = std::move(*first);
    out.least_ = bounds->least;
    out.most_ = bounds->most;
    return out;
  }
  // Or several plain characters in a row.
  for (AtomReader plain(regex); !plain.rest().empty();) {
    const auto atom = plain.read();
    if (!atom || atom->negated || atom->chars.size() != 1 || !atom->predicates.empty()) return std::nullopt;
    out.literal_ += atom->chars;
  }
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
  if (kind_ == Kind::repeat) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const std::size_t end = run_end(text, at, [this](char32_t c) { return repeated_.contains(c); });
      for (; end - at >= least_; at = rest) found(at, at + std::min(end - at, most_));
      at = end;  // a character that is not in the class, or the end
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
