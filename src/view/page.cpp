#include "view/page.hpp"

#include <algorithm>

namespace trilens::view {

PageView build_page(const state::State& state, const Strings& strings) {
  const Words words = words_of(strings);
  PageView page;
  page.header = build_header(state, words);
  page.examples = build_examples(state, words);
  page.options = build_options(state, words);
  page.keys = build_keys(state, words);
  page.status = build_status(state, words);
  page.masks = build_masks_intro(state, words);
  page.ruler = build_token_ruler(state, words);
  page.leak = build_leak_intro(state, words);
  page.space = build_space_intro(state, words);
  page.answer = build_answer_intro(state, words);
  page.machine = build_machine_intro(state, words);
  if (state.tab == state::Tab::cost) page.curves = build_curves(state, words);
  page.probes = build_probe_table(state, words);
  page.generation = build_generation_intro(state, words);
  page.shelf = build_shelf(state, words);
  page.heads = build_heads_intro(state, words);
  page.tab = state.tab;
  page.layout = state.layout;
  page.projector = state.projector;
  for (const Seat seat : kSeats) {
    ColumnView& column = page.columns[seat_index(seat)];
    column.seat = seat;
    column.family = state.column(seat).family;
    column.shown = std::ranges::find(page.header.columns, seat) != page.header.columns.end();
    column.head = build_column_head(state, seat, words);
    column.machine = build_machine(state, seat, words);
    column.tokens = build_tokens(state, seat, words);
    column.account = build_token_account(state, seat, words);
    column.attention_title = strings.get("panel.attention.title");
    for (const auto kind : state::kinds_of(column.family)) column.attention.push_back(build_attention(state, seat, kind, words));
    column.heads = build_heads(state, seat, words);
    column.links = build_links(state, seat, column.attention, words);
    column.masks = build_masks(state, seat, words);
    if (state.tab == state::Tab::lens) column.lens = build_lens(state, seat, words);
    if (state.tab == state::Tab::numbers) {
      column.weight_account = build_attention_account(state, seat, words);
      column.word_account = build_prediction_account(state, seat, words);
    }
    column.answer_head = build_answer_head(words);
    column.answers = build_answers(state, seat, words);
    column.leak = build_leak(state, seat, words);
    column.space = build_space(state, seat, words);
    column.prediction = build_prediction(state, seat, words);
    column.generation = build_generation(state, seat, words);
    column.beams = build_beams(state, seat, words);
    column.cost = build_cost(state, seat, words);
    if (state.tab == state::Tab::cost) column.measured = build_cost_table(state, seat, words);
  }
  return page;
}

}  // namespace trilens::view
