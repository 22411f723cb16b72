#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "state/scripted_engine.hpp"

namespace trilens {
namespace {

using nlohmann::json;
using state::Getting;
using testing::Page;

const state::ShelfState& shelf(const Page& page) { return page.state().shelf; }
const state::GettingState& getting(const Page& page) { return page.state().shelf.getting; }

template <class R>
std::size_t sent(const Page& page) {
  return static_cast<std::size_t>(std::ranges::count_if(page.engine.sent, [](const auto& m) { return std::holds_alternative<R>(m.request); }));
}

// The right seat's shelf is open and asks about a BERT.
struct Asked : Page {
  Asked() {
    apply(state::OpenShelf{Seat::right});
    apply(state::ChooseModel{.name = " owner/bert "});
    engine.run();
  }
};

TEST_CASE("a name that is not here becomes a plan and a question; nothing is fetched before the answer") {
  Page page;
  page.apply(state::OpenShelf{Seat::right});
  CHECK(page.engine.count<protocol::StoredModels>() == 1);
  page.apply(state::ChooseModel{.name = " owner/bert "});
  CHECK(getting(page).stage == Getting::planning);
  const auto* request = page.engine.find<protocol::PlanModel>();
  REQUIRE(request != nullptr);
  CHECK(std::get<protocol::PlanModel>(request->request).name == "owner/bert");
  page.engine.run();
  CHECK(getting(page).stage == Getting::asking);
  REQUIRE(getting(page).plan);
  CHECK(getting(page).plan->total_bytes == 110'000'000);
  CHECK(sent<protocol::FetchModel>(page) == 0);
}

TEST_CASE("after yes it is fetched with progress, loaded into the seat, and kept") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  const auto* fetch = page.engine.find<protocol::FetchModel>();
  REQUIRE(fetch != nullptr);
  CHECK(std::get<protocol::FetchModel>(fetch->request).plan == 7);
  page.store.receive({fetch->id, protocol::Progress{"fetch", "onnx/model.onnx", 40, 100, 20, 3}}, 0);
  REQUIRE(getting(page).progress);
  CHECK(getting(page).progress->bytes_per_second == 20);
  page.engine.run();
  CHECK(getting(page).stage == Getting::nothing);
  CHECK_FALSE(shelf(page).open);
  CHECK(page.column(Seat::right).loaded->model == "owner/bert@main");
  CHECK(page.column(Seat::right).family == Family::encoder);
  REQUIRE(shelf(page).kept);
  CHECK(shelf(page).kept->models.size() == 1);
  CHECK(page.column(Seat::left).loaded->model == "trilens-encoder");
}

TEST_CASE("what is kept or bundled is loaded at once, without a question") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.engine.run();
  const std::size_t plans = sent<protocol::PlanModel>(page);
  page.apply(state::ChooseModel{Seat::middle, "owner/bert"});
  page.engine.run();
  CHECK(page.column(Seat::middle).loaded->model == "owner/bert@main");
  page.apply(state::ChooseModel{Seat::right, "trilens-t5"});
  page.engine.run();
  CHECK(page.column(Seat::right).loaded->model == "trilens-t5");
  CHECK(sent<protocol::PlanModel>(page) == plans);
}

TEST_CASE("a fetch that is stopped keeps its place, and goes on with the same plan") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.store.receive({page.engine.find<protocol::FetchModel>()->id, protocol::Progress{"fetch", "model.onnx", 40, 100}}, 0);
  page.apply(state::StopFetch{});
  page.engine.run();
  CHECK(getting(page).stage == Getting::asking);
  CHECK(getting(page).stopped);
  CHECK_FALSE(getting(page).error);
  CHECK(getting(page).progress->loaded_bytes == 40);
  page.apply(state::GetAgain{});
  CHECK(getting(page).stage == Getting::fetching);
  CHECK(sent<protocol::PlanModel>(page) == 1);
  page.engine.run();
  CHECK(page.column(Seat::right).loaded->model == "owner/bert@main");
}

TEST_CASE("a fetch that fails says why in place, and again means fetching again") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.engine.fail(page.engine.find<protocol::FetchModel>()->id, ErrorCode::storage_full, "There is no room.");
  REQUIRE(getting(page).error);
  CHECK(getting(page).error->code == ErrorCode::storage_full);
  CHECK(getting(page).plan);
  CHECK(page.column(Seat::right).loaded->model == "trilens-encoder_decoder");
  page.apply(state::GetAgain{});
  CHECK(page.engine.count<protocol::FetchModel>() == 1);
}

TEST_CASE("a plan that fails says why, and again means planning again") {
  Page page;
  page.apply(state::OpenShelf{Seat::left});
  page.apply(state::ChooseModel{.name = "owner/secret"});
  page.engine.fail(page.engine.find<protocol::PlanModel>()->id, ErrorCode::model_gated, "Its host asks for a log-in.");
  CHECK(getting(page).error->code == ErrorCode::model_gated);
  CHECK_FALSE(getting(page).plan);
  page.apply(state::ConfirmFetch{});  // there is nothing to say yes to
  CHECK(sent<protocol::FetchModel>(page) == 0);
  page.apply(state::GetAgain{});
  CHECK(page.engine.count<protocol::PlanModel>() == 1);
  page.apply(state::DeclinePlan{});
  page.engine.run();
  CHECK(getting(page).stage == Getting::nothing);
}

TEST_CASE("another variant is planned anew, and its answer alone is taken") {
  Asked page;
  page.apply(state::ChooseVariant{"fp32"});
  CHECK(std::get<protocol::PlanModel>(page.engine.find<protocol::PlanModel>()->request).variant == "fp32");
  CHECK(getting(page).plan);  // the one before stays to be read
  page.apply(state::ConfirmFetch{});
  CHECK(sent<protocol::FetchModel>(page) == 0);
  page.engine.run();
  CHECK(getting(page).plan->total_bytes == 440'000'000);
}

TEST_CASE("a model that does not load leaves the one before in its place, also after the engine is replaced") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.engine.answer(testing::RequestMessage(*page.engine.find<protocol::FetchModel>()));
  page.engine.fail(page.engine.find<protocol::Load>()->id, ErrorCode::model_unsupported, "Its attention is fused.");
  page.engine.run();
  const state::ColumnState& column = page.column(Seat::right);
  CHECK(column.loaded->model == "trilens-encoder_decoder");
  CHECK(column.load_trouble->error.code == ErrorCode::model_unsupported);
  CHECK(column.failed_model == "owner/bert@main");
  CHECK_FALSE(column.reading_stale);
  page.apply(state::Retry{Seat::right});
  CHECK(std::get<protocol::Load>(page.engine.find<protocol::Load>()->request).model == "owner/bert@main");
  page.engine.fail(page.engine.find<protocol::Load>()->id, ErrorCode::model_unsupported, "Its attention is fused.");
  page.engine.run();
  page.apply(state::KeepModel{Seat::right});
  CHECK_FALSE(column.load_trouble);
  page.store.engine_lost({ErrorCode::runtime_failed, "It died.", {}}, true, 0);
  page.engine.collect();
  CHECK(std::get<protocol::Load>(page.engine.find<protocol::Load>(Seat::right)->request).model == "trilens-encoder_decoder");
}

TEST_CASE("closing the shelf withdraws the question, and leaves a fetch alone") {
  Asked page;
  page.apply(state::CloseShelf{});
  CHECK(getting(page).stage == Getting::nothing);
  page.apply(state::OpenShelf{Seat::right});
  page.apply(state::ChooseModel{.name = "owner/bert"});
  page.engine.run();
  page.apply(state::ConfirmFetch{});
  page.apply(state::ClearSelection{});  // Escape
  CHECK_FALSE(shelf(page).open);
  CHECK(getting(page).stage == Getting::fetching);
  page.engine.run();
  CHECK(page.column(Seat::right).loaded->model == "owner/bert@main");
}

TEST_CASE("what was dropped with no shelf open goes to its family's home") {
  Page page;
  page.apply(state::ChooseModel{.name = "disk:1", .title = "my-gpt"});
  CHECK(shelf(page).open);
  protocol::ModelPlan plan = testing::plan_of({"disk:1", "", ""});
  plan.family = Family::decoder;
  page.engine.give(page.engine.find<protocol::PlanModel>()->id, plan);
  CHECK(getting(page).seat == Seat::middle);
  CHECK(getting(page).title == "my-gpt");
}

TEST_CASE("a kept model is removed after a question in place") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.engine.run();
  page.apply(state::OpenShelf{Seat::left});
  page.engine.run();
  page.apply(state::AskRemove{"key-owner/bert"});
  CHECK(sent<protocol::RemoveModel>(page) == 0);
  page.apply(state::AskRemove{""});
  page.apply(state::RemoveKept{"key-owner/bert"});
  page.engine.run();
  CHECK(shelf(page).kept->models.empty());
  CHECK(shelf(page).removing.empty());
}

TEST_CASE("the engine's loss turns a plan into an error that plans again") {
  Asked page;
  page.apply(state::ConfirmFetch{});
  page.store.engine_lost({ErrorCode::runtime_failed, "It died.", {}}, true, 0);
  page.engine.waiting.clear();
  CHECK(getting(page).stage == Getting::asking);
  CHECK(getting(page).error->message == "It died.");
  page.apply(state::GetAgain{});
  CHECK(page.engine.count<protocol::PlanModel>() == 1);
}

TEST_CASE("the school's server is asked, and remembered") {
  Page page;
  page.apply(state::SetServer{" https://models.school.example "});
  page.apply(state::OpenShelf{Seat::left});
  page.apply(state::ChooseModel{.name = "owner/bert"});
  CHECK(std::get<protocol::PlanModel>(page.engine.find<protocol::PlanModel>()->request).base == "https://models.school.example");
  REQUIRE_FALSE(page.engine.others.empty());
  const auto* remembered = std::get_if<state::RememberSettings>(&page.engine.others.back());
  REQUIRE(remembered != nullptr);
  const state::Store again({.settings = remembered->json});
  CHECK(again.state().shelf.server == "https://models.school.example");
}

TEST_CASE("scripts choose, confirm and pass through") {
  Page page;
  page.script(R"({"type":"open_shelf","seat":"middle"})", 1);
  CHECK(page.engine.resolved.contains(1));
  page.script(R"({"type":"choose_model","name":"owner/gpt"})", 2);
  page.engine.run();
  CHECK(json::parse(page.engine.resolved[2])["plan"] == 7);
  page.script(R"({"type":"confirm_fetch"})", 3);
  page.engine.run();
  CHECK(json::parse(page.engine.resolved[3])["name"] == "owner/gpt@main");
  CHECK(page.column(Seat::middle).loaded->model == "owner/gpt@main");
  page.script(R"({"type":"choose_model","seat":"left","name":"owner/gpt"})", 4);
  page.engine.run();
  CHECK(json::parse(page.engine.resolved[4])["model"] == "owner/gpt@main");
  page.script(R"({"type":"confirm_fetch"})", 5);
  CHECK(page.engine.rejected[5] == "invalid_argument");
  page.script(R"({"type":"plan_model","name":"owner/other"})", 6);
  page.script(R"({"type":"remove_model","key":"key-owner/gpt"})", 7);
  page.engine.run();
  CHECK(json::parse(page.engine.resolved[6])["repo"] == "owner/other");
  CHECK(getting(page).stage == Getting::nothing);  // the script's own plan is not the screen's
  CHECK(shelf(page).kept->models.empty());
  page.script(R"({"type":"filter_catalog","family":"decoder","most_bytes":5})", 8);
  CHECK(shelf(page).filter == state::CatalogFilter{.family = Family::decoder, .most_bytes = 5});
}

TEST_CASE("the catalog is read, and what is wrong is named with its entry") {
  const std::string good =
      R"({"id":"a/b","title":"B","family":"decoder","tasks":["generate"],"languages":["en"],"license":"mit","parameters":5,"bytes":{"fp32":20,"q8":5},"note":"Small.","checked":false})";
  const auto models = state::parse_catalog(R"({"models":[)" + good + "]}");
  REQUIRE(models);
  CHECK(models->front().least_bytes() == 5);
  CHECK(models->front().most_bytes() == 20);
  CHECK(state::passes(models->front(), {.family = Family::decoder, .task = "generate", .language = "en", .most_bytes = 5}));
  CHECK_FALSE(state::passes(models->front(), {.most_bytes = 4}));
  CHECK_FALSE(state::passes(models->front(), {.language = "fr"}));
  CHECK_FALSE(state::passes(models->front(), {.task = "embed"}));
  for (const char* field : {"id", "title", "family", "tasks", "languages", "license", "parameters", "bytes", "note", "checked"}) {
    json broken = json::parse(good);
    broken.erase(field);
    const auto refused = state::parse_catalog(json{{"models", json::array({json::parse(good), broken})}}.dump());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(field) != std::string::npos);
    CHECK(refused.error().message.find("model 2") != std::string::npos);
  }
}

}  // namespace
}  // namespace trilens
