#include "tokenize/regex.hpp"

#include <algorithm>

#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

using Node = Regex::Node;
using Kind = Regex::Kind;

// What is to be matched after a group.
struct Rest {
  const Regex::Sequence* sequence;
  std::size_t index;
  const Rest* after;  // nullptr: the end of the pattern
};

class Matcher {
 public:
  explicit Matcher(std::u32string_view text) : text_(text) {}

  // Where the first alternative that fits, with all of `after` behind it, ends.
  [[nodiscard]] std::optional<std::size_t> any(const Regex::Alternatives& alternatives, std::size_t at, const Rest* after) const {
    for (const Regex::Sequence& sequence : alternatives) {
      if (const auto end = all({&sequence, 0, after}, at)) return end;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<std::size_t> all(Rest rest, std::size_t at) const {
    while (true) {
      while (rest.index == rest.sequence->size()) {
        if (rest.after == nullptr) return at;
        rest = *rest.after;
      }
      const Node& node = (*rest.sequence)[rest.index++];
      switch (node.kind) {
        case Kind::run:
          if (const auto fixed = fixed_length(node, rest, at)) {
            if (*fixed == kNoMatch) return std::nullopt;
            at = *fixed;
            break;
          }
          return run(node, rest, at);
        case Kind::group:
          if (const auto end = any(node.alternatives, at, &rest)) return end;
          if (node.least > 0) return std::nullopt;
          break;
        case Kind::ahead:
        case Kind::not_ahead:
          if (any(node.alternatives, at, nullptr).has_value() != (node.kind == Kind::ahead)) return std::nullopt;
          break;
        case Kind::line_begin:
          if (at > 0 && text_[at - 1] != U'\n') return std::nullopt;
          break;
        case Kind::line_end:
          if (at < text_.size() && text_[at] != U'\n') return std::nullopt;
          break;
      }
    }
  }

  static constexpr std::size_t kNoMatch = SIZE_MAX;

  [[nodiscard]] std::size_t run_end(const Node& node, std::size_t at) const {
    const std::size_t limit = node.most < text_.size() - at ? at + node.most : text_.size();
    std::size_t end = at;
    while (end < limit && node.set.contains(text_[end])) ++end;
    work::step(end - at + 1);
    return end;
  }

  // The only end that there is to try, where giving back is out of the question; nullopt where it is not.
  [[nodiscard]] std::optional<std::size_t> fixed_length(const Node& node, const Rest& rest, std::size_t at) const {
    const bool last = rest.index == rest.sequence->size() && rest.after == nullptr;
    if (!node.possessive && !last && node.least != node.most) return std::nullopt;
    const std::size_t end = run_end(node, at);
    return end - at < node.least ? kNoMatch : end;
  }

  // As many as there are, then fewer.
  [[nodiscard]] std::optional<std::size_t> run(const Node& node, const Rest& rest, std::size_t at) const {
    const std::size_t end = run_end(node, at);
    for (std::size_t length = end - at + 1; length-- > node.least;) {
      work::step();
      if (const auto found = all(rest, at + length)) return found;
    }
    return std::nullopt;
  }

  std::u32string_view text_;
};

}  // namespace

void CharacterSet::finish() {
  for (char32_t c = 0; c < 128; ++c) ascii_[c] = slow_contains(c);
}

bool CharacterSet::slow_contains(char32_t c) const {
  const bool in = std::ranges::any_of(ranges_, [c](const auto& r) { return r.first <= c && c <= r.second; }) ||
                  std::ranges::any_of(predicates_, [c](const auto& p) { return p.first(c) == p.second; }) ||
                  std::ranges::any_of(nested_, [c](const CharacterSet& s) { return s.contains(c); });
  return in != negated_;
}

std::optional<std::size_t> Regex::match(std::u32string_view text, std::size_t at) const { return Matcher(text).any(alternatives_, at, nullptr); }

}  // namespace trilens::tokenize
