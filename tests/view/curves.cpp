#include "view/curves.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using protocol::CostTable;
using state::CostQuantity;
using testing::Page;
using testing::words;

view::PageView look(const Page& page) { return view::build_page(page.state(), words("en")); }

protocol::CostPoint point(std::int64_t tokens, double read_ms, double step_ms) {
  protocol::CostPoint p;
  p.tokens = tokens;
  p.passes = 1;
  p.read = {read_ms, read_ms * 0.5, read_ms * 2, 5};
  if (step_ms > 0) p.step = {step_ms, step_ms, step_ms, 40};
  p.past = tokens;
  p.cache_bytes = p.self_bytes = step_ms > 0 ? tokens * 100 : 0;
  p.read_flops = tokens * 1000;
  p.step_flops = step_ms > 0 ? 1000 : 0;
  p.read_fit_ms = read_ms * 0.9;
  p.step_fit_ms = step_ms;
  return p;
}

CostTable table(bool writes) {
  CostTable t;
  t.cached = writes;
  t.limit_tokens = 80;
  t.runs.push_back({"wasm", "", {point(8, 10, writes ? 4 : 0), point(80, 200, writes ? 5.2 : 0)}, 4e8, writes ? 2.5e8 : 0});
  return t;
}

const protocol::RequestMessage* asked(const Page& page, Seat seat) { return page.engine.find<protocol::Cost>(seat); }

void choose(Page& page, CostQuantity quantity, bool logarithmic) {
  page.apply(state::ChooseCost{{.quantity = quantity, .logarithmic = logarithmic, .other_provider = false}});
}

// All three measured: one that reads, two that write.
Page measured() {
  Page page;
  page.apply(state::SelectTab{state::Tab::cost});
  page.apply(state::MeasureCost{});
  for (const Seat seat : kSeats) page.engine.give(asked(page, seat)->id, table(seat != Seat::left));
  return page;
}

}  // namespace

TEST_CASE("nothing is measured before the button is pressed, then one seat after the other") {
  Page page;
  page.apply(state::SelectTab{state::Tab::cost});
  CHECK(page.engine.count<protocol::Cost>() == 0);
  CHECK(look(page).curves.can_measure);
  page.apply(state::MeasureCost{});
  REQUIRE(page.engine.count<protocol::Cost>() == 1);
  CHECK(std::get<protocol::Cost>(asked(page, Seat::left)->request).text == page.state().document.text);
  CHECK(look(page).curves.measuring);
  CHECK_FALSE(look(page).columns[1].measured.head.sentence == look(page).columns[0].measured.head.sentence);  // waits for its turn
  page.engine.give(asked(page, Seat::left)->id, table(false));
  REQUIRE(asked(page, Seat::middle) != nullptr);
  CHECK(asked(page, Seat::right) == nullptr);
  page.engine.fail(asked(page, Seat::middle)->id, ErrorCode::runtime_failed, "It broke.");
  REQUIRE(asked(page, Seat::right) != nullptr);
  page.engine.give(asked(page, Seat::right)->id, table(true));
  CHECK_FALSE(look(page).curves.measuring);
  CHECK(look(page).columns[1].measured.head.trouble);
  page.apply(state::SelectTab{state::Tab::overview});
  page.apply(state::SelectTab{state::Tab::cost});
  CHECK(page.engine.count<protocol::Cost>() == 0);  // not again by itself
}

TEST_CASE("a stop keeps what comes back and asks nobody else") {
  Page page;
  page.apply(state::SelectTab{state::Tab::cost});
  page.apply(state::MeasureCost{});
  page.engine.measured = table(false);
  page.engine.measured->stopped = true;
  SECTION("by its button") { page.apply(state::StopCost{}); }
  SECTION("by leaving the tab") { page.apply(state::SelectTab{state::Tab::leak}); }
  SECTION("by writing") { page.apply(state::SetText{"Another text."}); }
  page.apply(state::SelectTab{state::Tab::cost});
  CHECK(asked(page, Seat::middle) == nullptr);
  const view::PageView v = look(page);
  CHECK_FALSE(v.curves.measuring);
  REQUIRE(v.columns[0].measured.runs.size() == 1);
  CHECK(v.columns[0].measured.sentences.back() == words("en").get("curves.sentence.stopped"));
  CHECK(v.curves.can_measure);
}

TEST_CASE("a stop before anything was measured leaves no trouble behind") {
  Page page;
  page.apply(state::SelectTab{state::Tab::cost});
  page.apply(state::MeasureCost{});
  page.apply(state::StopCost{});
  const view::PageView v = look(page);
  CHECK_FALSE(v.columns[0].measured.head.trouble);
  CHECK(v.columns[0].measured.runs.empty());
  CHECK(v.curves.can_measure);
  page.apply(state::MeasureCost{});
  CHECK(asked(page, Seat::left) != nullptr);
}

TEST_CASE("another model is not measured by itself, and takes its column's numbers away") {
  Page page = measured();
  page.apply(state::LoadModel{Seat::left, {}, "other"});
  page.engine.answer(*page.engine.find<protocol::Load>(Seat::left));
  CHECK(page.engine.count<protocol::Cost>() == 0);
  CHECK(look(page).columns[0].measured.runs.empty());
  CHECK(look(page).columns[1].measured.runs.size() == 1);
}

TEST_CASE("curves stand where their numbers put them, whiskers around the middle, the formula beside them") {
  Page page = measured();
  const view::CurvesView v = look(page).curves;
  REQUIRE(v.curves.size() == 3);
  for (const view::CurveView& c : v.curves) {
    REQUIRE(c.points.size() == 2);
    CHECK(c.points[0].tokens == 8);
    CHECK(c.points[1].value == 200);
    CHECK(c.points[0].x < c.points[1].x);
    CHECK(c.points[0].low < c.points[0].y);
    CHECK(c.points[0].high > c.points[0].y);
    CHECK(c.formula[1].value == Catch::Approx(180));
    CHECK(c.formula[1].y < c.points[1].y);
    CHECK_FALSE(c.rate.empty());
    for (const view::CurvePointView& p : c.points) {
      CHECK(p.low >= 0);
      CHECK(p.high <= 1);
    }
  }
  // On logarithmic axes equal factors are equal lengths: 5 to 20 and 10 to 40 would be as long.
  const auto& p = v.curves[0].points;
  CHECK(p[0].high - p[0].low == Catch::Approx(p[1].high - p[1].low).epsilon(1e-4));
  choose(page, CostQuantity::read, false);
  const view::CurvesView straight = look(page).curves;
  const auto& q = straight.curves[0].points;
  CHECK((q[1].high - q[1].low) == Catch::Approx(20 * (q[0].high - q[0].low)).epsilon(1e-4));
  CHECK(straight.y_ticks.front().label == "0");
}

TEST_CASE("a quantity is drawn of those that have it") {
  Page page = measured();
  choose(page, CostQuantity::step, true);
  CHECK(look(page).curves.curves.size() == 2);
  choose(page, CostQuantity::cache, true);
  const view::CurvesView cache = look(page).curves;
  REQUIRE(cache.curves.size() == 2);
  CHECK(cache.curves[0].points[1].value == 8000);
  CHECK(cache.curves[0].formula[1].value == 8000);
  choose(page, CostQuantity::total, true);
  CHECK(look(page).curves.curves[0].points[0].value == Catch::Approx(10 + 31 * 4));
  choose(page, CostQuantity::flops, true);
  const view::CurvesView flops = look(page).curves;
  CHECK(flops.curves.size() == 3);
  CHECK(flops.curves[0].formula.empty());
  CHECK(flops.curves[0].points[0].low == flops.curves[0].points[0].high);
}

TEST_CASE("the sentences say what the numbers say") {
  Page page = measured();
  const view::PageView v = look(page);
  const auto& reader = v.columns[0].measured;
  const auto& writer = v.columns[1].measured;
  CHECK(reader.sentences[0] == "From 8 to 80 tokens: ×10 as long a text, ×10 the work, ×20 the time until the first answer.");
  CHECK(reader.columns.size() == 3);
  CHECK(reader.runs[0].lines[1].cells.size() == 3);
  CHECK(writer.sentences[1] == "With the cache, one more token took ×1.3 the time after 80 tokens as after 8.");
  CHECK(writer.columns.size() == 5);
  CHECK(writer.runs[0].lines[0].cells.size() == 5);
}

TEST_CASE("places on axes are round and within") {
  CHECK(view::log_ticks(1.5, 60) == std::vector<double>{3, 10, 30});
  CHECK(view::log_ticks(8, 30) == std::vector<double>{10, 20});
  CHECK(view::log_ticks(0, 10).empty());
  CHECK(view::linear_ticks(100) == std::vector<double>{0, 20, 40, 60, 80, 100});
  CHECK(view::linear_ticks(0) == std::vector<double>{0});
}

}  // namespace trilens
