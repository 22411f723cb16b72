#include "view/leak.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;
using view::LeakVerdict;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

protocol::LeakSide side(std::string id, double left, double right) {
  protocol::LeakSide s;
  s.id = std::move(id);
  s.pairs = {{0, 0, false, "a"}, {1, 1, true, "b→c"}, {2, 2, false, "d"}};
  s.difference = {{0, 0.5F, 0}, {static_cast<float>(left), 0.7F, static_cast<float>(right)}};
  s.cosine = {{1, 0.8F, 1}, {0.99F, 0.6F, 0.9F}};
  s.reads_change = true;
  s.left = left;
  s.right = right;
  s.left_count = s.right_count = 1;
  return s;
}

}  // namespace

TEST_CASE("the verdict comes from the numbers alone") {
  CHECK(view::leak_verdict(side("text", 0, 0.3)) == LeakVerdict::still);
  CHECK(view::leak_verdict(side("text", 9e-5, 0.3)) == LeakVerdict::still);
  CHECK(view::leak_verdict(side("text", 0.004, 0.3)) == LeakVerdict::barely);
  CHECK(view::leak_verdict(side("text", 0.04, 0.9)) == LeakVerdict::moved);  // more than rounding does
  CHECK(view::leak_verdict(side("text", 0.1, 0.3)) == LeakVerdict::moved);
  auto first = side("text", 0, 0.3);
  first.left_count = 0;
  CHECK(view::leak_verdict(first) == LeakVerdict::nothing_left);
  auto unread = side("text", 0, 0);
  unread.reads_change = false;
  CHECK(view::leak_verdict(unread) == LeakVerdict::not_read);
  CHECK(view::leak_verdict(side("output", 0, 0.3)) == LeakVerdict::all_moved);
  CHECK(view::leak_verdict(side("output", 0, 0)) == LeakVerdict::none_moved);
}

TEST_CASE("the leak test runs while its tab is open, once for each text") {
  const view::Strings en = words("en");
  Page page;
  CHECK(page.engine.count<protocol::Leak>() == 0);
  page.apply(state::SelectTab{state::Tab::leak});
  REQUIRE(page.engine.count<protocol::Leak>() == 3);
  const auto& asked = std::get<protocol::Leak>(page.engine.find<protocol::Leak>(Seat::left)->request);
  CHECK(asked.text == "The dog ___ tired.");
  CHECK(asked.changed == "The dog ___ moon.");
  CHECK(look(page, en).columns[0].leak.head.waiting);
  page.engine.give(page.engine.find<protocol::Leak>(Seat::left)->id, protocol::LeakTest{{side("text", 0.1, 0.3)}});
  page.engine.fail(page.engine.find<protocol::Leak>(Seat::middle)->id, ErrorCode::model_unsupported, "Nothing to see.");
  const view::PageView v = look(page, en);
  CHECK(v.columns[0].leak.head.sentence == v.columns[0].leak.sides[0].sentence);
  CHECK(v.columns[0].leak.sides[0].cells[0][0].part == 0);
  CHECK(v.columns[0].leak.sides[0].cells[1][2].part > v.columns[0].leak.sides[0].cells[1][0].part);
  CHECK(v.columns[1].leak.head.trouble);
  CHECK(v.columns[2].leak.head.waiting);
  CHECK(page.engine.count<protocol::Leak>() == 1);  // what failed is not asked again by itself

  SECTION("another word is another question; the old answer stays, dimmed") {
    page.apply(state::ChooseLeak{{.begin = 4, .replacement = "cat"}});
    CHECK(std::get<protocol::Leak>(page.engine.find<protocol::Leak>(Seat::left)->request).changed == "The cat ___ tired.");
    CHECK(look(page, en).columns[0].leak.head.stale);
    CHECK_FALSE(look(page, en).columns[0].leak.sides.empty());
  }
  SECTION("retry asks once more") {
    page.apply(state::Retry{Seat::middle});
    CHECK(page.engine.find<protocol::Leak>(Seat::middle) != nullptr);
    CHECK_FALSE(look(page, en).columns[1].leak.head.trouble);
  }
  SECTION("leaving the tab stops what is under way, and coming back asks again") {
    page.apply(state::SelectTab{state::Tab::overview});
    CHECK(page.engine.count<protocol::Leak>() == 0);
    page.apply(state::SelectTab{state::Tab::leak});
    CHECK(page.engine.find<protocol::Leak>(Seat::right) != nullptr);
    CHECK(page.engine.find<protocol::Leak>(Seat::left) == nullptr);  // its answer is still true
  }
  SECTION("another model forgets the answer") {
    page.apply(state::LoadModel{Seat::left, {}, "other"});
    CHECK_FALSE(look(page, en).columns[0].leak.sides.empty());  // until it is there
    page.engine.answer(*page.engine.find<protocol::Load>(Seat::left));
    CHECK(look(page, en).columns[0].leak.sides.empty());
    CHECK(page.engine.find<protocol::Leak>(Seat::left) != nullptr);
  }
}

TEST_CASE("blanks cannot be replaced, and a text without words has nothing to change") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::leak});
  const view::LeakIntroView intro = look(page, en).leak;
  REQUIRE(intro.words.size() == 4);
  CHECK_FALSE(intro.words[2].choosable);
  CHECK(intro.words[3].selected);
  CHECK(intro.sentence == "The dog ___ moon.");
  page.engine.run();
  page.apply(state::SetText{"___ ."});
  page.apply(state::CommitText{});
  CHECK(page.engine.count<protocol::Leak>() == 0);
  CHECK(look(page, en).leak.sentence.empty());
}

}  // namespace trilens
