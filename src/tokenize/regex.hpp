// Regex: the regular expressions that tokenizers in use cut text with, matched as the reference's engine (Oniguruma) does.
//
// Known: characters, classes ([…], ranges, nested, negated), \s \S \d \D \w \W, \p{…} and \P{…} of general categories, '.',
// alternatives, groups with an optional '?', (?:…), (?i:…) of ASCII letters, lookahead (?=…) (?!…), ^ $, the quantifiers
// ? * + {n} {n,} {n,m}, possessive ?+ *+ ++. Not here: captures, references, lookbehind, lazy or repeated groups, and patterns
// that match nothing at all; parse() is nullopt for these. First alternative that fits wins, runs are greedy and give back.
// Recursion is as deep as the pattern, never as the text. Immutable; safe from several threads.
//
//   const auto words = Regex::parse(UR"(\p{L}+|\s+(?!\S))");
//   words->match(text, at);   // where the match that starts at `at` ends; nullopt: none does
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace trilens::tokenize {

// One character out of a set.
class CharacterSet {
 public:
  using Predicate = bool (*)(char32_t);

  void add(char32_t first, char32_t last) { ranges_.emplace_back(first, last); }
  void add(Predicate is, bool holds) { predicates_.emplace_back(is, holds); }
  void add(CharacterSet nested) { nested_.push_back(std::move(nested)); }
  void negate() { negated_ = !negated_; }
  // Answers for ASCII at once; after the last add() and negate().
  void finish();

  [[nodiscard]] bool contains(char32_t c) const { return c < 128 ? ascii_[c] : slow_contains(c); }
  [[nodiscard]] bool empty() const { return ranges_.empty() && predicates_.empty() && nested_.empty(); }

 private:
  [[nodiscard]] bool slow_contains(char32_t c) const;

  bool negated_ = false;
  std::vector<std::pair<char32_t, char32_t>> ranges_;        // first, last
  std::vector<std::pair<Predicate, bool>> predicates_;       // holds or does not
  std::vector<CharacterSet> nested_;
  std::bitset<128> ascii_;
};

class Regex {
 public:
  static constexpr std::size_t kUnbounded = SIZE_MAX;

  struct Node;
  using Sequence = std::vector<Node>;
  using Alternatives = std::vector<Sequence>;
  enum class Kind : std::uint8_t { run, group, ahead, not_ahead, line_begin, line_end };
  struct Node {
    Kind kind = Kind::run;
    CharacterSet set;  // run: so many of these
    std::size_t least = 1;
    std::size_t most = 1;
    bool possessive = false;    // gives nothing back
    Alternatives alternatives;  // group (least 0: may be absent), ahead, not_ahead
  };

  [[nodiscard]] static std::optional<Regex> parse(std::u32string_view pattern);

  [[nodiscard]] std::optional<std::size_t> match(std::u32string_view text, std::size_t at) const;

 private:
  explicit Regex(Alternatives alternatives) : alternatives_(std::move(alternatives)) {}

  Alternatives alternatives_;
};

}  // namespace trilens::tokenize
