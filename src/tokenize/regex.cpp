#include "tokenize/regex.hpp"

#include <algorithm>

#include "tokenize/work.hpp"

namespace trilens::tokenize {

// What is to be matched after a node.
struct Regex::Search::Rest {
  const Sequence* sequence;
  std::size_t index;
  const Rest* after;  // nullptr: the end of the pattern

  [[nodiscard]] bool done() const { return index == sequence->size(); }
  [[nodiscard]] const Node& node() const { return (*sequence)[index]; }
};

Regex::Search::Search(const Regex& regex, std::u32string_view text, std::uint64_t patience)
    : regex_(regex), text_(text), steps_left_(patience * regex.size_ * (text.size() + 1)) {
  step(0);
}

void Regex::Search::step(std::uint64_t n) {
  work::step(n);
  if (remembers_) return;
  if (n < steps_left_) {
    steps_left_ -= n;
    return;
  }
  remembers_ = true;
  fails_.resize(2 * regex_.nodes_);
  holds_.resize(2 * regex_.nodes_);
}

Regex::Search::Known Regex::Search::known(std::size_t state, std::size_t at) const {
  if (!fails_[state].empty() && fails_[state][at]) return Known::fails;
  return !holds_[state].empty() && holds_[state][at] ? Known::holds : Known::nothing;
}

void Regex::Search::remember(std::size_t state, std::size_t at, Known what) {
  std::vector<bool>& places = (what == Known::fails ? fails_ : holds_)[state];
  if (places.empty()) places.resize(text_.size() + 1);
  places[at] = true;
}

// Where the first alternative that fits, with all of `after` behind it, ends.
Regex::Search::End Regex::Search::any(const Alternatives& alternatives, std::size_t at, const Rest* after) {
  for (const Sequence& sequence : alternatives) {
    if (const End end = enter({&sequence, 0, after}, at)) return end;
  }
  return std::nullopt;
}

// all(), unless it is known what comes of it.
Regex::Search::End Regex::Search::enter(const Rest& rest, std::size_t at) {
  if (!remembers_ || rest.done()) return all(rest, at);
  const Node& node = rest.node();
  step(1);
  const Known before = known(node.number, at);
  if (before != Known::nothing) return before == Known::holds ? End(at) : std::nullopt;
  const End end = all(rest, at);
  if (!end) {
    remember(node.number, at, Known::fails);
  } else if (node.looked) {
    remember(node.number, at, Known::holds);
  }
  return end;
}

Regex::Search::End Regex::Search::all(Rest rest, std::size_t at) {
  while (true) {
    const bool joins = rest.done();
    while (rest.done()) {
      if (rest.after == nullptr) return at;
      rest = *rest.after;
    }
    if (joins && remembers_) return enter(rest, at);  // several alternatives come to here
    const Node& node = rest.node();
    ++rest.index;
    step(1);
    switch (node.kind) {
      case Kind::run: {
        const bool last = rest.done() && rest.after == nullptr;
        // where giving back is out of the question, there is one end to try
        if (!last && node.least != node.most && !(node.possessive && !remembers_)) return run(node, rest, at);
        const End end = fixed_end(node, at, last);
        if (!end) return std::nullopt;
        at = *end;
        break;
      }
      case Kind::group:
        if (const End end = any(node.alternatives, at, &rest)) return end;
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

std::size_t Regex::Search::run_end(const Node& node, std::size_t at) {
  const std::size_t limit = node.most < text_.size() - at ? at + node.most : text_.size();
  std::size_t end = at;
  while (end < limit && node.set.contains(text_[end])) ++end;
  step(end - at + 1);
  return end;
}

Regex::Search::End Regex::Search::fixed_end(const Node& node, std::size_t at, bool last) {
  if (last && node.looked) {  // whether it fits is all that is asked for
    for (std::size_t i = 0; i < node.least; ++i) {
      step(1);
      if (at + i == text_.size() || !node.set.contains(text_[at + i])) return std::nullopt;
    }
    return at;
  }
  const std::size_t end = run_end(node, at);
  return end - at < node.least ? std::nullopt : End(end);
}

// As many as there are, then fewer.
Regex::Search::End Regex::Search::run(const Node& node, const Rest& rest, std::size_t at) {
  if (remembers_) return remembered_run(node, rest, at);
  const std::size_t end = run_end(node, at);
  for (std::size_t length = end - at + 1; length-- > node.least;) {
    step(1);
    if (const End found = all(rest, at + length)) return found;
  }
  return std::nullopt;
}

// The same. What a run without an upper bound comes to from a place in the midst of it does not depend on where it began: if the rest fits
// nowhere from there to its end, it need not be tried when the run is met again, one character further on.
Regex::Search::End Regex::Search::remembered_run(const Node& node, const Rest& rest, std::size_t at) {
  const bool endless = node.most == kUnbounded;
  const std::size_t state = regex_.nodes_ + node.number;
  const std::size_t limit = node.most < text_.size() - at ? at + node.most : text_.size();
  const auto known_at = [&](std::size_t place, std::size_t least) { return endless && place >= least ? known(state, place) : Known::nothing; };
  const std::size_t least = at + std::min(node.least, text_.size() - at + 1);
  std::size_t end = at;
  while (known_at(end, least) == Known::nothing && end < limit && node.set.contains(text_[end])) ++end;
  step(end - at + 1);
  if (end < least) return std::nullopt;
  const Known ahead = known_at(end, least);
  if (!endless) return tried(node, rest, least, end);
  End found = ahead == Known::holds ? End(at) : std::nullopt;
  if (ahead == Known::nothing) {
    found = tried(node, rest, end, end);
    if (!found) remember(state, end, Known::fails);
    if (found && node.looked) remember(state, end, Known::holds);
  }
  for (std::size_t place = end; place-- > least;) {
    if (found && !node.looked) break;
    if (!found && !node.possessive) found = tried(node, rest, place, place);
    if (!found || node.looked) remember(state, place, found ? Known::holds : Known::fails);
  }
  step(end - least + 1);
  return found;
}

// The rest from `end`, then from each place before it, to `least`.
Regex::Search::End Regex::Search::tried(const Node& node, const Rest& rest, std::size_t least, std::size_t end) {
  for (std::size_t place = end + 1; place-- > least;) {
    step(1);
    if (const End found = enter(rest, place)) return found;
    if (node.possessive) break;
  }
  return std::nullopt;
}

void CharacterSet::finish() {
  for (char32_t c = 0; c < 128; ++c) ascii_[c] = slow_contains(c);
}

bool CharacterSet::slow_contains(char32_t c) const {
  const bool in = std::ranges::any_of(ranges_, [c](const auto& r) { return r.first <= c && c <= r.second; }) ||
                  std::ranges::any_of(predicates_, [c](const auto& p) { return p.first(c) == p.second; }) ||
                  std::ranges::any_of(nested_, [c](const CharacterSet& s) { return s.contains(c); });
  return in != negated_;
}

std::optional<std::size_t> Regex::match(std::u32string_view text, std::size_t at) const { return Search(*this, text).match(at); }

}  // namespace trilens::tokenize
