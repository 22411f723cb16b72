// The lines of a table to take home: one number a line, in full precision (RFC 4180; export.hpp has the columns).
//
// Not here: what is written (export.cpp). add_result() writes any answer of the engine: names of fields become the series, the last two
// indices row and column (earlier ones stay in the series), and a word that stands in the same object becomes their label.
//
//   ExportTable out("leak");            // lines of other views are left out, but settings, switches and reading
//   out.of(column);
//   out.add({"leak", "cosine", 0, "state", 2, "cat", number(0.5)});
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/archive.hpp"
#include "state/state.hpp"

namespace trilens::view {

// The shortest that reads back as the same.
[[nodiscard]] std::string number(double value);
[[nodiscard]] std::string number(float value);

struct ExportLine {
  std::string view, series;
  std::size_t row = 0;
  std::string row_label;
  std::size_t column = 0;
  std::string column_label;
  std::string value;
};

class ExportTable {
 public:
  explicit ExportTable(std::string_view only = {}) : only_(only) {}  // empty: all views

  void of(const state::ColumnState& column);
  void of_page();
  void add(const ExportLine& line);
  void add_words(std::string view, std::string series, std::string_view value);
  void add_result(std::string_view view, std::string_view series, const protocol::Json& result);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  [[nodiscard]] bool wanted(std::string_view view) const;

  std::string only_;
  std::string head_ = ",,,";
  std::string text_ = "seat,family,model,provider,view,series,row,row_label,column,column_label,value\r\n";
};

}  // namespace trilens::view
