// What a column is made to begin with, in words or as tokens: part of the document, so that it can be undone and taken home.
#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

// The tokens of the first `step` - 1 steps, and `id` behind them.
Prefix forced_up_to(const GenerationState& g, std::size_t step, std::int32_t id) {
  Prefix out;
  for (std::size_t i = 0; i + 1 < step; ++i) out.ids.push_back(g.steps[i].id);
  out.ids.push_back(id);
  const protocol::Step& at = g.steps[step - 1];
  const auto other = std::ranges::find(at.top, id, &protocol::Candidate::id);
  const std::string& piece = id == at.id ? at.display : other != at.top.end() ? other->display : std::string();
  const std::size_t before = step - 1;
  out.text = utf8::repair((before < g.texts.size() ? g.texts[before] : std::string()) + piece);
  return out;
}

}  // namespace

bool can_continue_from(const State& state, Seat seat, std::int64_t step) {
  const ColumnState& column = state.column(seat);
  return column.family != Family::encoder && step >= 1 && std::cmp_less_equal(step, column.generation.steps.size()) && !column.generation.stale && !column.generation.replacing;
}

bool Store::Impl::prefixing(const Command& command, double now) {
  Document next = state.document;
  if (const auto* set = std::get_if<SetPrefix>(&command)) {
    Prefix& prefix = next.prefixes[seat_index(set->seat)];
    if (set->text == prefix.text) return true;  // also where the text is only the name of tokens
    prefix = {utf8::repair(set->text), {}};
    if (prefix.text.size() > kMaxPrefixBytes) prefix.text.clear();
    edit(std::move(next), "prefix", true, now);
    return true;
  }
  if (const auto* from = std::get_if<ContinueFrom>(&command)) {
    if (!can_continue_from(state, from->seat, from->step)) return true;
    const GenerationState& g = state.column(from->seat).generation;
    next.prefixes[seat_index(from->seat)] = forced_up_to(g, static_cast<std::size_t>(from->step), from->id);
    stop();
    state.clock.cursor = from->step;
    edit(std::move(next), "", true, now);
    return true;
  }
  return false;
}

// Tokens belong to the text and the model that they were chosen under; words may stay.
void Store::Impl::forget_prefix_ids(Seat seat) {
  const std::size_t f = seat_index(seat);
  state.document.prefixes[f].ids.clear();
  history.rewrite([f](Document& document) { document.prefixes[f].ids.clear(); }, [](const Document& a, const Document& b) { return same_document(a, b); }, state.document);
  state.can_undo = history.can_undo();
  state.can_redo = history.can_redo();
}

// The same text with another beginning: this column alone writes anew, up to where the clock stands; what it has written stays meanwhile.
void Store::Impl::rewrite(Seat seat) {
  const std::size_t f = seat_index(seat);
  GenerationState& g = state.column(seat).generation;
  if (g.stale) return;  // the next step starts anew
  cancel(advance_id[f]);
  begin_id[f].reset();
  g.replacing = !g.steps.empty();
  g.begun = g.waiting = g.finished = false;
  g.trouble.reset();
  g.advanced = 0;
  ensure(seat);
  touch();
}

}  // namespace trilens::state
