#include "view/shelf.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace trilens::view {
namespace {

using state::CatalogModel;
using state::ShelfState;
using state::State;

constexpr std::array<std::int64_t, 3> kSizes{50'000'000, 100'000'000, 250'000'000};

std::string bytes_text(std::int64_t bytes, const Words& words) { return joined(bytes_quantity(bytes, words.number)); }

void add(std::string& line, const std::string& part) {
  if (!part.empty()) line += (line.empty() ? "" : " · ") + part;
}

std::string date_text(double millis) {
  if (!(millis > 0) || millis > 4e12) return {};
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(std::chrono::sys_time(std::chrono::milliseconds(static_cast<std::int64_t>(millis))));
  const std::chrono::year_month_day date(day);
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "%d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out.data();
}

bool sits_here(const State& s, std::string_view name) {
  if (!s.shelf.open) return false;
  const state::ColumnState& column = s.column(*s.shelf.open);
  return column.loaded && column.loaded->model == name;
}

void settle_row(ShelfRowView& row, const State& s, const Words& words, const char* action) {
  row.current = sits_here(s, row.name);
  if (row.current) row.badge = words.strings.get("shelf.here");
  else row.action = words.strings.get(action);
}

std::vector<ShelfRowView> bundled_rows(const State& s, const Words& words) {
  std::vector<ShelfRowView> out;
  for (const Family family : kFamilies) {
    ShelfRowView row;
    row.name = row.title = std::string(state::bundled_model(family));
    row.family = family;
    const FamilyView view = family_view(family, words);
    row.facts = view.name + " · " + view.short_name;
    settle_row(row, s, words, "shelf.action.use");
    out.push_back(std::move(row));
  }
  return out;
}

ShelfRowView kept_row(const protocol::StoredModel& model, const State& s, const Words& words) {
  const Strings& strings = words.strings;
  ShelfRowView row;
  row.name = model.name;
  row.key = model.key;
  row.title = model.name.ends_with("@main") ? model.name.substr(0, model.name.size() - 5) : model.name;
  row.family = model.family;
  add(row.facts, model.variant);
  add(row.facts, bytes_text(model.bytes, words));
  add(row.facts, model.host.empty() ? strings.get("plan.from_disk") : model.host);
  add(row.facts, date_text(model.saved_at));
  row.remove_label = strings.get("shelf.action.remove");
  if (model.damaged) {
    row.badge = strings.get("shelf.kept.damaged");
  } else if (!model.complete) {
    row.badge = strings.get("shelf.kept.incomplete");
    row.action = strings.get("shelf.action.go_on");
  } else {
    settle_row(row, s, words, "shelf.action.use");
    if (!model.persistent) add(row.badge, strings.get("shelf.kept.memory"));
  }
  row.asks = s.shelf.removing == model.key;
  if (row.asks) {
    row.question = strings.fill("shelf.remove.ask", {{"bytes", bytes_text(model.bytes, words)}});
    row.yes_label = strings.get("shelf.remove.yes");
    row.no_label = strings.get("shelf.remove.no");
  }
  return row;
}

ShelfRowView catalog_row(const CatalogModel& model, const State& s, const Words& words) {
  ShelfRowView row;
  row.name = model.id;
  row.title = model.title;
  row.family = model.family;
  row.note = model.note;
  if (model.parameters > 0) add(row.facts, words.strings.fill("shelf.parameters", {{"parameters", joined(parameters_quantity(model.parameters, words.number))}}));
  const std::int64_t least = model.least_bytes(), most = model.most_bytes();
  if (least > 0) add(row.facts, least == most ? bytes_text(least, words) : words.strings.fill("shelf.from_to", {{"least", bytes_text(least, words)}, {"most", bytes_text(most, words)}}));
  add(row.facts, model.license);
  add(row.facts, languages_text(model.languages, words));
  const protocol::StoredModel* kept = state::kept_model(s.shelf, model.id);
  settle_row(row, s, words, kept != nullptr ? "shelf.action.use" : "shelf.action.look");
  if (kept != nullptr && sits_here(s, kept->name)) {
    row.current = true;
    row.action.clear();
    row.badge = words.strings.get("shelf.here");
  }
  if (row.badge.empty() && !model.checked) row.badge = words.strings.get("shelf.catalog.unchecked");
  return row;
}

// "any" first, then what the catalog has, in its own order.
FilterView filter_of(std::string id, const std::string& now, const std::vector<std::string>& values, const Words& words, std::string_view prefix) {
  FilterView v{id, words.strings.get("shelf.filter." + id), {{"", words.strings.get("shelf.filter.any"), now.empty()}}};
  for (const std::string& value : values) {
    const std::string key = std::string(prefix) + value;
    v.choices.push_back({value, words.strings.has(key) ? words.strings.get(key) : value, value == now});
  }
  return v;
}

std::vector<FilterView> filters(const ShelfState& shelf, const Words& words) {
  std::vector<std::string> tasks, languages;
  const auto collect = [](std::vector<std::string>& into, const std::vector<std::string>& from) {
    for (const std::string& one : from) {
      if (one != "multilingual" && std::ranges::find(into, one) == into.end()) into.push_back(one);
    }
  };
  for (const CatalogModel& model : shelf.catalog) {
    collect(tasks, model.tasks);
    collect(languages, model.languages);
  }
  std::vector<FilterView> out;
  FilterView families = filter_of("family", shelf.filter.family ? std::string(family_name(*shelf.filter.family)) : "", {}, words, "");
  for (const Family family : kFamilies) {
    const FamilyView view = family_view(family, words);
    families.choices.push_back({view.id, view.name, shelf.filter.family == family});
  }
  out.push_back(std::move(families));
  out.push_back(filter_of("task", shelf.filter.task, tasks, words, "task."));
  out.push_back(filter_of("language", shelf.filter.language, languages, words, "tongue."));
  FilterView sizes = filter_of("most_bytes", shelf.filter.most_bytes == 0 ? "" : std::to_string(shelf.filter.most_bytes), {}, words, "");
  for (const std::int64_t size : kSizes) {
    const std::string bytes = joined({count_text(size / 1'000'000), "MB"});
    sizes.choices.push_back({std::to_string(size), words.strings.fill("shelf.filter.up_to", {{"bytes", bytes}}), shelf.filter.most_bytes == size});
  }
  out.push_back(std::move(sizes));
  return out;
}

void fill_kept(ShelfView& v, const State& s, const Words& words) {
  const Strings& strings = words.strings;
  v.kept_title = strings.get("shelf.kept.title");
  if (s.shelf.kept_error) v.kept_trouble = strings.get("error." + std::string(code_name(s.shelf.kept_error->code))) + ". " + s.shelf.kept_error->message;
  if (!s.shelf.kept) {
    if (!s.shelf.kept_error) v.kept_sum = strings.get("shelf.kept.waiting");
    return;
  }
  const protocol::Shelf& kept = *s.shelf.kept;
  for (const protocol::StoredModel& model : kept.models) v.kept.push_back(kept_row(model, s, words));
  if (kept.models.empty()) {
    v.kept_sum = strings.get("shelf.kept.none");
  } else {
    v.kept_sum = strings.fill(kept.models.size() == 1 ? "shelf.kept.sum_one" : "shelf.kept.sum",
                              {{"bytes", bytes_text(kept.models_bytes, words)}, {"count", count_text(static_cast<std::int64_t>(kept.models.size()))}});
  }
  if (kept.quota_bytes && kept.used_bytes) {
    v.kept_sum += (kept.models.empty() ? " " : " · ") + strings.fill("shelf.kept.quota", {{"used", bytes_text(*kept.used_bytes, words)}, {"quota", bytes_text(*kept.quota_bytes, words)}});
  }
  if (kept.persistent) v.kept_note = kept.models.empty() ? "" : strings.get("shelf.kept.stays");
  else v.kept_note = strings.fill("shelf.kept.leaves", {{"why", kept.why}});
}

void fill_own(ShelfView& v, const State& s, const Words& words) {
  const Strings& strings = words.strings;
  v.own_title = strings.get("shelf.own.title");
  v.name = {strings.get("shelf.name.label"), strings.get("shelf.name.placeholder"), s.shelf.typed};
  v.look_label = strings.get("shelf.action.look");
  v.can_look = s.shelf.typed.find_first_not_of(' ') != std::string::npos;
  v.server = {strings.get("shelf.server.label"), strings.get("shelf.server.placeholder"), s.shelf.server};
  v.server_note = strings.get("shelf.server.note");
  v.disk_label = strings.get("shelf.disk.title");
  v.disk_note = strings.get("shelf.disk.note");
  v.folder_label = strings.get("shelf.disk.folder");
  v.files_label = strings.get("shelf.disk.files");
}

}  // namespace

ShelfView build_shelf(const State& s, const Words& words) {
  const Strings& strings = words.strings;
  ShelfView v;
  v.open = s.shelf.open.has_value();
  v.drop_words = strings.get("shelf.disk.drop");
  if (!v.open) return v;
  v.seat = *s.shelf.open;
  v.title = strings.get("shelf.title." + std::string(seat_name(v.seat)));
  v.note = strings.get("shelf.note");
  v.close_label = strings.get("shelf.close");
  v.bundled_title = strings.get("shelf.bundled.title");
  v.bundled = bundled_rows(s, words);
  fill_kept(v, s, words);
  fill_own(v, s, words);
  v.catalog_title = strings.get("shelf.catalog.title");
  for (const CatalogModel& model : s.shelf.catalog) {
    if (state::passes(model, s.shelf.filter)) v.catalog.push_back(catalog_row(model, s, words));
  }
  v.catalog_note = strings.fill("shelf.catalog.note", {{"shown", count_text(static_cast<std::int64_t>(v.catalog.size()))},
                                                       {"all", count_text(static_cast<std::int64_t>(s.shelf.catalog.size()))}});
  v.filters = filters(s.shelf, words);
  v.filter = s.shelf.filter;
  if (v.catalog.empty()) v.catalog_none = strings.get("shelf.catalog.none");
  v.card = build_plan_card(s, words);
  return v;
}

state::CatalogFilter chosen_filter(const state::CatalogFilter& now, std::string_view filter, std::string_view choice) {
  state::CatalogFilter next = now;
  if (filter == "family") next.family = family_from_name(choice);
  if (filter == "task") next.task = choice;
  if (filter == "language") next.language = choice;
  if (filter == "most_bytes") {
    next.most_bytes = 0;
    std::from_chars(choice.data(), choice.data() + choice.size(), next.most_bytes);
  }
  return next;
}

}  // namespace trilens::view
