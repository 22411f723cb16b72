#include "view/lens.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

protocol::LensWord word(std::int32_t id, std::string text, double probability) { return {.id = id, .token = text, .display = text, .probability = probability, .logit = 0}; }

// Two blocks, `count` positions from `first` on; the answer "was" settles after block `settled`.
protocol::LensTable table(std::int64_t settled, std::int64_t first = 0, std::int64_t count = 3, std::int64_t total = 3) {
  protocol::LensTable t;
  t.side = "text";
  t.total = total;
  t.marked = first + count - 1;
  for (std::int64_t i = 0; i < count; ++i) {
    t.positions.push_back({.position = first + i, .piece = "p" + std::to_string(first + i), .marked = i == count - 1, .answer = word(7, "was", 0.6), .settled = settled});
  }
  for (std::int64_t s = 0; s <= 2; ++s) {
    t.cells.emplace_back();
    for (std::int64_t i = 0; i < count; ++i) {
      protocol::LensCell cell{.top = {word(7, "was", 0.6), word(8, "is", 0.3)}, .entropy_bits = 1, .probability = 0.6, .rank = 1};
      if (s < settled) cell = {.top = {word(8, "is", 0.5), word(7, "was", 0.2)}, .entropy_bits = 2, .probability = 0.2, .rank = 2};
      t.cells.back().push_back(std::move(cell));
    }
  }
  return t;
}

}  // namespace

TEST_CASE("the lens says from which block on the answer is first") {
  const view::Strings en = words("en");
  Page page;
  CHECK(page.engine.count<protocol::Lens>() == 0);
  page.apply(state::SelectTab{state::Tab::lens});
  REQUIRE(page.engine.count<protocol::Lens>() == 3);
  const auto& asked = std::get<protocol::Lens>(page.engine.find<protocol::Lens>(Seat::left)->request);
  CHECK(asked.text == "The dog ___ tired.");
  CHECK_FALSE(asked.first);
  page.engine.give(page.engine.find<protocol::Lens>(Seat::left)->id, table(1));
  page.engine.give(page.engine.find<protocol::Lens>(Seat::middle)->id, table(0));
  page.engine.give(page.engine.find<protocol::Lens>(Seat::right)->id, table(2));
  const view::PageView v = look(page, en);
  CHECK(v.columns[0].lens.head.sentence == "The answer “was” is first from block 1 of 2 on.");
  CHECK(v.columns[1].lens.head.sentence == "The answer “was” is first already in the embeddings, and stays first.");
  CHECK(v.columns[2].lens.head.sentence == "The answer “was” is first only after the last block (2).");
  CHECK(v.columns[0].lens.states == std::vector<std::string>{"emb.", "1", "2"});
}

TEST_CASE("a cell shows the likeliest word, and where the answer stands when that is another") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::lens});
  page.engine.give(page.engine.find<protocol::Lens>(Seat::left)->id, table(1));
  const view::LensView v = look(page, en).columns[0].lens;
  REQUIRE(v.cells.size() == 3);
  const view::LensCellView& early = v.cells[0][0];
  CHECK(early.word == "is");
  CHECK(early.part == 0.5F);
  CHECK_FALSE(early.answer);
  CHECK_FALSE(early.settled);
  CHECK(early.answer_text.contains("rank 2"));
  CHECK(early.top.size() == 2);
  CHECK(v.cells[1][0].settled);
  CHECK(v.cells[1][0].answer_text.empty());
  CHECK(v.columns[2].marked);
  CHECK(v.mean_text.contains("1.0 of 2"));
}

TEST_CASE("moving inside of what was computed asks nothing anew; past it, a window with room on both sides") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::lens});
  page.engine.give(page.engine.find<protocol::Lens>(Seat::left)->id, table(1));  // all of it
  page.apply(state::MoveLens{Seat::left, 1});
  CHECK(page.engine.find<protocol::Lens>(Seat::left) == nullptr);
  CHECK(look(page, en).columns[0].lens.first == 1);

  page.engine.give(page.engine.find<protocol::Lens>(Seat::middle)->id, table(1, 36, 64, 100));
  page.apply(state::MoveLens{Seat::middle, 50});
  const auto* asked = page.engine.find<protocol::Lens>(Seat::middle);
  REQUIRE(asked != nullptr);
  CHECK(std::get<protocol::Lens>(asked->request).first == 32);
  CHECK(look(page, en).columns[1].lens.head.stale);
  page.engine.give(asked->id, table(1, 32, 64, 100));
  page.apply(state::MoveLens{Seat::middle, 55});
  CHECK(page.engine.find<protocol::Lens>(Seat::middle) == nullptr);
  const view::LensView v = look(page, en).columns[1].lens;
  CHECK(view::range_text(v, 23, 6) == "positions 56–61 of 100");

  page.apply(state::SetText{"Another text."});
  page.apply(state::CommitText{});
  CHECK_FALSE(state::lens_first(page.state(), Seat::middle));  // it was about the text before
}

}  // namespace trilens
