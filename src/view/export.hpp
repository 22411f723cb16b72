// The numbers on screen to take home: a table for spreadsheets, a document for programs. Full precision, and what they were computed with.
//
// CSV (RFC 4180, UTF-8): one number a line, so that any question is a filter: seat, family, model, provider, view, series, row, row_label,
// column, column_label, value; of the tab that is open, from the overview of everything. Lines of the views "settings", "switches" and "reading"
// are always there: text, options and seed, and what was switched. JSON: the models, what the engine answered to the tab's experiments
// (docs/automation.md has the fields), the page as a link holds it, and the snapshot.
// Not here: pictures, files (the app). Pure functions.
#pragma once

#include <string>

#include "state/state.hpp"
#include "view/strings.hpp"

namespace trilens::view {

[[nodiscard]] std::string export_csv(const state::State& state);
[[nodiscard]] std::string export_json(const state::State& state, const Strings& strings);

}  // namespace trilens::view
