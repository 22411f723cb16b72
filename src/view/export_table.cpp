#include "view/export_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace trilens::view {
namespace {

using protocol::Json;

// A cell that a spreadsheet would take for a formula is kept a word by the quote that they know for it.
std::string in_quotes(std::string_view text) {
  static constexpr std::string_view kFormula = "=+-@\t\r";
  std::string out = "\"";
  if (!text.empty() && kFormula.find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

// Where in an answer a value stands: a field's name, or an index with the word that names what stands there.
struct PathPart {
  std::string field;
  std::size_t index = 0;
  std::string label;
  [[nodiscard]] bool is_index() const { return field.empty(); }
};

// The word that an object is about.
const Json* label_in(const Json& object) {
  for (const char* name : {"display", "token", "text", "label", "word", "id"}) {
    if (object.contains(name) && object[name].is_string()) return &object[name];
  }
  return nullptr;
}

ExportLine line_at(const std::vector<PathPart>& path, std::string_view view, std::string_view series) {
  ExportLine line{.view = std::string(view), .series = std::string(series), .row_label = {}, .column_label = {}, .value = {}};
  const auto indices = std::ranges::count_if(path, &PathPart::is_index);
  std::ptrdiff_t seen = 0;
  for (const PathPart& part : path) {
    if (!part.is_index() || seen++ < indices - 2) {
      line.series += (line.series.empty() ? "" : ".") + (part.is_index() ? std::to_string(part.index) : part.field);
    } else if (seen == indices && indices > 1) {
      line.column = part.index;
      line.column_label = part.label;
    } else {
      line.row = part.index;
      line.row_label = part.label;
    }
  }
  return line;
}

class Flattener {
 public:
  Flattener(ExportTable& out, std::string_view view, std::string_view series) : out_(out), view_(view), series_(series) {}

  void walk(const Json& json) {
    if (json.is_object()) return walk_object(json);
    if (json.is_array()) {
      for (std::size_t i = 0; i < json.size(); ++i) {
        path_.push_back({.field = {}, .index = i, .label = {}});
        walk(json[i]);
        path_.pop_back();
      }
      return;
    }
    if (json.is_null()) return;
    ExportLine line = line_at(path_, view_, series_);
    line.value = json.is_string() ? in_quotes(json.get_ref<const std::string&>()) : json.dump();
    out_.add(line);
  }

 private:
  void walk_object(const Json& object) {
    const bool named = !path_.empty() && path_.back().is_index();
    const Json* label = named ? label_in(object) : nullptr;
    if (label != nullptr) path_.back().label = label->get<std::string>();
    for (const auto& [name, value] : object.items()) {
      if (&value == label) continue;
      path_.push_back({.field = name, .index = 0, .label = {}});
      walk(value);
      path_.pop_back();
    }
  }

  ExportTable& out_;
  std::string_view view_, series_;
  std::vector<PathPart> path_;
};

template <class T>
std::string shortest(T value) {
  std::array<char, 32> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value);
  return {out.data(), end.ptr};
}

}  // namespace

std::string number(double value) { return shortest(value); }
std::string number(float value) { return shortest(value); }

void ExportTable::of(const state::ColumnState& column) {
  head_ = std::string(seat_name(column.seat)) + "," + std::string(family_name(column.family)) + "," + in_quotes(column.loaded ? column.loaded->model : "") + "," +
          (column.loaded ? column.loaded->provider : "");
}

void ExportTable::of_page() { head_ = ",,,"; }

bool ExportTable::wanted(std::string_view view) const {
  return only_.empty() || view == only_ || view == "settings" || view == "switches" || view == "reading";
}

void ExportTable::add(const ExportLine& l) {
  if (!wanted(l.view)) return;
  text_ += head_ + "," + l.view + "," + in_quotes(l.series) + "," + std::to_string(l.row) + "," + in_quotes(l.row_label) + "," + std::to_string(l.column) + "," +
           in_quotes(l.column_label) + "," + l.value + "\r\n";
}

void ExportTable::add_words(std::string view, std::string series, std::string_view value) {
  add({std::move(view), std::move(series), 0, {}, 0, {}, in_quotes(value)});
}

void ExportTable::add_result(std::string_view view, std::string_view series, const Json& result) {
  if (wanted(view)) Flattener(*this, view, series).walk(result);
}

}  // namespace trilens::view
