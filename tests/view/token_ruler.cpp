#include "view/token_ruler.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

protocol::Piece piece(std::string text, std::int64_t start, std::int64_t end) { return {.id = 7, .text = text, .display = text, .start = start, .end = end}; }

protocol::Piece part(std::string text, std::array<std::int64_t, 4> at) {
  protocol::Piece p = piece(std::move(text), at[0], at[1]);
  p.part_start = at[2];
  p.part_end = at[3];
  return p;
}

// A page that reads `text` as these tokens in its left seat.
void read_as(Page& page, const std::string& text, std::vector<protocol::Piece> tokens) {
  page.apply(state::SetText{text});
  page.apply(state::CommitText{});
  page.engine.give(page.engine.find<protocol::Read>(Seat::left)->id, protocol::Reading{.task = "continue", .tokens = std::move(tokens)});
}

protocol::TokensExplained explained() {
  const auto t = [](std::int32_t id, std::string text) { return protocol::SpelledToken{id, text, text}; };
  protocol::TokensExplained out{.model = "BPE", .source = "dog", .normalized = "dog", .pieces = {}};
  out.pieces.push_back({.start = 4, .end = 7, .text = "dog", .tokens = {t(4, "dog")}, .spelled = {t(1, "d"), t(2, "o"), t(3, "g")}});
  out.pieces[0].merges = {{11, t(2, "o"), t(3, "g"), t(5, "og"), 1, {t(1, "d"), t(5, "og")}}, {1234, t(1, "d"), t(5, "og"), t(4, "dog"), 0, {t(4, "dog")}}};
  return out;
}

}  // namespace

TEST_CASE("tokens stand over exactly the characters and bytes that they stand for") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::tokens});
  read_as(page, "a 😀é", {piece("[CLS]", 0, 0), piece("a", 0, 1), part("x", {2, 6, 2, 5}), part("y", {2, 6, 5, 6}), piece("é", 6, 8), piece("[SEP]", 0, 0)});
  const view::TokenRulerView ruler = look(page, en).ruler;
  REQUIRE(ruler.chars.size() == 4);
  CHECK(ruler.chars[1].text == "␣");
  CHECK_FALSE(ruler.chars[0].show_bytes);
  CHECK(ruler.chars[2].bytes == std::vector<std::string>{"F0", "9F", "98", "80"});
  CHECK(ruler.chars[2].show_bytes);
  const view::RulerRowView& row = ruler.rows[0];
  CHECK(row.before == "[CLS]");
  CHECK(row.after == "[SEP]");
  REQUIRE(row.tokens.size() == 4);
  CHECK(row.tokens[0].last == 1);
  CHECK(row.tokens[1].display == "F0 9F 98");
  CHECK((row.tokens[1].first == 2 && row.tokens[1].byte_first == 0 && row.tokens[1].byte_last == 3));
  CHECK((row.tokens[2].first == 2 && row.tokens[2].byte_first == 3 && row.tokens[2].byte_last == 0));
  CHECK((row.tokens[3].first == 3 && row.tokens[3].last == 4 && row.tokens[3].shares == 1));
  REQUIRE(ruler.words.size() == 2);
  CHECK((ruler.words[1].first == 2 && ruler.words[1].last == 4));

  SECTION("on request all characters show their bytes") {
    page.apply(state::ChooseTokens{{.bytes = true}});
    CHECK(look(page, en).ruler.chars[0].show_bytes);
  }
  SECTION("pointing at a character lights it in every row") {
    page.apply(state::Hover{ruler.chars[2].mark});
    const view::TokenRulerView lit = look(page, en).ruler;
    CHECK(lit.chars[2].hovered);
    CHECK_FALSE(lit.chars[3].hovered);
    CHECK((lit.rows[0].tokens[1].hovered && lit.rows[0].tokens[2].hovered && !lit.rows[0].tokens[3].hovered));
  }
  SECTION("nothing is built while another tab is open") {
    page.apply(state::SelectTab{state::Tab::overview});
    CHECK(look(page, en).ruler.chars.empty());
  }
}

TEST_CASE("tokens whose bytes are not known share their characters side by side") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::tokens});
  read_as(page, "½", {piece("1", 0, 2), piece("/", 0, 2), piece("2", 0, 2)});
  const auto tokens = look(page, en).ruler.rows[0].tokens;
  REQUIRE(tokens.size() == 3);
  CHECK((tokens[2].share == 2 && tokens[2].shares == 3));
}

TEST_CASE("tokens a word counts what is read, without blanks and marks of the family's own") {
  const view::Strings en = words("en");
  protocol::Reading reading;
  reading.tokens = {piece("[CLS]", 0, 0), piece("The", 0, 3), piece("tir", 4, 7), piece("##ed", 7, 9), piece("[MASK]", 10, 13), piece("[UNK]", 14, 17)};
  reading.tokens.back().unknown = true;
  const auto measures = view::build_measures(reading, "The tired ___ ☕", view::words_of(en));
  REQUIRE(measures.size() == 4);
  CHECK(measures[0].value == "1.33");  // 4 tokens, 3 words
  CHECK(measures[1].value == "2.25");  // 9 characters
  CHECK(measures[2].value == "2.75");  // 11 bytes
  CHECK(measures[3].value == "1");
  CHECK(measures[3].of == "“☕”");
  CHECK(view::build_measures({}, "The", view::words_of(en)).empty());
}

TEST_CASE("how a word came to its tokens is asked on request alone, and told step by step") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::tokens});
  CHECK(page.engine.count<protocol::ExplainTokens>() == 0);
  CHECK(look(page, en).columns[0].account.title.empty());
  page.apply(state::ChooseTokens{{.word = 5}});  // The d[o]g ___ tired.
  REQUIRE(page.engine.count<protocol::ExplainTokens>() == 3);
  const auto& asked = std::get<protocol::ExplainTokens>(page.engine.find<protocol::ExplainTokens>(Seat::left)->request);
  CHECK((asked.begin == 4 && asked.end == 7));
  CHECK(look(page, en).ruler.words[1].picked);
  page.engine.give(page.engine.find<protocol::ExplainTokens>(Seat::left)->id, explained());
  page.engine.give(page.engine.find<protocol::ExplainTokens>(Seat::middle)->id, protocol::TokensExplained{.source = "dog"});
  const view::PageView v = look(page, en);
  const view::TokenAccountView& told = v.columns[0].account;
  REQUIRE(told.pieces.size() == 1);
  const view::AccountPieceView& dog = told.pieces[0];
  REQUIRE(dog.steps.size() == 3);
  CHECK(dog.steps[0].word.size() == 3);
  CHECK(dog.steps[2].label == "no. " + view::count_text(1235));
  CHECK(dog.steps[1].rule == "o + g → og");
  CHECK((!dog.steps[1].word[0].fresh && dog.steps[1].word[1].fresh));
  CHECK(told.normalizer == en.get("account.normalizer.same"));
  CHECK(v.columns[1].account.head.sentence == en.get("account.not_read"));
  CHECK(v.columns[2].account.head.waiting);

  SECTION("picking nothing asks nothing") {
    page.apply(state::ChooseTokens{});
    CHECK(page.engine.count<protocol::ExplainTokens>() == 0);
    CHECK(look(page, en).columns[0].account.title.empty());
  }
}

TEST_CASE("a lattice has its best path in a lane of its own, and tells by how much it won") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::tokens});
  page.apply(state::ChooseTokens{{.word = 4}});
  protocol::TokensExplained told{.model = "Unigram", .source = "dog", .normalized = "dog", .pieces = {}};
  const auto edge = [](std::int64_t begin, std::int64_t end, double score, bool best, bool second) {
    return protocol::LatticeToken{begin, end, {1, "t", "t"}, score, false, best, second};
  };
  told.pieces.push_back({.text = "dog", .lattice = {edge(0, 1, -3, false, true), edge(0, 2, -2, true, false), edge(1, 2, -4, false, true), edge(1, 3, -9, false, false), edge(2, 3, -1, true, true)},
                         .best_score = -3, .second_score = -8});
  page.engine.give(page.engine.find<protocol::ExplainTokens>(Seat::right)->id, told);
  const view::AccountPieceView dog = look(page, en).columns[2].account.pieces.at(0);
  REQUIRE(dog.edges.size() == 5);
  for (const auto& e : dog.edges) {
    CHECK((e.lane == 0) == e.best);
    for (const auto& other : dog.edges) CHECK((&e == &other || e.lane != other.lane || e.end <= other.begin || other.end <= e.begin));
  }
  CHECK(dog.sentence.find("148.4 times") != std::string::npos);  // e^5
}

TEST_CASE("an attempt strikes out what was no token, and names what would have fitted too") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::tokens});
  page.apply(state::ChooseTokens{{.word = 4}});
  protocol::TokensExplained told{.model = "WordPiece", .source = "dogs", .normalized = "dogs", .pieces = {}};
  protocol::TokenAttempt attempt{.begin = 0, .tried = {"dogsa", "dogs", "dog", "do", "d"}, .found = protocol::SpelledToken{3, "d", "d"}, .shorter = {}};
  told.pieces.push_back({.text = "dogs", .attempts = {attempt, {.begin = 1, .tried = {"##ogs"}}}});
  page.engine.give(page.engine.find<protocol::ExplainTokens>(Seat::left)->id, told);
  const view::AccountPieceView dogs = look(page, en).columns[0].account.pieces.at(0);
  CHECK(dogs.steps[0].tried == std::vector<std::string>{"dogsa", "dogs", "do"});
  CHECK(dogs.steps[0].more == "… 1 more …");
  CHECK(dogs.steps[0].word.at(0).text == "d");
  CHECK(dogs.sentence == en.get("account.unmatched"));
}

}  // namespace trilens
