#include "view/machine.hpp"

#include <algorithm>

namespace trilens::view {
namespace {

using protocol::Piece;
using state::ColumnState;
using state::State;

struct Builder {
  const State& state;
  const ColumnState& column;
  const Words& words;

  [[nodiscard]] std::string get(std::string_view key) const { return words.strings.get("machine." + std::string(key)); }
  [[nodiscard]] std::string fill(std::string_view key, const std::vector<Fill>& values) const { return words.strings.fill("machine." + std::string(key), values); }

  [[nodiscard]] MachineColumn cell(const std::string& label, Activity activity, bool head) const {
    MachineColumn c{.label = label, .activity = activity, .head = head, .spoken = {}};
    c.spoken = fill("column." + std::string(activity_name(activity)), {{"piece", label}});
    return c;
  }

  [[nodiscard]] MachineStack stack(std::string id, std::int64_t layers) const {
    const protocol::Loaded& loaded = *column.loaded;
    MachineStack s;
    s.id = std::move(id);
    s.layers = layers;
    s.title = fill("stack." + s.id, {{"layers", count_text(layers)}});
    s.block = fill("block", {{"heads", count_text(loaded.heads)}, {"hidden", count_text(loaded.hidden)}});
    s.embeddings = fill("embeddings", {{"vocabulary", count_text(loaded.vocabulary)}, {"hidden", count_text(loaded.hidden)}});
    return s;
  }
  void finish(MachineStack& s) const {
    s.shape = count_text(static_cast<std::int64_t>(s.columns.size())) + " × " + count_text(column.loaded->hidden);
  }
  [[nodiscard]] MachinePart attention(std::string_view key, MapShape shape) const { return {get("part." + std::string(key)), shape, true}; }
  [[nodiscard]] MachinePart feed_forward() const { return {get("part.feed_forward"), MapShape::square, false}; }
};

// Positions where the head of an encoder is read: its blanks.
bool blank_at(const protocol::Reading& reading, std::size_t i) {
  return std::ranges::any_of(reading.predictions, [&](const protocol::Blank& b) { return std::cmp_equal(b.position, i); });
}

// What stands at an input's piece when the clock's step begins: a blank may have been filled by an earlier one.
const protocol::Step* filled_at(const Builder& b, std::size_t i, std::int64_t cursor) {
  if (!state::steps_on(b.state, b.column.seat)) return nullptr;
  const auto& steps = b.column.generation.steps;
  for (std::int64_t step = 1; step < cursor && static_cast<std::size_t>(step) <= steps.size(); ++step) {
    const protocol::Step& s = steps[static_cast<std::size_t>(step) - 1];
    if (s.position && std::cmp_equal(*s.position, i)) return &s;
  }
  return nullptr;
}

// Each step is a pass over everything: nothing is reused, also where blanks are filled one at a time.
MachineStack encoder_alone(const Builder& b) {
  const protocol::Reading& reading = *b.column.reading;
  const std::int64_t cursor = b.state.clock.cursor;
  const std::int64_t last = std::max<std::int64_t>(state::known_steps(b.state, b.column.seat), 1);
  const Activity all = cursor == 0 ? Activity::ready : cursor <= last ? Activity::now : Activity::done;
  MachineStack s = b.stack("encoder", b.column.loaded->layers);
  s.parts = {b.attention("self", MapShape::square), b.feed_forward()};
  s.has_head = true;
  for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
    const protocol::Step* filled = filled_at(b, i, cursor);
    const std::string label = filled != nullptr ? piece_text(filled->display, filled->token) : piece_text(reading.tokens[i].display, reading.tokens[i].text);
    s.columns.push_back(b.cell(label, all, cursor <= last && blank_at(reading, i) && filled == nullptr));
  }
  b.finish(s);
  return s;
}

// The writing side: `prompt` positions were there before the first step, each further step adds the piece before it.
void writer_columns(const Builder& b, MachineStack& s, const std::vector<std::string>& prompt) {
  const state::GenerationState& g = b.column.generation;
  const std::int64_t cursor = std::min(b.state.clock.cursor, state::known_steps(b.state, b.column.seat));
  const bool over = b.state.clock.cursor > cursor && g.finished;  // the others still write
  const bool cached = g.cache_bytes > 0 || (b.column.reading && b.column.reading->cache_bytes > 0);
  const auto activity = [&](std::int64_t step) {  // of what step `step` computes first
    if (cursor == 0) return Activity::ready;
    if (over) return Activity::done;
    return step == cursor || !cached ? Activity::now : Activity::kept;
  };
  for (std::size_t i = 0; i < prompt.size(); ++i) s.columns.push_back(b.cell(prompt[i], activity(1), !over && cursor <= 1 && i + 1 == prompt.size()));
  for (std::int64_t step = 2; step <= cursor && static_cast<std::size_t>(step) - 2 < g.steps.size(); ++step) {
    const protocol::Step& written = g.steps[static_cast<std::size_t>(step) - 2];
    s.columns.push_back(b.cell(piece_text(written.display, written.token), activity(step), !over && step == cursor));
  }
  s.has_head = true;
  b.finish(s);
}

MachineStack decoder_alone(const Builder& b) {
  MachineStack s = b.stack("decoder", b.column.loaded->layers);
  s.parts = {b.attention("self", MapShape::triangle), b.feed_forward()};
  std::vector<std::string> prompt;
  for (const Piece& piece : b.column.reading->tokens) prompt.push_back(piece_text(piece.display, piece.text));
  writer_columns(b, s, prompt);
  return s;
}

void encoder_decoder(const Builder& b, MachineView& v) {
  const protocol::Reading& reading = *b.column.reading;
  const std::int64_t cursor = b.state.clock.cursor;
  MachineStack source = b.stack("encoder", b.column.loaded->layers);
  source.parts = {b.attention("self", MapShape::square), b.feed_forward()};
  source.feeds_next = true;
  const bool over = cursor > state::known_steps(b.state, b.column.seat) && b.column.generation.finished;
  const Activity all = cursor == 0 ? Activity::ready : over ? Activity::done : cursor == 1 ? Activity::now : Activity::kept;
  for (const Piece& piece : reading.tokens) source.columns.push_back(b.cell(piece_text(piece.display, piece.text), all, false));
  b.finish(source);

  MachineStack target = b.stack("decoder", b.column.loaded->decoder_layers);
  target.parts = {b.attention("self", MapShape::triangle), b.attention("cross", MapShape::bridge), b.feed_forward()};
  std::vector<std::string> start;
  if (!reading.output.empty()) start.push_back(piece_text(reading.output.front().display, reading.output.front().text));
  writer_columns(b, target, start);
  v.bridge = b.get("part.cross");
  v.stacks.push_back(std::move(source));
  v.stacks.push_back(std::move(target));
}

void count_cells(MachineView& v) {
  for (const MachineStack& s : v.stacks) {
    for (const MachineColumn& c : s.columns) {
      if (c.activity == Activity::now || c.activity == Activity::ready) v.cells_now += s.layers;
      if (c.activity == Activity::kept) v.cells_kept += s.layers;
    }
  }
}

std::string sentence(const Builder& b, const MachineView& v) {
  const std::int64_t cursor = std::min(b.state.clock.cursor, state::known_steps(b.state, b.column.seat));
  const bool encoder = b.column.family == Family::encoder;
  const bool over = v.cells_now == 0 && v.cells_kept == 0;
  const std::string key = cursor == 0 ? "sentence.ready" : over ? (encoder ? "sentence.done" : "sentence.over") : v.cells_kept > 0 ? "sentence.kept" : "sentence.now";
  std::string out = b.fill(key, {{"now", count_text(v.cells_now)}, {"kept", count_text(v.cells_kept)}});
  const std::int64_t bytes = b.column.generation.cache_bytes;
  const std::int64_t advanced = b.column.generation.advanced;
  if (v.cells_kept > 0 && bytes > 0 && cursor == advanced) out += " " + b.fill("cache", {{"bytes", joined(bytes_quantity(bytes, b.words.number))}});
  return out;
}

}  // namespace

std::string_view activity_name(Activity activity) {
  switch (activity) {
    case Activity::ready: return "ready";
    case Activity::now: return "now";
    case Activity::kept: return "kept";
    case Activity::done: return "done";
  }
  return "";
}

MachineView build_machine(const State& state, Seat seat, const Words& words) {
  const ColumnState& column = state.column(seat);
  MachineView v;
  v.family = family_view(state, seat, words);
  v.head = panel_head("machine", words);
  reading_head(v.head, state, seat, words);
  if (!column.reading || !column.loaded) return v;
  const Builder b{state, column, words};
  v.head_label = b.fill("head", {{"vocabulary", count_text(column.loaded->vocabulary)}});
  v.head_hover = b.fill("head_hover", {{"hidden", count_text(column.loaded->hidden)}, {"vocabulary", count_text(column.loaded->vocabulary)}});
  if (column.family == Family::encoder) v.stacks.push_back(encoder_alone(b));
  else if (column.family == Family::decoder) v.stacks.push_back(decoder_alone(b));
  else encoder_decoder(b, v);
  count_cells(v);
  v.head.sentence = sentence(b, v);
  return v;
}

}  // namespace trilens::view
