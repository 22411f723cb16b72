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
  page.tab = state.tab;
  page.layout = state.layout;
  page.projector = state.projector;
  for (const Family family : kFamilies) {
    ColumnView& column = page.columns[family_index(family)];
    column.family = family;
    column.shown = std::ranges::find(page.header.columns, family) != page.header.columns.end();
    column.head = build_column_head(state, family, words);
    column.tokens = build_tokens(state, family, words);
    column.attention_title = strings.get("panel.attention.title");
    for (const auto kind : state::kinds_of(family)) column.attention.push_back(build_attention(state, family, kind, words));
    column.prediction = build_prediction(state, family, words);
    column.generation = build_generation(state, family, words);
    column.cost = build_cost(state, family, words);
  }
  return page;
}

}  // namespace trilens::view
