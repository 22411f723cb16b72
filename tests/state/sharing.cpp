#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "scripted_engine.hpp"
#include "state/share.hpp"

namespace trilens {
namespace {

using nlohmann::json;
using state::parse_shared;
using testing::Page;

std::string refusal(const json& page) {
  const auto shared = parse_shared(page.dump());
  return shared ? std::string() : shared.error().message;
}

Page travelled() {
  Page page;
  page.apply(state::SetText{"A ___ with \"quotes\" and ø."});
  page.apply(state::CommitText{});
  page.engine.run();
  page.apply(state::SetOption{"temperature", 0.7});
  page.apply(state::SetOption{"strategy", std::string("sample")});
  page.apply(state::LoadModel{Seat::middle, {}, "somebody/distilbert@main", protocol::ProviderChoice::wasm});
  page.engine.run();
  page.apply(state::SelectMap{Seat::right, protocol::AttentionKind::cross, {.layer = 2, .head = 1}});
  page.apply(state::ChooseLeak{{.begin = 2, .replacement = "cat"}});
  page.engine.run();
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::Step{});
  page.engine.run();
  page.apply(state::SelectTab{state::Tab::attention});
  page.engine.run();
  protocol::Switches cut;
  cut.connection = 0;
  cut.decoder_self.mask = protocol::MaskChoice::bidirectional;
  page.apply(state::SetSwitches{Seat::right, cut});
  page.engine.run();
  state::HeadsChoice heads;
  heads.order = state::HeadOrder::previous;
  heads.threshold = 0.25;
  heads.kind[seat_index(Seat::right)] = protocol::AttentionKind::self;
  page.apply(state::ChooseHeads{heads});
  page.apply(state::SetItems{{"cat", "dog"}});
  state::SpaceChoice space;
  space.layer = 3;
  space.question = "Who?";
  page.apply(state::ChooseSpace{space});
  page.apply(state::ChooseAnswer{{.questions = {"Where?"}, .blank = {}, .labels = {"yes", "no"}, .sentences = {}}});
  page.apply(state::MoveLens{Seat::left, 2});
  page.apply(state::FillOneByOne{true});
  page.apply(state::ChooseTokens{{.word = 2, .bytes = true}});
  page.apply(state::ChooseCost{{.quantity = state::CostQuantity::flops, .logarithmic = false}});
  page.apply(state::ShadeMachine{state::MachineShade::norms});
  state::NumbersChoice numbers;
  numbers.kind = protocol::AttentionKind::cross;
  numbers.key = 1;
  page.apply(state::ChooseNumbers{Seat::right, numbers});
  page.engine.run();
  for (int i = 0; i < 2; ++i) {  // the settings above begin the clock anew
    page.apply(state::Step{});
    page.engine.run();
  }
  return page;
}

}  // namespace

TEST_CASE("a shared page opens elsewhere as the same page") {
  const Page here = travelled();
  REQUIRE(here.state().clock.cursor == 2);
  const std::string link = state::shared_json(here.state());

  Page there;
  there.apply(state::OpenShared{link});
  CHECK(there.state().document.text == "A ___ with \"quotes\" and ø.");
  const auto& load = std::get<protocol::Load>(there.engine.find<protocol::Load>(Seat::middle)->request);
  CHECK(load.model == "somebody/distilbert@main");
  CHECK(there.engine.find<protocol::Load>(Seat::left) == nullptr);  // already there
  there.engine.run();
  CHECK(there.state().tab == state::Tab::attention);
  CHECK(there.state().clock.cursor == 2);
  CHECK(there.state().document.options.temperature == 0.7);
  CHECK(there.state().document.options.strategy == protocol::Strategy::sample);
  CHECK(there.column(Seat::right).map(protocol::AttentionKind::cross).choice == state::MapChoice{2, 1});
  CHECK(there.state().leak.replacement == "cat");
  CHECK(there.state().heads.order == state::HeadOrder::previous);
  CHECK(there.state().heads.kind[seat_index(Seat::right)] == protocol::AttentionKind::self);
  CHECK(there.state().document.items == std::vector<std::string>{"cat", "dog"});
  CHECK(there.state().space.layer == 3);
  CHECK(there.state().answer.chosen.labels == std::vector<std::string>{"yes", "no"});
  CHECK(there.state().document.switches[seat_index(Seat::right)].connection == 0);
  CHECK(there.state().document.one_by_one);
  CHECK(state::lens_first(there.state(), Seat::left) == 2);
  CHECK(there.state().tokens == state::TokensChoice{.word = 2, .bytes = true});
  CHECK(there.state().cost.choice.quantity == state::CostQuantity::flops);
  CHECK(there.state().cost.press.presses == 0);  // a link measures nothing
  CHECK(there.state().machine_shade == state::MachineShade::norms);
  CHECK(state::numbers_choice(there.state(), Seat::right).key == 1);
  CHECK(state::shared_json(there.state()) == link);

  there.apply(state::Undo{});  // what was on screen before is not lost
  CHECK(there.state().document.text == "The dog ___ tired.");
}

TEST_CASE("a page may begin with what its address holds") {
  const std::string link = state::shared_json(travelled().state());
  state::Store store({.examples = testing::kExamples, .shared = link});
  testing::ScriptedEngine engine(store);
  store.start(0);
  engine.collect();
  engine.run();
  CHECK(state::shared_json(store.state()) == link);
  CHECK_FALSE(store.state().notice);
}

TEST_CASE("what a hostile or a newer link says is refused by name, and the page stays as it is") {
  const json good = json::parse(state::shared_json(travelled().state()));
  CHECK(refusal(good).empty());
  const auto with = [&](const char* name, const json& value) {
    json page = good;
    page[name] = value;
    return refusal(page);
  };
  CHECK(with("script", "alert(1)").find("`script`") != std::string::npos);
  CHECK(with("trilens", 2).find("another version") != std::string::npos);
  CHECK(with("text", 7).find("`text`") != std::string::npos);
  CHECK(with("text", std::string(state::kMaxTextBytes + 1, 'a')).find("`text`") != std::string::npos);
  CHECK(with("tab", "secrets").find("`tab`") != std::string::npos);
  CHECK(with("heads", {{"order", "loud"}}).find("`order`") != std::string::npos);
  CHECK(with("heads", {{"threshold", 7}}).find("`threshold`") != std::string::npos);
  CHECK(with("space", {{"layer", -1}}).find("`layer`") != std::string::npos);
  CHECK(with("space", {{"url", "x"}}).find("`url`") != std::string::npos);
  CHECK(with("items", json::array({1})).find("`items`") != std::string::npos);
  CHECK(with("answer", {{"labels", "x"}}).find("`labels`") != std::string::npos);
  CHECK(with("tokens", {{"word", 99999}}).find("`word`") != std::string::npos);
  CHECK(with("cost", {{"quantity", "money"}}).find("`quantity`") != std::string::npos);
  CHECK(with("machine_shade", "dark").find("`machine_shade`") != std::string::npos);
  CHECK(with("one_by_one", 1).find("`one_by_one`") != std::string::npos);
  CHECK(with("cursor", -1).find("`cursor`") != std::string::npos);
  CHECK(with("cursor", 1e300).find("`cursor`") != std::string::npos);
  CHECK(with("options", {{"temperature", -1}}).find("temperature") != std::string::npos);
  CHECK(with("options", {{"temperature", json::array()}}).find("temperature") != std::string::npos);
  CHECK(with("seats", json::array({1, 2, 3})).find("object") != std::string::npos);
  CHECK(with("seats", json::array()).find("`seats`") != std::string::npos);
  json seats = good["seats"];
  seats[0]["maps"] = json::array({{{"kind", "self"}, {"layer", 99999}}});
  CHECK(with("seats", seats).find("`layer`") != std::string::npos);
  seats = good["seats"];
  seats[0]["url"] = "https://example.org/model.onnx";
  CHECK(with("seats", seats).find("`url`") != std::string::npos);
  CHECK_FALSE(parse_shared(good.dump().substr(0, 40)).has_value());
  CHECK_FALSE(parse_shared(std::string(state::kMaxSharedBytes + 1, ' ')).has_value());

  Page page;
  page.apply(state::OpenShared{R"({"trilens":1,"text":"x","more":1})"});
  REQUIRE(page.state().notice);
  CHECK(page.state().notice->key == "notice.link_refused");
  CHECK(page.state().document.text == "The dog ___ tired.");
}

TEST_CASE("a model from this device's disk is not part of what is shared") {
  Page page;
  page.apply(state::LoadModel{Seat::left, {}, "disk:1"});
  page.engine.run();
  CHECK(json::parse(state::shared_json(page.state()))["seats"][0]["model"] == "");
}

}  // namespace trilens
