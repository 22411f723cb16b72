// Regex: the regular expressions that tokenizers in use cut text with, matched as the reference's engine (Oniguruma) does.
//
// Known: characters, classes ([…], ranges, nested, negated), \s \S \d \D \w \W, \p{…} and \P{…} of general categories, '.',
// alternatives, groups with an optional '?', (?:…), (?i:…) of ASCII letters, lookahead (?=…) (?!…), ^ $, the quantifiers
// ? * + {n} {n,} {n,m}, possessive ?+ *+ ++. Not here: captures, references, lookbehind, lazy or repeated groups, and patterns
// that match nothing at all; parse() is nullopt for these. First alternative that fits wins, runs are greedy and give back.
// Recursion is as deep as the pattern, never as the text. A pattern's size (its parts, a counted one as often as it counts) is bounded,
// and searching a text takes a number of steps proportional to size × text, whatever the pattern: see Search.
// Regex: immutable, safe from several threads. Search: of one thread, borrows both.
//
//   const auto words = Regex::parse(UR"(\p{L}+|\s+(?!\S))");
//   Regex::Search search(*words, text);
//   search.match(at);   // where the match that starts at `at` ends; nullopt: none does
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
    std::size_t number = 0;     // of the node in its pattern
    bool looked = false;        // within (?=…) or (?!…): where it ends does not matter
  };
  class Search;

  [[nodiscard]] static std::optional<Regex> parse(std::u32string_view pattern);

  [[nodiscard]] std::optional<std::size_t> match(std::u32string_view text, std::size_t at) const;

 private:
  Regex(Alternatives alternatives, std::size_t nodes, std::size_t size) : alternatives_(std::move(alternatives)), nodes_(nodes), size_(size) {}

  Alternatives alternatives_;
  std::size_t nodes_;
  std::size_t size_;
};

// Matches of one text, at one place after the other. It goes back and tries again as Oniguruma does, which some patterns drive to powers
// of the text's length (a*a*a*b) or of two ((?:a|a)(?:a|a)…). What is left to match from a node on depends on node and place alone, since
// there are no captures; so once more than `patience` steps for each character and part were taken, it remembers where which node failed,
// and does nothing twice: the same matches, in steps proportional to size × text. (Davis et al. 2021, "Using selective memoization to
// defeat regular expression denial of service"; Ruby does the same.) That takes a few bits a node for each character; before, nothing.
class Regex::Search {
 public:
  static constexpr std::uint64_t kPatience = 4;  // 0: remembers from the start

  Search(const Regex& regex, std::u32string_view text, std::uint64_t patience = kPatience);

  [[nodiscard]] std::optional<std::size_t> match(std::size_t at) { return any(regex_.alternatives_, at, nullptr); }

 private:
  using End = std::optional<std::size_t>;
  struct Rest;  // what is to be matched after a node
  enum class Known : std::uint8_t { nothing, fails, holds };

  End any(const Alternatives& alternatives, std::size_t at, const Rest* after);
  End enter(const Rest& rest, std::size_t at);
  End all(Rest rest, std::size_t at);
  End run(const Node& node, const Rest& rest, std::size_t at);
  End remembered_run(const Node& node, const Rest& rest, std::size_t at);
  End tried(const Node& node, const Rest& rest, std::size_t least, std::size_t end);
  std::size_t run_end(const Node& node, std::size_t at);
  End fixed_end(const Node& node, std::size_t at, bool last);

  void step(std::uint64_t n);
  [[nodiscard]] Known known(std::size_t state, std::size_t at) const;
  void remember(std::size_t state, std::size_t at, Known what);

  const Regex& regex_;
  std::u32string_view text_;
  std::uint64_t steps_left_;              // until it remembers
  bool remembers_ = false;
  std::vector<std::vector<bool>> fails_;  // [state][at], empty until needed; state: a node's number, then again for a run in its repeating
  std::vector<std::vector<bool>> holds_;  // the same, of nodes within (?=…) and (?!…)
};

}  // namespace trilens::tokenize
