#include <catch2/catch_test_macros.hpp>

#include "state/scripted_engine.hpp"

namespace trilens {
namespace {

using state::ColumnState;
using testing::Page;

TEST_CASE("at the start the trio loads, reads the first example, and then asks for every map") {
  Page page(false);
  CHECK(page.engine.count<protocol::Load>() == 3);
  CHECK(page.engine.count<protocol::Read>() == 0);
  CHECK(page.state().document.text == "The dog ___ tired.");
  CHECK(page.state().example == "first");

  page.engine.answer(*page.engine.find<protocol::Load>(Seat::middle));
  REQUIRE(page.engine.find<protocol::Read>(Seat::middle) != nullptr);  // nobody waits for the other two
  page.engine.run();
  for (const Seat seat : kSeats) {
    const ColumnState& column = page.column(seat);
    REQUIRE(column.reading);
    CHECK_FALSE(column.reading_stale);
    for (const auto kind : state::kinds_of(column.family)) {
      CHECK(column.map(kind).values.size() == column.map(kind).rows.size() * column.map(kind).columns.size());
      CHECK_FALSE(column.map(kind).values.empty());
      CHECK_FALSE(column.map(kind).stale);
    }
  }
  CHECK(page.column(Seat::right).map(protocol::AttentionKind::cross).layers == 4);
}

TEST_CASE("progress in bytes is shown while loading and gone afterwards") {
  Page page(false);
  const auto id = page.engine.find<protocol::Load>(Seat::left)->id;
  page.store.receive({id, protocol::Progress{"fetch", "model.onnx", 1'000'000, 4'000'000}}, 1);
  REQUIRE(page.column(Seat::left).progress);
  CHECK(page.column(Seat::left).progress->loaded_bytes == 1'000'000);
  page.engine.run();
  CHECK_FALSE(page.column(Seat::left).progress);
}

TEST_CASE("typing waits for a pause and then reads once") {
  Page page;
  const std::size_t before = page.engine.sent.size();
  for (const char* text : {"T", "Th", "The"}) {
    page.apply(state::SetText{text});
    page.engine.pass(50);
  }
  CHECK(page.engine.sent.size() == before);
  CHECK(page.column(Seat::middle).reading_stale);
  REQUIRE(page.column(Seat::middle).reading);  // dimmed, never blank
  page.engine.pass(101);
  CHECK(page.engine.count<protocol::Read>() == 3);
  CHECK(std::get<protocol::Read>(page.engine.find<protocol::Read>()->request).text == "The");
  page.engine.run();
  CHECK(page.column(Seat::middle).reading_text == "The");
  CHECK_FALSE(page.column(Seat::middle).reading_stale);
}

TEST_CASE("a timer that was asked for is enough: nobody needs to tick in between") {
  Page page;
  page.engine.wakes.clear();
  page.apply(state::SetText{"a"});
  REQUIRE(page.engine.wakes == std::vector<double>{state::kDebounceMillis});
  page.engine.now = 100;
  page.apply(state::SetText{"ab"});
  page.engine.pass(50);  // the first timer: too early for the second key
  CHECK(page.engine.count<protocol::Read>() == 0);
  REQUIRE(page.engine.wakes.size() == 2);
  page.engine.pass(page.engine.wakes.back());
  CHECK(page.engine.count<protocol::Read>() == 3);
}

TEST_CASE("Enter reads at once") {
  Page page;
  page.apply(state::SetText{"Now"});
  page.apply(state::CommitText{});
  CHECK(page.engine.count<protocol::Read>() == 3);
}

TEST_CASE("an answer about an earlier text is dropped") {
  Page page;
  page.apply(state::SetText{"one"});
  page.apply(state::CommitText{});
  const auto old = *page.engine.find<protocol::Read>(Seat::left);
  page.apply(state::SetText{"two words"});
  page.apply(state::CommitText{});
  // It was already on its way when it was cancelled.
  page.engine.give(old.id, testing::reading_of(std::get<protocol::Read>(old.request), Family::encoder));
  CHECK(page.column(Seat::left).reading_text == "The dog ___ tired.");
  CHECK(page.column(Seat::left).reading_stale);
  page.engine.run();
  CHECK(page.column(Seat::left).reading_text == "two words");
}

TEST_CASE("a newer text cancels what runs for the older one") {
  Page page;
  page.apply(state::SetText{"one"});
  page.apply(state::CommitText{});
  CHECK(page.engine.count<protocol::Read>() == 3);
  page.apply(state::SetText{"two"});
  CHECK(page.engine.count<protocol::Read>() == 0);
}

TEST_CASE("a failed reading keeps text, model and the old reading, and can be tried again") {
  Page page;
  page.apply(state::SetText{"new"});
  page.apply(state::CommitText{});
  page.engine.fail(page.engine.find<protocol::Read>(Seat::middle)->id, ErrorCode::runtime_failed);
  page.engine.run();
  const ColumnState& column = page.column(Seat::middle);
  REQUIRE(column.reading_trouble);
  CHECK(column.reading_trouble->retry);
  CHECK_FALSE(column.reading_trouble->use_wasm);  // it runs there already
  CHECK(column.reading);
  CHECK(column.reading_stale);
  CHECK(column.loaded);
  CHECK(page.state().document.text == "new");
  CHECK_FALSE(page.column(Seat::left).reading_stale);  // the others go on
  page.apply(state::Retry{Seat::middle});
  page.engine.run();
  CHECK_FALSE(column.reading_trouble);
  CHECK(column.reading_text == "new");
}

TEST_CASE("a failed load of another provider keeps the model that is there, and offers WASM") {
  Page page;
  page.apply(state::LoadModel{Seat::left, {}, "", protocol::ProviderChoice::webgpu});
  CHECK(page.column(Seat::left).loading);
  CHECK(page.column(Seat::left).loaded);
  page.engine.fail(page.engine.find<protocol::Load>()->id, ErrorCode::webgpu_unavailable);
  page.engine.run();
  const ColumnState& column = page.column(Seat::left);
  REQUIRE(column.load_trouble);
  CHECK(column.load_trouble->use_wasm);
  CHECK(column.loaded);
  CHECK_FALSE(column.reading_stale);  // and it has read again
}

TEST_CASE("loading can be stopped and tried again") {
  Page page(false);
  page.apply(state::CancelLoad{Seat::right});
  const ColumnState& column = page.column(Seat::right);
  CHECK_FALSE(column.loading);
  REQUIRE(column.load_trouble);
  CHECK(column.load_trouble->error.code == ErrorCode::cancelled);
  page.engine.run();
  CHECK(page.column(Seat::left).reading);
  page.apply(state::Retry{Seat::right});
  page.engine.run();
  CHECK(column.loaded);
  CHECK(column.reading);
}

TEST_CASE("a second load takes the place of the first, whose answer is dropped") {
  Page page(false);
  const auto first = page.engine.find<protocol::Load>(Seat::left)->id;
  page.apply(state::LoadModel{Seat::left, {}, "other", protocol::ProviderChoice::wasm});
  page.store.receive({first, protocol::ResultValue(testing::loaded_of({}))}, 1);
  CHECK_FALSE(page.column(Seat::left).loaded);
  page.engine.run();
  CHECK(page.column(Seat::left).loaded->model == "other");
}

TEST_CASE("an empty text asks for nothing and shows nothing old") {
  Page page;
  const std::size_t before = page.engine.sent.size();
  page.apply(state::SetText{"  \n"});
  page.apply(state::CommitText{});
  CHECK(page.engine.sent.size() == before);
  CHECK_FALSE(page.column(Seat::left).reading);
  CHECK(page.column(Seat::left).map(protocol::AttentionKind::self).values.empty());
  page.apply(state::SetText{"Back"});
  page.apply(state::CommitText{});
  page.engine.run();
  CHECK(page.column(Seat::left).reading);
}

TEST_CASE("broken UTF-8 is repaired, and a text beyond all limits is cut between characters and told") {
  Page page;
  page.apply(state::SetText{"a\xFF" "b"});
  CHECK(page.state().document.text == "a\uFFFDb");
  std::string long_text(state::kMaxTextBytes - 1, 'x');
  long_text += "é and more";
  page.apply(state::SetText{long_text});
  CHECK(page.state().document.text.size() == state::kMaxTextBytes - 1);
  CHECK(page.state().notice);
  page.apply(state::DismissNotice{});
  CHECK_FALSE(page.state().notice);
}

TEST_CASE("another layer asks for that map alone, and keeps the old one dimmed until it is there") {
  Page page;
  const auto version = page.column(Seat::middle).map(protocol::AttentionKind::self).version;
  page.apply(state::SelectMap{Seat::middle, protocol::AttentionKind::self, {.layer = 2, .head = 1}});
  REQUIRE(page.engine.waiting.size() == 1);
  const auto& request = std::get<protocol::Attention>(page.engine.waiting.front().request);
  CHECK(request.layer == 2);
  CHECK(request.head == 1);
  CHECK(request.as_read);
  const state::MapState& map = page.column(Seat::middle).map(protocol::AttentionKind::self);
  CHECK(map.stale);
  CHECK_FALSE(map.values.empty());
  page.engine.run();
  CHECK_FALSE(map.stale);
  CHECK(map.version > version);
  CHECK_FALSE(page.column(Seat::left).map(protocol::AttentionKind::self).stale);
}

TEST_CASE("a layer that does not exist is the mean, and a family has only its own kinds") {
  Page page;
  page.apply(state::SelectMap{Seat::middle, protocol::AttentionKind::self, {.layer = 99, .head = {}}});
  page.apply(state::SelectMap{Seat::middle, protocol::AttentionKind::cross, {.layer = 1, .head = {}}});
  CHECK(page.engine.waiting.empty());
}

TEST_CASE("a map whose rows do not fit is an error of ours, not a crash") {
  Page page;
  page.apply(state::SelectMap{Seat::left, protocol::AttentionKind::self, {.layer = 1, .head = {}}});
  auto map = testing::map_of(std::get<protocol::Attention>(page.engine.waiting.front().request), Family::encoder);
  map.values.back().pop_back();
  page.engine.give(page.engine.waiting.front().id, map);
  REQUIRE(page.column(Seat::left).map(protocol::AttentionKind::self).trouble);
  CHECK(page.column(Seat::left).map(protocol::AttentionKind::self).trouble->error.code == ErrorCode::internal);
}

TEST_CASE("without a blank a click hides another word of the encoder's") {
  Page page;
  page.apply(state::SetText{"all is well"});
  page.apply(state::CommitText{});
  page.engine.run();
  REQUIRE(page.column(Seat::left).reading->task == "guess");
  page.apply(state::SelectToken{Seat::left, 0});  // [CLS] is no word
  CHECK(page.engine.waiting.empty());
  page.apply(state::SelectToken{Seat::left, 1});
  REQUIRE(page.engine.count<protocol::Read>() == 1);
  CHECK(std::get<protocol::Read>(page.engine.waiting.front().request).token == 1);
  page.engine.run();
  CHECK(page.column(Seat::left).reading->predictions.front().position == 1);
}

TEST_CASE("when the worker dies the text stays, and a new one loads and reads again") {
  Page page;
  page.script(R"({"type":"generate","family":"decoder","text":"x"})", 7);
  page.store.engine_lost({ErrorCode::runtime_failed, "The worker stopped.", {}}, true, 5);
  page.engine.waiting.clear();
  page.engine.collect();
  CHECK(page.engine.rejected[7] == "runtime_failed");
  CHECK(page.engine.count<protocol::Load>() == 3);
  CHECK(page.column(Seat::left).reading_stale);
  page.engine.run();
  CHECK_FALSE(page.column(Seat::left).reading_stale);
  CHECK(page.state().document.text == "The dog ___ tired.");

  page.store.engine_lost({ErrorCode::runtime_failed, "The worker stopped.", {}}, false, 6);
  CHECK(page.state().engine_trouble);
  page.script(R"({"type":"tokenize","family":"decoder","text":"x"})", 8);
  CHECK(page.engine.rejected[8] == "runtime_failed");
}

}  // namespace

TEST_CASE("a model of any family may sit in any seat: two of one family side by side") {
  Page page;
  page.apply(state::Hover{state::mark_of(Seat::middle, state::Side::text, {.id = 0, .text = "[CLS]", .display = "", .start = 0, .end = 0}, 0)});
  page.apply(state::Step{});
  page.engine.run();
  REQUIRE(page.column(Seat::middle).generation.advanced == 1);
  page.apply(state::LoadModel{Seat::middle, {}, "somebody/distilbert@main", protocol::ProviderChoice::wasm});
  CHECK(page.column(Seat::middle).family == Family::decoder);  // until the other one is there
  page.engine.run();
  const ColumnState& column = page.column(Seat::middle);
  CHECK(column.family == Family::encoder);
  CHECK(column.loaded->model == "somebody/distilbert@main");
  CHECK(column.reading->tokens.front().text == "[CLS]");
  CHECK(page.column(Seat::left).reading->tokens.size() == column.reading->tokens.size());
  CHECK(column.generation.advanced == 0);
  CHECK_FALSE(page.state().hover);  // what it pointed at is gone
  CHECK(state::known_steps(page.state(), Seat::middle) == 1);

  // Each reads for itself, under its own seat.
  page.apply(state::SetText{"all is well"});
  page.apply(state::CommitText{});
  page.engine.run();
  page.apply(state::SelectToken{Seat::middle, 1});
  page.engine.run();
  CHECK(page.column(Seat::middle).guess == 1);
  CHECK_FALSE(page.column(Seat::left).guess);

  // Another provider for the same model; and the bundled one again.
  page.apply(state::UseProvider{Seat::middle, protocol::ProviderChoice::automatic});
  CHECK(std::get<protocol::Load>(page.engine.find<protocol::Load>(Seat::middle)->request).model == "somebody/distilbert@main");
  page.engine.run();
  page.apply(state::LoadModel{Seat::middle});
  page.engine.run();
  CHECK(page.column(Seat::middle).family == Family::decoder);
  CHECK(page.column(Seat::middle).reading->task == "continue");
}

TEST_CASE("scripts name a seat, or a family and mean its home") {
  Page page;
  page.script(R"({"type":"load","seat":"left","model":"somebody/distilgpt2"})", 1);
  CHECK(page.engine.find<protocol::Load>(Seat::left) != nullptr);
  CHECK_FALSE(std::get<protocol::Load>(page.engine.find<protocol::Load>(Seat::left)->request).family);
  page.script(R"({"type":"load","family":"decoder","model":"x"})", 2);
  CHECK(std::get<protocol::Load>(page.engine.find<protocol::Load>(Seat::middle)->request).family == Family::decoder);
  page.script(R"({"type":"load","seat":"top"})", 3);
  CHECK(page.engine.rejected.at(3) == "invalid_argument");
  CHECK(page.engine.messages.back().find("left, middle or right") != std::string::npos);
}

}  // namespace trilens
