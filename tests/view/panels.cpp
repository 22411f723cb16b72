#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "view/support.hpp"

namespace trilens {
namespace {

using protocol::AttentionKind;
using testing::Page;
using testing::words;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

std::vector<std::string> lit_pieces(const view::TokensView& tokens) {
  std::vector<std::string> out;
  for (const auto& piece : tokens.pieces) {
    if (piece.hovered) out.push_back(piece.display);
  }
  return out;
}

TEST_CASE("the same characters light up in all three columns, and in their maps") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::Hover{state::Mark{.begin = 5, .end = 6}});  // the "o" of "dog"
  const view::PageView v = look(page, en);
  for (const view::ColumnView& column : v.columns) {
    CHECK(lit_pieces(column.tokens) == std::vector<std::string>{"dog"});
    const auto& rows = column.attention.front().row_labels;
    const std::size_t dog = column.family == Family::encoder ? 2 : 1;
    CHECK(rows[dog].hovered);
    CHECK_FALSE(rows[0].hovered);
    CHECK(column.tokens.pieces[dog].word == 1U);
  }
}

TEST_CASE("touching edges are not an overlap, and a mark over two words lights both") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::Hover{state::Mark{.begin = 3, .end = 4}});  // the space
  CHECK(lit_pieces(look(page, en).columns[0].tokens).empty());
  page.apply(state::Hover{state::Mark{.begin = 2, .end = 5}});
  CHECK(lit_pieces(look(page, en).columns[1].tokens) == std::vector<std::string>{"The", "dog"});
}

TEST_CASE("a piece without characters lights up alone") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::Hover{look(page, en).columns[0].tokens.pieces[0].mark});
  const view::PageView v = look(page, en);
  CHECK(lit_pieces(v.columns[0].tokens) == std::vector<std::string>{"[CLS]"});
  CHECK(lit_pieces(v.columns[1].tokens).empty());
}

TEST_CASE("what the encoder-decoder writes lights up in its own rows, not in anybody's text") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::Hover{look(page, en).columns[2].tokens.output[1].mark});
  const view::PageView v = look(page, en);
  CHECK(v.columns[2].tokens.output[1].hovered);
  CHECK(lit_pieces(v.columns[2].tokens).empty());
  CHECK(lit_pieces(v.columns[0].tokens).empty());
  CHECK(v.columns[2].attention[2].row_labels[1].hovered);          // cross: rows are output
  CHECK_FALSE(v.columns[2].attention[2].column_labels[1].hovered);
}

TEST_CASE("a cell lights up its row and its column, in the other families too, and says what it is") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::HoverCell{state::Cell{Seat::left, AttentionKind::self, 2, 1}});
  const view::PageView v = look(page, en);
  REQUIRE(v.columns[0].attention[0].pointed);
  const view::PointedView& cell = *v.columns[0].attention[0].pointed;
  CHECK(cell.sentence == "“dog” gives “The” 0.167 of its attention.");
  CHECK(cell.exact == "0.16666667");
  CHECK_FALSE(cell.masked);
  CHECK(lit_pieces(v.columns[1].tokens) == std::vector<std::string>{"The", "dog"});
}

TEST_CASE("a masked cell says that it cannot be seen") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::PinCell{{Seat::middle, AttentionKind::self, 0, 1}});
  const view::AttentionView map = look(page, en).columns[1].attention[0];
  REQUIRE(map.pointed);
  CHECK(map.pointed->masked);
  CHECK(map.pointed->pinned);
  CHECK(map.pointed->sentence == "“The” cannot see “dog”: it comes later.");
}

TEST_CASE("each map has its shape, and a row that sees one piece alone does not set the scale") {
  const view::Strings en = words("en");
  Page page;
  const view::PageView v = look(page, en);
  CHECK(v.columns[0].attention[0].shape == view::MapShape::square);
  CHECK(v.columns[1].attention[0].shape == view::MapShape::triangle);
  REQUIRE(v.columns[2].attention.size() == 3);
  CHECK(v.columns[2].attention[1].shape == view::MapShape::triangle);
  CHECK(v.columns[2].attention[2].shape == view::MapShape::bridge);
  CHECK(v.columns[0].attention[0].scale == 0.2F);   // 1/6
  CHECK(v.columns[1].attention[0].scale == 0.5F);   // "dog" shares between two
  CHECK(v.columns[1].attention[0].scale_text == "0 to 0.50 and more");
  CHECK(v.columns[0].attention[0].layers.size() == 5);
  CHECK(v.columns[0].attention[0].layers[0].selected);
}

TEST_CASE("bars have one scale in all columns and exact numbers behind the rounded ones") {
  const view::Strings en = words("en");
  Page page;
  const view::PageView v = look(page, en);
  for (const view::ColumnView& column : v.columns) {
    CHECK(column.prediction.scale == 0.75);
    REQUIRE(column.prediction.blanks.size() == 1);
    const auto& bars = column.prediction.blanks[0].bars;
    CHECK(bars[0].percent == "70.0\u202F%");
    CHECK(bars[0].length == 0.7 / 0.75);
    CHECK(bars[1].percent == "<\u202F0.1\u202F%");
    CHECK(bars[1].exact == "0.0001");
    CHECK(column.prediction.blanks[0].entropy == "1.00 bits");
  }
  CHECK(v.columns[0].prediction.blanks[0].title == "the blank");
  CHECK(v.columns[1].prediction.blanks[0].title == "the next piece");
  CHECK(v.columns[0].tokens.pieces[3].blank);
  CHECK(v.columns[1].tokens.pieces.back().cut_after);
}

TEST_CASE("Norwegian numbers have a comma") {
  Page page;
  CHECK(look(page, words("nb")).columns[0].prediction.blanks[0].bars[0].percent == "70,0\u202F%");
}

TEST_CASE("the clock's panel shows the step at the cursor, what is known beyond it, and its alternatives") {
  const view::Strings en = words("en");
  Page page;
  CHECK(look(page, en).header.clock == "not started");
  page.apply(state::Step{});
  page.engine.run();
  CHECK(look(page, en).header.clock == "step 1");
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::StepBack{});
  const view::PageView v = look(page, en);
  CHECK(v.header.clock == "step 1 of 2");
  const view::GenerationView& g = v.columns[1].generation;
  CHECK(g.written == "one");
  CHECK(g.newest == "one");
  CHECK(g.whole == "one two");
  REQUIRE(g.steps.size() == 2);
  CHECK(g.steps[0].current);
  CHECK(g.steps[1].future);
  REQUIRE(g.alternatives.size() == 3);  // the two candidates, and the chosen one that is not among them
  CHECK(g.alternatives.back().chosen);
  CHECK(v.columns[0].generation.written == "alpha");
  CHECK(v.columns[0].generation.finished);
  // Row i of what is written was computed for step i + 1.
  CHECK(v.columns[2].attention[2].rows_reached == 1);
  CHECK(v.columns[2].attention[0].rows_reached == v.columns[2].attention[0].rows);
}

TEST_CASE("the end token is marked, and why it stopped is said in words") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::ToEnd{});
  page.engine.run();
  const view::GenerationView g = look(page, en).columns[1].generation;
  CHECK(g.steps.back().end);
  CHECK(g.state_words == "finished: it wrote its end sign");
  CHECK(look(page, en).header.clock == "step 4 of 4");
  CHECK_FALSE(look(page, en).header.step.enabled);
  CHECK(look(page, en).header.play.enabled);
}

TEST_CASE("cost has the same rows in every column, a dash where there is nothing to count") {
  const view::Strings en = words("en");
  Page page;
  const auto row = [&](Seat seat, const std::string& id) {
    const view::PageView all = look(page, en);
    for (const view::CostRowView& r : all.columns[seat_index(seat)].cost.rows) {
      if (r.id == id) return r;
    }
    FAIL("there is no row " << id);
    return view::CostRowView{};
  };
  CHECK(row(Seat::left, "cache").number == view::kNothing);
  CHECK_FALSE(row(Seat::left, "cache").present);
  CHECK(row(Seat::left, "prefill").number == "12.3");
  CHECK(row(Seat::left, "prefill").unit == "ms");
  CHECK(row(Seat::right, "per_token").number == "3.21");
  CHECK(row(Seat::middle, "parameters").number == "4.2");
  page.apply(state::ToEnd{});
  page.engine.run();
  CHECK(row(Seat::middle, "passes").number == "4");
  CHECK(row(Seat::right, "passes").number == "5");
  CHECK(row(Seat::middle, "per_token").number == "2.50");
  const view::PageView v = look(page, en);
  for (std::size_t i = 0; i < v.columns[0].cost.rows.size(); ++i) CHECK(v.columns[0].cost.rows[i].id == v.columns[2].cost.rows[i].id);
}

TEST_CASE("trouble is told in place, with its code and what can be done") {
  const view::Strings en = words("en");
  Page page(false);
  page.engine.fail(page.engine.find<protocol::Load>(Seat::left)->id, ErrorCode::gpu_lost, "The device went away.");
  page.engine.run();
  const view::PageView v = look(page, en);
  REQUIRE(v.columns[0].head.trouble);
  CHECK(v.columns[0].head.trouble->code == "gpu_lost");
  CHECK(v.columns[0].head.trouble->sentence == "The device went away.");
  REQUIRE(v.columns[0].head.trouble->offers.size() == 2);
  CHECK(v.columns[0].head.status == "could not be loaded");
  CHECK(v.columns[0].tokens.head.empty);
  CHECK(v.status.sentence == "1 of 3 could not answer; the column says why.");
  CHECK(v.columns[1].head.ready);
}

TEST_CASE("progress is told in bytes") {
  const view::Strings en = words("en");
  Page page(false);
  page.store.receive({page.engine.find<protocol::Load>(Seat::left)->id, protocol::Progress{"fetch", "model.onnx", 1'000'000, 4'000'000}}, 0);
  const view::PageView v = look(page, en);
  REQUIRE(v.columns[0].head.progress);
  CHECK(v.columns[0].head.progress->fraction == 0.25);
  CHECK(v.columns[0].head.progress->sentence == "Fetching: 1.0\u202FMB of 4.0\u202FMB");
  CHECK(v.status.sentence == "Loading the models: 1.0\u202FMB of 4.0\u202FMB.");
}

TEST_CASE("an empty text says so everywhere instead of showing something") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SetText{""});
  page.apply(state::CommitText{});
  const view::PageView v = look(page, en);
  CHECK(v.header.input_note == "Type a sentence, or choose an example.");
  for (const view::ColumnView& column : v.columns) {
    CHECK(column.tokens.head.empty);
    CHECK(column.tokens.head.sentence == "There is nothing to read yet.");
    CHECK(column.prediction.blanks.empty());
    CHECK(column.attention[0].values.empty());
    CHECK(column.attention[0].head.empty);
  }
  CHECK_FALSE(v.header.step.enabled);
}

TEST_CASE("20 000 characters: each column tells in characters where its text was cut") {
  const view::Strings en = words("en");
  Page page;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "øre ";
  REQUIRE(utf8::length(text) == 20000);
  page.apply(state::SetText{text});
  page.apply(state::CommitText{});
  for (const Seat seat : {Seat::left, Seat::middle, Seat::right}) {
    protocol::Reading reading = testing::reading_of({seat, "øre øre", 8, {}}, family_at_home(seat));
    reading.cut = protocol::Cut{8, 128, "The text was cut."};
    page.engine.give(page.engine.find<protocol::Read>(seat)->id, reading);
  }
  page.engine.run();
  const view::PageView v = look(page, en);
  CHECK(v.header.text == text);
  CHECK(v.header.input_note.find("Encoder, Decoder, Encoder–decoder") != std::string::npos);
  for (const view::ColumnView& column : v.columns) {
    CHECK(column.tokens.cut.find("first 6 of 20\u202F000 characters: it can hold 128 pieces") != std::string::npos);
  }
}

TEST_CASE("emoji and combining marks stay whole in words, marks and pieces") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SetText{"Hi 👩‍👧 é"});
  page.apply(state::CommitText{});
  page.engine.run();
  const view::TokensView tokens = look(page, en).columns[1].tokens;
  REQUIRE(tokens.pieces.size() == 3);
  CHECK(tokens.pieces[1].display == "👩‍👧");
  CHECK(tokens.pieces[1].word == 1U);
  CHECK(tokens.pieces[2].begin == 15);
}

TEST_CASE("a piece that begins a word is shown without its space, unless it would read like another one") {
  CHECK(view::piece_text(" dog", "Ġdog") == "dog");
  CHECK(view::piece_text(" ", "Ġ") == "␣");
  CHECK(view::piece_text("  ", "ĠĠ") == "␣␣");
  CHECK(view::piece_text("", "</s>") == "</s>");
  const view::Strings en = words("en");
  const auto bars = view::bar_views({{1, "Ġis", " is", 0.5, 1}, {2, "is", "is", 0.25, 0}, {3, "Ġwas", " was", 0.125, 0}}, 1, view::words_of(en));
  CHECK(bars[0].display == "␣is");
  CHECK(bars[1].display == "is");
  CHECK(bars[2].display == "was");
}

TEST_CASE("white space in a piece is made visible") {
  CHECK(view::visible("a b\n") == "a␣b⏎");
  CHECK(view::visible("") == "∅");
}

TEST_CASE("a phone shows one family, a tablet two in the usual order") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SetLayout{state::LayoutClass::tablet});
  page.apply(state::ShowSeat{Seat::right});
  CHECK(look(page, en).header.columns == std::vector<Seat>{Seat::left, Seat::right});
  page.apply(state::SetLayout{state::LayoutClass::phone});
  const view::PageView v = look(page, en);
  CHECK(v.header.columns == std::vector<Seat>{Seat::right});
  CHECK_FALSE(v.columns[0].shown);
  CHECK(v.columns[2].shown);
}

TEST_CASE("options say which of them the strategy reads") {
  const view::Strings en = words("en");
  Page page;
  const auto used = [&](const std::string& name) {
    for (const view::OptionView& row : look(page, en).options.rows) {
      if (row.name == name) return row.used;
    }
    return false;
  };
  CHECK_FALSE(used("temperature"));
  page.apply(state::SetOption{"strategy", std::string("sample")});
  CHECK(used("temperature"));
  CHECK_FALSE(used("num_beams"));
  CHECK(look(page, en).options.can_reset);
}

TEST_CASE("the snapshot holds the same rows, also while things are missing") {
  const view::Strings en = words("en");
  Page page(false);
  CHECK(nlohmann::json::parse(view::snapshot_json(page.state(), en, {}))["columns"].size() == 3);
  page.engine.run();
  page.apply(state::Hover{state::Mark{.begin = 4, .end = 7}});
  const auto json = nlohmann::json::parse(view::snapshot_json(page.state(), en, {.frames = 17}));
  CHECK(json["frames"] == 17);
  CHECK(json["text"] == "The dog ___ tired.");
  CHECK(json["clock"]["cursor"] == 0);
  CHECK(json["selection"]["hover"]["begin"] == 4);
  const auto& encoder = json["columns"][0];
  CHECK(encoder["family"] == "encoder");
  CHECK(encoder["tokens"]["pieces"][2]["display"] == "dog");
  CHECK(encoder["tokens"]["pieces"][2]["hovered"] == true);
  CHECK(encoder["prediction"]["blanks"][0]["bars"][0]["probability"] == 0.7);
  CHECK(encoder["attention"][0]["values"].size() == encoder["attention"][0]["row_labels"].size());
  CHECK(encoder["attention"][0]["values"][0].size() == encoder["attention"][0]["column_labels"].size());
  CHECK(json["columns"][2]["attention"][2]["kind"] == "cross");
  CHECK(json["header"]["play"]["id"] == "play");
  for (const auto& column : json["columns"]) {
    for (const char* panel : {"tokens", "prediction", "generation", "cost"}) {
      CHECK_FALSE(column[panel]["head"]["title"].get<std::string>().empty());
      CHECK_FALSE(column[panel]["head"]["sentence"].get<std::string>().empty());
    }
  }
}

}  // namespace
}  // namespace trilens
