// Undo and redo of what the user wrote: documents before and after the one on screen.
//
// Not here: selections, loading, generation. Changes of the same kind within kMergeMillis count as one (typing, dragging a
// slider). The oldest go when there are more than kMost.
//
//   history.record(document, "text", now);  // before the change
//   if (auto before = history.undo(document)) document = *before;
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/state.hpp"

namespace trilens::state {

class History {
 public:
  static constexpr double kMergeMillis = 800;
  static constexpr std::size_t kMost = 100;

  // An empty kind never merges.
  void record(const Document& before, std::string_view kind, double now_ms) {
    const bool same = !kind.empty() && kind == kind_ && now_ms - last_ms_ <= kMergeMillis && !past_.empty() && future_.empty();
    kind_ = kind;
    last_ms_ = now_ms;
    future_.clear();
    if (same) return;
    past_.push_back(before);
    if (past_.size() > kMost) past_.erase(past_.begin());
  }

  [[nodiscard]] std::optional<Document> undo(const Document& now) { return move(past_, future_, now); }
  [[nodiscard]] std::optional<Document> redo(const Document& now) { return move(future_, past_, now); }
  // Changes every document that is remembered; neighbours that have become the same are one. `now`: the one on screen.
  template <class Change, class Same>
  void rewrite(const Change& change, const Same& same, const Document& now) {
    for (std::vector<Document>* side : {&past_, &future_}) {
      std::vector<Document> kept;
      for (Document& document : *side) {
        change(document);
        if (kept.empty() || !same(kept.back(), document)) kept.push_back(std::move(document));
      }
      while (!kept.empty() && same(kept.back(), now)) kept.pop_back();
      *side = std::move(kept);
    }
    kind_.clear();
  }

  [[nodiscard]] bool can_undo() const { return !past_.empty(); }
  [[nodiscard]] bool can_redo() const { return !future_.empty(); }

 private:
  std::optional<Document> move(std::vector<Document>& from, std::vector<Document>& to, const Document& now) {
    if (from.empty()) return std::nullopt;
    kind_.clear();
    to.push_back(now);
    Document out = std::move(from.back());
    from.pop_back();
    return out;
  }

  std::vector<Document> past_;
  std::vector<Document> future_;
  std::string kind_;
  double last_ms_ = 0;
};

}  // namespace trilens::state
