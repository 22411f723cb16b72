#include "tokenize/pieces.hpp"

#include <algorithm>

namespace trilens::tokenize {
namespace {

// Runs of found, and runs of not found, become one each.
std::vector<Match> joined_runs(const std::vector<Match>& matches) {
  std::vector<Match> out;
  bool previous = false;
  for (const Match& m : matches) {
    if (m.hit == previous && !out.empty()) {
      out.back().end = m.end;
    } else {
      out.push_back(m);
    }
    previous = m.hit;
  }
  return out;
}

// Each found range joins the range before it, but only the first of several in a row.
std::vector<Match> joined_to_previous(const std::vector<Match>& matches) {
  std::vector<Match> out;
  bool previous = false;
  for (const Match& m : matches) {
    if (m.hit && !previous && !out.empty()) {
      out.back().end = m.end;
    } else {
      out.push_back(m);
    }
    previous = m.hit;
  }
  return out;
}

// The mirror image: only the last of several in a row joins the range after it.
std::vector<Match> joined_to_next(const std::vector<Match>& matches) {
  std::vector<Match> out;
  bool previous = false;
  for (auto m = matches.rbegin(); m != matches.rend(); ++m) {
    if (m->hit && !previous && !out.empty()) {
      out.back().begin = m->begin;
    } else {
      out.push_back(*m);
    }
    previous = m->hit;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

void apply_behavior(std::vector<Match>& matches, SplitBehavior behavior) {
  switch (behavior) {
    case SplitBehavior::removed:
      std::erase_if(matches, [](const Match& m) { return m.hit; });
      return;
    case SplitBehavior::isolated:
      return;
    case SplitBehavior::merged_with_previous:
      matches = joined_to_previous(matches);
      return;
    case SplitBehavior::merged_with_next:
      matches = joined_to_next(matches);
      return;
    case SplitBehavior::contiguous:
      matches = joined_runs(matches);
      return;
  }
}

}  // namespace trilens::tokenize
