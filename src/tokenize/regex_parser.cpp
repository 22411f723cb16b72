// Reads the syntax that regex.hpp names (Oniguruma's doc/RE, syntax of the reference's default).
#include <algorithm>
#include <array>
#include <iterator>

#include "tokenize/regex.hpp"
#include "tokenize/unicode.hpp"

namespace trilens::tokenize {
namespace {

constexpr std::size_t kLongestPattern = 4000;
constexpr std::size_t kLargestPattern = 1000;  // Measure::size; those in use are far smaller
constexpr int kDeepestGroup = 20;
constexpr std::u32string_view kSpecial = U"\\[](){}.*+?|^$";

struct Class {
  std::u32string_view name;
  CharacterSet::Predicate is;
};
// \p{…}: general categories
constexpr Class kCategories[] = {
    {U"L", unicode::is_letter},      {U"Lu", unicode::is_upper_letter}, {U"Ll", unicode::is_lower_letter},      {U"Lt", unicode::is_title_letter},
    {U"Lm", unicode::is_modifier},   {U"Lo", unicode::is_other_letter}, {U"M", unicode::is_regex_mark},         {U"N", unicode::is_number},
    {U"Nd", unicode::is_decimal},    {U"S", unicode::is_symbol},        {U"P", unicode::is_regex_punctuation},
};
// \s, and \S for its opposite
constexpr std::pair<char32_t, CharacterSet::Predicate> kShorthands[] = {
    {U's', unicode::is_whitespace}, {U'd', unicode::is_decimal}, {U'w', unicode::is_regex_word}};
constexpr std::pair<char32_t, char32_t> kControls[] = {{U'n', U'\n'}, {U'r', U'\r'}, {U't', U'\t'}, {U'f', U'\f'}, {U'v', U'\v'}};
// Outside brackets Oniguruma's \w goes by Latin-1 tables below U+0100, where ² ³ ¹ ¼ ½ ¾ are word characters; within it does not.
bool is_word_in_brackets(char32_t c) { return unicode::is_regex_word(c) && c != 0xB2 && c != 0xB3 && c != 0xB9 && (c < 0xBC || c > 0xBE); }
// Two letters that one character spells when case does not matter: ß, ﬆ, ﬀ, ﬁ, ﬂ. Patterns with these are not taken.
constexpr std::u32string_view kLigatures[] = {U"ss", U"st", U"ff", U"fi", U"fl"};

bool is_ascii_letter(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'); }

// Can it match without taking a character?
bool nullable(const Regex::Alternatives& alternatives);
bool nullable(const Regex::Node& node) {
  if (node.kind == Regex::Kind::run) return node.least == 0;
  return node.kind != Regex::Kind::group || node.least == 0 || nullable(node.alternatives);
}
bool nullable(const Regex::Alternatives& alternatives) {
  const auto all_nullable = [](const Regex::Sequence& s) { return std::ranges::all_of(s, [](const Regex::Node& n) { return nullable(n); }); };
  return std::ranges::any_of(alternatives, all_nullable);
}

// Numbers the nodes and adds up how large they are: a part for each, and one for each repetition that is counted.
struct Measure {
  std::size_t nodes = 0;
  std::size_t size = 0;

  void take(Regex::Alternatives& alternatives, bool looked) {
    for (Regex::Sequence& sequence : alternatives) {
      ++size;
      for (Regex::Node& node : sequence) {
        node.number = nodes++;
        node.looked = looked;
        size += 1 + (node.most == Regex::kUnbounded ? node.least : node.most);
        take(node.alternatives, looked || node.kind == Regex::Kind::ahead || node.kind == Regex::Kind::not_ahead);
      }
    }
  }
};

class Parser {
 public:
  explicit Parser(std::u32string_view pattern) : rest_(pattern) {}

  std::optional<Regex::Alternatives> whole() {
    auto out = alternatives();
    if (!out || !rest_.empty()) return std::nullopt;
    return out;
  }

 private:
  bool eat(std::u32string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::optional<Regex::Alternatives> alternatives() {
    Regex::Alternatives out;
    do {
      auto one = sequence();
      if (!one) return std::nullopt;
      out.push_back(std::move(*one));
    } while (eat(U"|"));
    return out;
  }

  std::optional<Regex::Sequence> sequence() {
    Regex::Sequence out;
    folded_letter_ = 0;
    while (!rest_.empty() && rest_.front() != U'|' && rest_.front() != U')') {
      auto node = atom();
      if (!node || !quantify(*node)) return std::nullopt;
      out.push_back(std::move(*node));
    }
    return out;
  }

  std::optional<Regex::Node> atom() {
    Regex::Node node;
    if (rest_.front() == U'(') return group();
    if (rest_.front() == U'^' || rest_.front() == U'$') {
      node.kind = rest_.front() == U'^' ? Regex::Kind::line_begin : Regex::Kind::line_end;
      rest_.remove_prefix(1);
      return node;
    }
    if (eat(U".")) {
      node.set.add(U'\n', U'\n');
      node.set.negate();
    } else if (rest_.front() == U'[') {
      if (!bracket(node.set, 0)) return std::nullopt;
    } else if (!escape_or_plain(node.set)) {
      return std::nullopt;
    }
    node.set.finish();
    return node;
  }

  std::optional<Regex::Node> group() {
    Regex::Node node;
    node.kind = Regex::Kind::group;
    const bool folds = folds_;
    if (eat(U"(?i:")) {
      folds_ = true;
    } else if (eat(U"(?=")) {
      node.kind = Regex::Kind::ahead;
    } else if (eat(U"(?!")) {
      node.kind = Regex::Kind::not_ahead;
    } else if (!eat(U"(?:")) {
      eat(U"(");
      if (rest_.starts_with(U'?')) return std::nullopt;
    }
    if (++depth_ > kDeepestGroup) return std::nullopt;
    auto inner = alternatives();
    --depth_;
    folds_ = folds;
    folded_letter_ = 0;
    if (!inner || !eat(U")")) return std::nullopt;
    node.alternatives = std::move(*inner);
    return node;
  }

  std::optional<std::size_t> number() {
    std::size_t value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && digits < 5 && rest_[digits] >= U'0' && rest_[digits] <= U'9') value = value * 10 + (rest_[digits++] - U'0');
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  // {n}, {n,}, {n,m}
  bool counted(Regex::Node& node) {
    const auto least = number();
    if (!least) return false;
    node.least = node.most = *least;
    if (eat(U",")) node.most = number().value_or(Regex::kUnbounded);
    return eat(U"}") && node.most >= node.least && node.most > 0;
  }

  bool quantify(Regex::Node& node) {
    const bool braces = rest_.starts_with(U'{');
    const std::u32string_view before = rest_;
    if (eat(U"?")) {
      node.least = 0;
    } else if (eat(U"*")) {
      node.least = 0;
      node.most = Regex::kUnbounded;
    } else if (eat(U"+")) {
      node.most = Regex::kUnbounded;
    } else if (eat(U"{") && !counted(node)) {
      return false;
    }
    const bool quantified = rest_.size() != before.size();
    if (!quantified) return true;
    folded_letter_ = 0;
    if (eat(U"+")) {
      node.possessive = true;
      if (braces) return false;  // there Oniguruma means something else
    }
    if (!rest_.empty() && (rest_.front() == U'?' || rest_.front() == U'*' || rest_.front() == U'+' || rest_.front() == U'{')) return false;
    if (node.kind == Regex::Kind::run) return true;
    return node.kind == Regex::Kind::group && node.least == 0 && node.most == 1 && !node.possessive;
  }

  bool bracket(CharacterSet& out, int depth) {
    rest_.remove_prefix(1);
    if (depth > kDeepestGroup || rest_.starts_with(U':')) return false;  // [:alpha:] is not taken
    const bool negated = eat(U"^");
    for (bool first = true; !rest_.empty() && rest_.front() != U']'; first = false) {
      if (rest_.starts_with(U"&&")) return false;
      if (rest_.front() == U'[') {
        CharacterSet nested;
        if (!bracket(nested, depth + 1)) return false;
        nested.finish();
        out.add(std::move(nested));
      } else if (!member(out, first)) {
        return false;
      }
    }
    if (out.empty() || !eat(U"]")) return false;
    if (negated) out.negate();
    return true;
  }

  // A character, a range, or a class by name.
  bool member(CharacterSet& out, bool first) {
    if (rest_.front() == U'-' && !first && !rest_.starts_with(U"-]")) return false;
    if (named(out, true)) return true;
    const auto begin = character();
    if (!begin) return false;
    if (!rest_.starts_with(U'-') || rest_.starts_with(U"-]")) return add_character(out, *begin);
    rest_.remove_prefix(1);
    if (rest_.empty() || rest_.front() == U'[') return false;
    const auto end = character();
    if (!end || *end < *begin || folds_) return false;
    out.add(*begin, *end);
    return true;
  }

  bool escape_or_plain(CharacterSet& out) {
    if (named(out, false)) {
      folded_letter_ = 0;
      return true;
    }
    if (rest_.front() != U'\\' && kSpecial.find(rest_.front()) != std::u32string_view::npos) return false;
    const auto c = character();
    if (!c || !add_character(out, *c)) return false;
    const char32_t letter = folds_ ? unicode::lowercase(*c).chars[0] : 0;
    const char32_t pair[] = {folded_letter_, letter};
    folded_letter_ = letter;
    return std::ranges::find(kLigatures, std::u32string_view(pair, 2)) == std::end(kLigatures);
  }

  // \s, \D, \p{Lu}, \P{L}, \p{^L}
  bool named(CharacterSet& out, bool in_brackets) {
    if (rest_.size() < 2 || rest_.front() != U'\\') return false;
    const char32_t letter = rest_[1];
    for (const auto& [name, is] : kShorthands) {
      if (letter != name && letter != name - 32) continue;
      out.add(in_brackets && name == U'w' ? is_word_in_brackets : is, letter == name);
      rest_.remove_prefix(2);
      return true;
    }
    if ((letter != U'p' && letter != U'P') || !rest_.substr(2).starts_with(U'{')) return false;
    const std::size_t end = rest_.find(U'}');
    if (end == std::u32string_view::npos) return false;
    std::u32string_view name = rest_.substr(3, end - 3);
    const bool opposite = name.starts_with(U'^');
    if (opposite) name.remove_prefix(1);
    const auto* known = std::ranges::find(kCategories, name, &Class::name);
    if (known == std::end(kCategories)) return false;
    out.add(known->is, (letter == U'p') != opposite);
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::optional<char32_t> character() {
    char32_t c = rest_.front();
    rest_.remove_prefix(1);
    if (c != U'\\') return c;
    if (rest_.empty()) return std::nullopt;
    c = rest_.front();
    rest_.remove_prefix(1);
    if (const auto* control = std::ranges::find(kControls, c, &std::pair<char32_t, char32_t>::first); control != std::end(kControls)) {
      return control->second;
    }
    if (unicode::is_word(c)) return std::nullopt;  // another letter has a meaning of its own
    return c;
  }

  bool add_character(CharacterSet& out, char32_t c) {
    out.add(c, c);
    if (!folds_) return true;
    if (c >= 0x80) return false;
    if (!is_ascii_letter(c)) return true;
    const char32_t lower = c | 0x20;
    out.add(lower, lower);
    out.add(lower - 32, lower - 32);
    if (lower == U's') out.add(U'\u017F', U'\u017F');  // ſ
    if (lower == U'k') out.add(U'\u212A', U'\u212A');  // the Kelvin sign
    return true;
  }

  std::u32string_view rest_;
  bool folds_ = false;           // within (?i:…)
  char32_t folded_letter_ = 0;  // the letter before, where case does not matter
  int depth_ = 0;
};

}  // namespace

std::optional<Regex> Regex::parse(std::u32string_view pattern) {
  if (pattern.size() > kLongestPattern) return std::nullopt;
  auto alternatives = Parser(pattern).whole();
  if (!alternatives || nullable(*alternatives)) return std::nullopt;
  Measure measure;
  measure.take(*alternatives, false);
  if (measure.size > kLargestPattern) return std::nullopt;
  return Regex(std::move(*alternatives), measure.nodes, measure.size);
}

}  // namespace trilens::tokenize
