#include "view/export.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "support.hpp"
#include "view/export_table.hpp"

namespace trilens {
namespace {

using testing::Page;

std::vector<std::string> lines_of(const std::string& csv, const std::string& containing) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < csv.size();) {
    const std::size_t end = csv.find("\r\n", at);
    const std::string line = csv.substr(at, end - at);
    if (line.find(containing) != std::string::npos) out.push_back(line);
    at = end + 2;
  }
  return out;
}

}  // namespace

TEST_CASE("the table has each number in full, with seat and model, and the settings it was made with") {
  Page page;
  page.apply(state::Step{});
  page.engine.run();
  const std::string csv = view::export_csv(page.state());
  CHECK(csv.starts_with("seat,family,model,provider,view,series,row,row_label,column,column_label,value\r\n"));
  CHECK(lines_of(csv, "settings,\"text\"").at(0).ends_with("\"The dog ___ tired.\""));
  CHECK(lines_of(csv, "settings,\"seed\"").at(0).ends_with(",0"));
  const auto maps = lines_of(csv, "left,encoder,\"trilens-encoder\",wasm,attention,\"self layer mean head mean\"");
  CHECK(maps.size() == 36);
  CHECK(maps.front().ends_with(",0.16666667"));  // 1/6 as the float that it is
  CHECK(lines_of(csv, "middle,decoder").size() > 10);
  CHECK(lines_of(csv, "generation,\"chosen\"").size() == 2);
  for (const std::string& line : lines_of(csv, ",")) CHECK(std::ranges::count(line, '"') % 2 == 0);
}

TEST_CASE("quotes are doubled, and what a spreadsheet would run as a formula stays words") {
  Page page;
  page.apply(state::SetText{"=1+1 \"now\""});
  page.apply(state::CommitText{});
  page.engine.run();
  CHECK(lines_of(view::export_csv(page.state()), "settings,\"text\"").at(0).ends_with("\"'=1+1 \"\"now\"\"\""));
}

TEST_CASE("any answer of the engine becomes lines: fields the series, the last indices row and column, words their labels") {
  const auto answer = nlohmann::json::parse(R"({"sides": [{"id": "x", "rows": [{"token": "a,\"b", "values": [1, 0.1]}]}], "total": 7, "why": "=1", "gone": null})");
  view::ExportTable out;
  out.add_result("lens", "part", answer);
  const std::string csv = out.take();
  CHECK(lines_of(csv, "0.1") == std::vector<std::string>{R"(,,,,lens,"part.sides.0.rows.values",0,"a,""b",1,"",0.1)"});
  CHECK(lines_of(csv, "total") == std::vector<std::string>{R"(,,,,lens,"part.total",0,"",0,"",7)"});
  CHECK(lines_of(csv, "why").at(0).ends_with(R"(,"'=1")"));
  CHECK(lines_of(csv, "gone").empty());
}

TEST_CASE("an open tab takes its own numbers home, the overview all") {
  Page page;
  page.apply(state::SelectTab{state::Tab::prediction});
  page.engine.run();
  const std::string csv = view::export_csv(page.state());
  CHECK(lines_of(csv, ",attention,").empty());
  CHECK_FALSE(lines_of(csv, ",prediction,").empty());
  CHECK_FALSE(lines_of(csv, ",settings,").empty());
}

TEST_CASE("the document says page, models and the whole snapshot") {
  const view::Strings en = testing::words("en");
  const Page page;
  const auto json = nlohmann::json::parse(view::export_json(page.state(), en));
  CHECK(json["page"]["text"] == "The dog ___ tired.");
  CHECK(json["models"].size() == 3);
  CHECK(json["models"][2]["model"] == "trilens-encoder_decoder");
  CHECK(json["snapshot"]["columns"].size() == 3);
}

}  // namespace trilens
