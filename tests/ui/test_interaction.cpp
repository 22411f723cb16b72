#include <catch2/catch_test_macros.hpp>

#include "ui/interaction.hpp"

using namespace trilens::ui;

namespace {

// Two buttons side by side, one below, in two regions.
struct Board {
  Interaction interaction;
  Hit a, b, c;
  void frame() {
    interaction.begin();
    interaction.region(1);
    a = interaction.target(id_of("a"), {0, 0, 40, 20}, {.label = "first"});
    b = interaction.target(id_of("b"), {50, 0, 40, 20}, {.label = "second"});
    interaction.region(2);
    c = interaction.target(id_of("c"), {0, 40, 40, 20}, {.label = "third"});
    interaction.end();
  }
  void settle() {
    frame();
    while (interaction.more()) frame();
    frame();
  }
};

}  // namespace

TEST_CASE("A click presses what it began and ended on, once") {
  Board board;
  board.settle();
  board.interaction.push({PointerKind::down, {60, 10}});
  board.interaction.push({PointerKind::up, {60, 10}});
  board.frame();
  CHECK(board.b.held);
  board.frame();
  CHECK(board.b.pressed);
  board.frame();
  CHECK_FALSE(board.b.pressed);
}

TEST_CASE("A press that ends elsewhere presses nothing") {
  Board board;
  board.settle();
  board.interaction.push({PointerKind::down, {60, 10}});
  board.interaction.push({PointerKind::up, {10, 10}});
  board.frame();
  board.frame();
  CHECK_FALSE(board.b.pressed);
  CHECK_FALSE(board.a.pressed);
}

TEST_CASE("What is drawn later lies on top") {
  Interaction interaction;
  Hit below, above;
  for (int i = 0; i < 2; ++i) {
    if (i == 0) interaction.push({PointerKind::move, {10, 10}});
    interaction.begin();
    below = interaction.target(id_of("below"), {0, 0, 40, 40}, {.label = ""});
    above = interaction.target(id_of("above"), {0, 0, 20, 20}, {.label = ""});
    interaction.end();
  }
  CHECK(above.hovered);
  CHECK_FALSE(below.hovered);
}

TEST_CASE("Arrows move the focus, Enter presses it, and its label can be said") {
  Board board;
  board.settle();
  board.interaction.focus_changed(true);
  REQUIRE(board.interaction.key(Key::right));  // to the first place
  board.frame();
  CHECK(board.a.focused);
  REQUIRE(board.interaction.key(Key::right));
  board.frame();
  CHECK(board.b.focused);
  CHECK(board.interaction.focus_label() == "second");
  REQUIRE(board.interaction.key(Key::enter));
  board.frame();
  CHECK(board.b.pressed);
}

TEST_CASE("F6 goes round the regions") {
  Board board;
  board.settle();
  board.interaction.focus_changed(true);
  REQUIRE(board.interaction.key(Key::next_region));
  board.frame();
  CHECK(board.a.focused);
  REQUIRE(board.interaction.key(Key::next_region));
  board.frame();
  CHECK(board.c.focused);
  REQUIRE(board.interaction.key(Key::next_region));
  board.frame();
  CHECK(board.a.focused);
}

TEST_CASE("What a clip hides is not pointed at") {
  Interaction interaction;
  Hit hit;
  for (int i = 0; i < 2; ++i) {
    if (i == 0) interaction.push({PointerKind::move, {10, 10}});
    interaction.begin();
    interaction.clip({0, 20, 100, 100});
    hit = interaction.target(id_of("hidden"), {0, 0, 40, 40}, {.label = ""});
    interaction.end();
  }
  CHECK_FALSE(hit.hovered);
}

TEST_CASE("A finger that has left points at nothing") {
  Board board;
  board.settle();
  board.interaction.push({PointerKind::down, {60, 10}, true});
  board.interaction.push({PointerKind::up, {60, 10}, true});
  board.settle();
  CHECK_FALSE(board.interaction.pointer_inside());
  CHECK_FALSE(board.b.hovered);
}

TEST_CASE("A place that is revealed asks to be scrolled to, once, and has the focus") {
  Board board;
  board.settle();
  board.interaction.reveal(id_of("c"));
  board.settle();
  const auto place = board.interaction.take_reveal();
  REQUIRE(place);
  CHECK(place->y == 40);
  CHECK(board.interaction.focused() == id_of("c"));
  CHECK_FALSE(board.interaction.take_reveal());
  board.interaction.return_focus(id_of("a"));
  board.settle();
  CHECK_FALSE(board.interaction.take_reveal());
}
