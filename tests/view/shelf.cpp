#include <nlohmann/json.hpp>

#include "view/support.hpp"

namespace trilens {
namespace {

using testing::Page;
using testing::words;

std::vector<state::CatalogModel> catalog() { return *state::parse_catalog(testing::file_text("assets/catalog.json")); }

// A page with the real catalog, the middle shelf open, and a plan for a BERT asked about.
struct Asked : Page {
  explicit Asked(const std::string& name = "owner/bert") : Page(true, testing::kExamples, catalog()) {
    apply(state::OpenShelf{Seat::middle});
    apply(state::ChooseModel{.name = name});
    engine.run();
  }
};

view::ShelfView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings).shelf; }

TEST_CASE("the column's head names its model, opens its shelf, and leads back to the bundled one") {
  const view::Strings en = words("en");
  Asked page;
  const auto head = [&] { return view::build_page(page.state(), en).columns[1].head; };
  CHECK(head().shelf_open);
  page.apply(state::ConfirmFetch{});
  page.engine.run();
  CHECK(head().model == "bert");
  CHECK(head().title == "Encoder · bert");
  CHECK(head().family.family == Family::encoder);
  CHECK(head().back_label == "Back to trilens-gpt2");
  CHECK_FALSE(head().shelf_open);
  page.apply(state::ChooseModel{Seat::middle, "trilens-gpt2"});
  page.engine.run();
  CHECK(head().back_label.empty());
}

TEST_CASE("the card says what it is, which variant and why, what it takes, and asks with bytes and host") {
  const view::Strings en = words("en");
  Asked page;
  const view::ShelfView v = look(page, en);
  REQUIRE(v.card);
  CHECK(v.card->question == "Fetch 110.0\u202FMB from hub.example?");
  CHECK(v.card->fetch_label == "Fetch");
  CHECK(v.card->decline_label == "Not now");
  CHECK(v.card->from == "main at 5f2a9d1, from hub.example");
  CHECK(v.card->variant.starts_with("q8, on wasm: There is no WebGPU"));
  REQUIRE(v.card->variants.size() == 3);
  CHECK(v.card->variants[0].selected);
  CHECK_FALSE(v.card->variants[2].usable);
  std::string facts;
  for (const auto& fact : v.card->facts) facts += fact.label + "=" + fact.value + ";";
  CHECK(facts.find("What it is=Encoder · bert;Size=12 layers · 12 heads · width 768 · 30\u202F522 pieces known") == 0);
  CHECK(facts.find("Licence=apache-2.0") != std::string::npos);
  CHECK(facts.find("Memory=About 238.0\u202FMB while it is loaded. The file, the runtime's copy") != std::string::npos);
  CHECK(look(page, words("nb")).card->question == "Hente 110,0\u202FMB fra hub.example?");
}

TEST_CASE("fetching tells bytes, speed and time left; after a stop it says what is here and offers to go on") {
  const view::Strings en = words("en");
  Asked page;
  page.apply(state::ConfirmFetch{});
  CHECK(look(page, en).card->progress->sentence == "Fetching: 0\u202FB of 110.0\u202FMB");
  page.store.receive({page.engine.find<protocol::FetchModel>()->id, protocol::Progress{"fetch", "m", 27'500'000, 110'000'000, 5'000'000, 16.5}}, 0);
  const auto card = look(page, en).card;
  REQUIRE(card->progress);
  CHECK(card->progress->fraction == 0.25);
  CHECK(card->progress->sentence == "Fetching: 27.5\u202FMB of 110.0\u202FMB · 5.0\u202FMB/s · 17\u202Fs left");
  CHECK(card->question.empty());
  page.apply(state::StopFetch{});
  page.engine.run();
  CHECK(look(page, en).card->question == "Stopped: 27.5\u202FMB of 110.0\u202FMB are here. Go on fetching from hub.example?");
  CHECK(look(page, en).card->fetch_label == "Go on");
}

TEST_CASE("an error stands in the card with what to do, and offers again only where that may help") {
  const view::Strings en = words("en");
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    Page page;
    page.apply(state::OpenShelf{Seat::left});
    page.apply(state::ChooseModel{.name = "owner/bert"});
    page.engine.fail(page.engine.find<protocol::PlanModel>()->id, static_cast<ErrorCode>(code), "Why.");
    const auto card = look(page, en).card;
    REQUIRE(card);
    REQUIRE(card->trouble);
    CHECK(card->trouble->sentence == "Why.");
    CHECK(card->trouble->offers.empty());
    CHECK(card->question.empty());
    CHECK(card->fetch_label.empty());
    CHECK(card->again_label.empty() == (card->trouble->code == "invalid_argument" || card->trouble->code == "model_unsupported" || card->trouble->code == "model_malformed"));
  }
  CHECK(en.has("shelf.help.model_gated"));
}

TEST_CASE("what is kept is listed with its bytes, its sum, the quota, and whether it stays") {
  const view::Strings en = words("en");
  Page page;
  page.engine.shelf = {.persistent = false, .why = "This is a private window.", .models_bytes = 550'000'000, .used_bytes = 600'000'000, .quota_bytes = 60'000'000'000, .models = {}};
  protocol::StoredModel whole = testing::stored_of(testing::plan_of({"owner/bert", "", "fp32"}));
  protocol::StoredModel part = testing::stored_of(testing::plan_of({"owner/gpt", "", ""}));
  part.complete = false;
  protocol::StoredModel broken = part;
  broken.key = "broken";
  broken.family.reset();
  broken.damaged = true;
  page.engine.shelf.models = {whole, part, broken};
  page.apply(state::OpenShelf{Seat::left});
  CHECK(look(page, en).kept_sum == "Looking…");
  page.engine.run();
  view::ShelfView v = look(page, en);
  CHECK(v.kept_sum == "550.0\u202FMB in 3 models · The browser lets this site use 60.0\u202FGB; 600.0\u202FMB are used.");
  CHECK(v.kept_note == "What is kept may not outlast this page. This is a private window.");
  REQUIRE(v.kept.size() == 3);
  CHECK(v.kept[0].title == "owner/bert");
  CHECK(v.kept[0].facts == "fp32 · 440.0\u202FMB · hub.example · 2026-09-21");
  CHECK(v.kept[0].action == "Use it");
  CHECK(v.kept[1].action == "Go on fetching…");
  CHECK(v.kept[1].badge == "incomplete");
  CHECK(v.kept[2].action.empty());
  CHECK_FALSE(v.kept[2].remove_label.empty());
  page.apply(state::AskRemove{"key-owner/bert"});
  v = look(page, en);
  CHECK(v.kept[0].asks);
  CHECK(v.kept[0].question == "Remove 440.0\u202FMB? Using it again means fetching it again.");
  CHECK_FALSE(v.kept[1].asks);
}

TEST_CASE("the catalog is narrowed by chips, and says honestly what was not tried") {
  const view::Strings en = words("en");
  Page page(true, testing::kExamples, catalog());
  CHECK_FALSE(look(page, en).open);
  page.apply(state::OpenShelf{Seat::left});
  page.engine.run();
  const std::size_t all = look(page, en).catalog.size();
  CHECK(all == catalog().size());
  CHECK(look(page, en).catalog.front().badge == "not tried here");
  CHECK(look(page, en).catalog.front().facts.find("110.0\u202FM parameters · 110.0\u202FMB to 440.0\u202FMB · apache-2.0 · English") == 0);
  page.apply(state::FilterCatalog{view::chosen_filter(page.state().shelf.filter, "family", "decoder")});
  page.apply(state::FilterCatalog{view::chosen_filter(page.state().shelf.filter, "most_bytes", "100000000")});
  view::ShelfView v = look(page, en);
  REQUIRE(v.catalog.size() == 1);
  CHECK(v.catalog[0].name == "Xenova/distilgpt2");
  CHECK(v.filters[0].choices[2].selected);
  page.apply(state::FilterCatalog{view::chosen_filter(page.state().shelf.filter, "task", "translate")});
  CHECK(look(page, en).catalog.empty());
  CHECK_FALSE(look(page, en).catalog_none.empty());
  page.apply(state::FilterCatalog{view::chosen_filter(page.state().shelf.filter, "family", "")});
  CHECK_FALSE(look(page, en).catalog.empty());
}

TEST_CASE("files from disk are copied, not fetched, and carry their folder's name") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::ChooseModel{.name = "disk:1", .title = "my-model"});
  CHECK(look(page, en).card->waiting.find("this device") != std::string::npos);
  page.engine.run();
  const auto card = look(page, en).card;
  CHECK(card->title == "my-model");
  CHECK(card->from == "from this device");
  CHECK(card->question.starts_with("Copy 110.0\u202FMB into this browser"));
}

TEST_CASE("a model that failed to load leaves the one before with a way to keep it") {
  const view::Strings en = words("en");
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.engine.answer(testing::RequestMessage(*page.engine.find<protocol::FetchModel>()));
  page.engine.fail(page.engine.find<protocol::Load>()->id, ErrorCode::model_unsupported, "Its attention is fused.");
  page.engine.run();
  const view::ColumnHeadView head = view::build_page(page.state(), en).columns[1].head;
  REQUIRE(head.trouble);
  CHECK(head.trouble->title == "bert: Trilens cannot open this model");
  CHECK(head.trouble->offers.back().label == "Keep trilens-decoder");
  CHECK(head.ready);
}

TEST_CASE("the snapshot tells the shelf, open or closed, in both languages, without a word missing") {
  for (const char* language : {"en", "nb"}) {
    const view::Strings strings = words(language);
    Asked page;
    const auto json = nlohmann::json::parse(view::snapshot_json(page.state(), strings, {}));
    CHECK(json["shelf"]["open"] == true);
    CHECK(json["shelf"]["seat"] == "middle");
    CHECK(json["shelf"]["bundled"].size() == 3);
    CHECK(json["shelf"]["card"]["facts"].size() >= 6);
    CHECK(json["columns"][1]["head"]["shelf_open"] == true);
    page.apply(state::ConfirmFetch{});
    (void)view::snapshot_json(page.state(), strings, {});
    page.apply(state::CloseShelf{});
    CHECK(nlohmann::json::parse(view::snapshot_json(page.state(), strings, {}))["shelf"]["open"] == false);
    CHECK(strings.missing().empty());
  }
}

TEST_CASE("time left is told in the unit that fits") {
  CHECK(view::seconds_text(0.2) == "1\u202Fs");
  CHECK(view::seconds_text(89) == "89\u202Fs");
  CHECK(view::seconds_text(125) == "2\u202Fmin");
  CHECK(view::seconds_text(7200) == "2\u202Fh");
  CHECK(view::seconds_text(1.0 / 0.0) == view::kNothing);
}

}  // namespace
}  // namespace trilens
