#include "view/probe_table.hpp"

#include <filesystem>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;

view::ProbeTableView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings).probes; }

// `hits` of `count` right; those that are right come first, or last.
protocol::Probed probed(std::int64_t hits, std::int64_t count, bool last = false) {
  protocol::Probed p{.phenomenon = "left_context", .kind = "blank", .chance = 0.5, .cannot = {}, .items = {}, .hits = hits, .low = 0.4, .high = 0.9};
  for (std::int64_t i = 0; i < count; ++i) p.items.push_back({{-1, -2}, (last ? i >= count - hits : i < hits) ? 0 : 1, 0});
  return p;
}

void choose_two(Page& page) {
  page.apply(state::SelectTab{state::Tab::answer});
  page.apply(state::ChooseProbes{.all = false});
  page.apply(state::ChooseProbes{.phenomenon = 0});
  page.apply(state::ChooseProbes{.phenomenon = 1});
}

}  // namespace

TEST_CASE("the table has every phenomenon there is, with a title, a reason and an item of its own") {
  std::size_t files = 0;
  const std::string folder = std::string(TRILENS_SOURCE_DIR) + "/assets/probes";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.path().extension() == ".json" ? 1 : 0;
  CHECK(files == state::kPhenomena.size());
  for (const std::string language : {"en", "nb"}) {
    const view::Strings strings = words(language);
    for (const std::string_view id : state::kPhenomena) {
      INFO(id);
      const auto json = nlohmann::json::parse(testing::file_text("assets/probes/" + std::string(id) + ".json"));
      const auto& item = json["items"][0];
      const std::string example = strings.get("probe." + std::string(id) + ".example");
      CHECK(example.ends_with("→ " + item["choices"][item["answer"].get<std::size_t>()].get<std::string>()));
      CHECK_FALSE(strings.get("probe." + std::string(id) + ".why").empty());
    }
  }
}

TEST_CASE("a run asks one phenomenon after the other of each seat, and fills the table") {
  const view::Strings en = words("en");
  Page page;
  choose_two(page);
  CHECK(page.engine.count<protocol::Probe>() == 0);
  page.apply(state::ChooseProbes{.items = 50});
  page.apply(state::RunProbes{});
  REQUIRE(page.engine.count<protocol::Probe>() == 3);
  const auto& asked = std::get<protocol::Probe>(page.engine.find<protocol::Probe>(Seat::left)->request);
  CHECK((asked.phenomenon == "left_context" && asked.items == 50));
  CHECK(look(page, en).running);
  CHECK(look(page, en).rows[1].cells[0].queued);
  page.engine.give(page.engine.find<protocol::Probe>(Seat::left)->id, probed(45, 50));
  CHECK(std::get<protocol::Probe>(page.engine.find<protocol::Probe>(Seat::left)->request).phenomenon == "right_context");
  const auto cell = look(page, en).rows[0].cells[0];
  CHECK((cell.known && cell.share == Catch::Approx(0.9)));
  CHECK(cell.interval == "40–90 % · 45 of 50");

  SECTION("what cannot be asked says why") {
    protocol::Probed no{.phenomenon = "left_context", .cannot = "no_mask"};
    page.engine.give(page.engine.find<protocol::Probe>(Seat::middle)->id, no);
    CHECK(look(page, en).rows[0].cells[1].cannot.starts_with("Cannot, because"));
  }
  SECTION("stopping keeps what is done") {
    page.apply(state::StopProbes{});
    CHECK(page.engine.count<protocol::Probe>() == 0);
    CHECK_FALSE(look(page, en).running);
    CHECK(look(page, en).rows[0].cells[0].known);
    CHECK_FALSE(look(page, en).rows[0].cells[1].queued);
  }
  SECTION("leaving the tab stops it") {
    page.apply(state::SelectTab{state::Tab::overview});
    CHECK(page.engine.count<protocol::Probe>() == 0);
    CHECK_FALSE(page.state().probes.running());
  }
  SECTION("another number of items dims what was asked with this one") {
    page.apply(state::ChooseProbes{.items = 20});
    CHECK(look(page, en).rows[0].cells[0].stale);
  }
  SECTION("a difference bigger than chance is marked, one that is not is not") {
    page.engine.give(page.engine.find<protocol::Probe>(Seat::middle)->id, probed(30, 50));
    page.engine.give(page.engine.find<protocol::Probe>(Seat::right)->id, probed(44, 50));
    const auto row = look(page, en).rows[0];
    CHECK(row.cells[0].better.find("< 0.001") != std::string::npos);  // 15 against 0
    CHECK(row.cells[1].better.empty());
    CHECK(row.cells[0].better.find("T5") == std::string::npos);       // 1 against 0
  }
}

TEST_CASE("the sign test is the exact binomial one") {
  CHECK(view::sign_test(0, 0) == Catch::Approx(1));
  CHECK(view::sign_test(5, 5) == Catch::Approx(1));
  CHECK(view::sign_test(6, 0) == Catch::Approx(0.03125));
  CHECK(view::sign_test(1, 9) == Catch::Approx(0.021484375));
  CHECK(view::sign_test(150, 50) < 1e-9);
}

}  // namespace trilens
