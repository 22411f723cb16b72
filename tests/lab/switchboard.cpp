// What the switchboard feeds. tests/fixtures/switches holds, for real graphs, the tensors of causal, window, bidirectional, silent heads and a cut
// cross-attention with what transformers makes of each; tests/scripts/switches.test.mjs runs these graphs with these tensors in ONNX Runtime
// Web. Here the settings must become those very tensors.
#include "lab/switchboard.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <variant>

#include "lab/load_model.hpp"
#include "lab/sources.hpp"

namespace trilens::lab {
namespace {

using namespace testing;
using nlohmann::json;
using onnx::AttentionKind;
using onnx::Role;

constexpr std::int64_t kHeads = 2, kPast = 4;  // tests/oracles/onnx_graphs.py

json fixture(const std::string& graph) {
  std::ifstream in(std::string(TRILENS_FIXTURES) + "/switches/" + graph + ".json", std::ios::binary);
  return json::parse(in);
}

// The switches as src/onnx lists them.
std::vector<onnx::Switch> switches_of(const json& graph) {
  std::vector<onnx::Switch> out;
  for (const json& s : graph["switches"]) {
    onnx::Switch one;
    one.name = s["name"];
    one.layers = s["layers"];
    one.element_type = s["type"];
    one.rest_dims = s["rest_dims"].get<std::vector<std::int64_t>>();
    one.rest = s["rest"];
    one.lowest = s["lowest"];
    for (const AttentionKind kind : {AttentionKind::self, AttentionKind::decoder_self, AttentionKind::cross}) {
      if (s["kind"] == onnx::kind_name(kind)) one.kind = kind;
    }
    for (const Role role : {Role::bias, Role::own_mask, Role::heads, Role::connection}) {
      if (s["role"] == onnx::role_name(role)) one.role = role;
    }
    out.push_back(std::move(one));
  }
  return out;
}

class NamedInputs final : public infer::Session {
 public:
  explicit NamedInputs(const std::vector<onnx::Switch>& switches) {
    for (const onnx::Switch& s : switches) names_.push_back(s.name);
  }
  infer::Provider provider() const override { return infer::Provider::wasm; }
  const std::vector<std::string>& inputs() const override { return names_; }
  const std::vector<std::string>& outputs() const override { return names_; }
  Task<Result<std::vector<infer::Value>>> run(std::vector<infer::Feed>, std::vector<std::string>) override {
    co_return fail(ErrorCode::internal, "No.");
  }

 private:
  std::vector<std::string> names_;
};

void same(const Tensor& made, const json& wanted) {
  REQUIRE(made.shape() == wanted["dims"].get<Shape>());
  for (std::size_t i = 0; i < made.size(); ++i) {
    CAPTURE(i);
    if (wanted["type"] == "bool") {
      CHECK((made.data<std::uint8_t>()[i] != 0) == wanted["data"][i].get<bool>());
    } else {
      CHECK(made.data<float>()[i] == wanted["data"][i].get<float>());
    }
  }
}

// All switches are fed: those of the case as the fixture has them, all others at rest.
void same_feeds(const std::vector<onnx::Switch>& switches, const json& wanted, const SwitchSettings& settings, RunShape shape) {
  const NamedInputs session(switches);
  Inputs in(session);
  give_switches(in, switches, settings, shape, kHeads);
  REQUIRE(in.feeds().size() == switches.size());
  for (std::size_t i = 0; i < switches.size(); ++i) {
    const onnx::Switch& s = switches[i];
    CAPTURE(s.name);
    const Tensor& made = *std::get<const Tensor*>(in.feeds()[i].value);
    const json rest{{"type", s.element_type == 9 ? "bool" : "float32"},
                    {"dims", s.rest_dims},
                    {"data", json::array({s.element_type == 9 ? json(s.rest != 0) : json(s.rest)})}};
    same(made, wanted.contains(s.name) ? wanted[s.name] : rest);
  }
}

AttentionSettings& settings_of(SwitchSettings& all, const std::string& kind) {
  return kind == "self" ? all.self : kind == "cross" ? all.cross : all.decoder_self;
}

// Settings of a case of switches_oracle.py; false where it is not one that settings can say.
bool settings_for(const std::string& name, SwitchSettings& out) {
  if (name == "rest") return true;
  if (name == "cross cut") {
    out.connection = 0;
    return true;
  }
  const std::string kind = name.substr(0, name.find(' '));
  const std::string what = name.substr(kind.size() + 1);
  AttentionSettings& of = settings_of(out, kind);
  if (what == "without its own mask") of.mask = Mask::bidirectional;
  if (what == "causal") of.mask = Mask::causal;
  if (what == "window") of = {.mask = Mask::window, .window = 2, .heads = {}};
  if (what == "heads") of.heads = {{0, 1}, {1.5F, -0.5F}};
  return !(of == AttentionSettings{});
}

}  // namespace

TEST_CASE("settings become the tensors that were checked against transformers in the real runtime") {
  std::size_t compared = 0;
  for (const std::string graph : {"bert_opset14", "bert_dynamo", "gpt2_opset14", "gpt2_sdpa", "t5_encoder", "t5_merged", "bart_merged"}) {
    const json all = fixture(graph);
    const std::vector<onnx::Switch> switches = switches_of(all);
    for (const json& run : all["runs"]) {
      const bool cached = graph.starts_with("gpt2") || run["name"] == "later step";
      const std::int64_t source =
          run["feeds"].contains("encoder_attention_mask") ? run["feeds"]["encoder_attention_mask"]["dims"][1].get<std::int64_t>() : 0;
      const std::int64_t past = cached ? run["feeds"].contains("past_key_values.0.key")
                                             ? run["feeds"]["past_key_values.0.key"]["dims"][2].get<std::int64_t>()
                                             : run["feeds"]["past_key_values.0.decoder.key"]["dims"][2].get<std::int64_t>()
                                       : 0;
      const RunShape shape{.queries = run["feeds"]["input_ids"]["dims"][1].get<std::int64_t>(), .past = past, .source = source};
      for (const json& one : run["cases"]) {
        const std::string name = one["name"];
        CAPTURE(graph, run["name"].get<std::string>(), name);
        SwitchSettings settings;
        if (!settings_for(name, settings)) continue;
        same_feeds(switches, one["switches"], settings, shape);
        ++compared;
      }
    }
  }
  CHECK(compared >= 40);
}

TEST_CASE("every run of a decoder is fed its switches, with keys as far as its cache") {
  SourceWorld world(gpt2_source());
  world.switched = true;
  auto model = world.load();
  REQUIRE(model.has_value());
  SwitchSettings settings;
  settings.self.mask = Mask::bidirectional;
  REQUIRE(set_switches(**model, settings).has_value());
  settings.self.mask = Mask::causal;
  REQUIRE(set_switches(**model, settings).has_value());
  CHECK((*model)->revision == 2);
  REQUIRE(set_switches(**model, settings).has_value());  // the same again
  CHECK((*model)->revision == 2);
  world.runtime.forget_calls();
  DecoderRun run(**model, world.runtime, std::nullopt);
  REQUIRE(run_now(run.step({1, 2, 3})).has_value());
  REQUIRE(run_now(run.step({4})).has_value());
  const auto& calls = world.runtime.calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].inputs.at("switch.self.bias") == Shape{1, 1, 1, 3, 3});
  CHECK(calls[1].inputs.at("switch.self.bias") == Shape{1, 1, 1, 1, 4});
  CHECK(calls[1].inputs.contains("switch.self.heads"));
}

TEST_CASE("switches that a model has not, or that say nothing, are refused and leave the settings as they were") {
  SourceWorld world(gpt2_source());
  world.switched = true;
  auto model = world.load();
  REQUIRE(model.has_value());
  const auto refused = [&](const std::function<void(SwitchSettings&)>& change) {
    SwitchSettings settings;
    change(settings);
    const auto set = set_switches(**model, settings);
    CHECK((*model)->switches == SwitchSettings{});
    CHECK((*model)->revision == 0);
    return set ? ErrorCode::internal : set.error().code;
  };
  CHECK(refused([](SwitchSettings& s) { s.connection = 0; }) == ErrorCode::unsupported_task);  // no cross-attention
  CHECK(refused([](SwitchSettings& s) { s.decoder_self.mask = Mask::causal; }) == ErrorCode::unsupported_task);
  CHECK(refused([](SwitchSettings& s) { s.cross.mask = Mask::causal; }) == ErrorCode::invalid_argument);
  CHECK(refused([](SwitchSettings& s) { s.self.mask = Mask::window; }) == ErrorCode::invalid_argument);  // of nothing
  CHECK(refused([](SwitchSettings& s) { s.self.heads.assign(9999, {1}); }) == ErrorCode::invalid_argument);
  CHECK(refused([](SwitchSettings& s) { s.self.heads = {std::vector<float>(9999, 1)}; }) == ErrorCode::invalid_argument);
  CHECK(refused([](SwitchSettings& s) { s.self.heads = {{std::numeric_limits<float>::infinity()}}; }) == ErrorCode::invalid_argument);
  CHECK(refused([](SwitchSettings& s) { s.connection = std::numeric_limits<float>::quiet_NaN(); }) == ErrorCode::invalid_argument);
}

TEST_CASE("a refusal says what the graph said") {
  SourceWorld world(gpt2_source());
  auto model = world.load();
  REQUIRE(model.has_value());
  GraphFacts& facts = (*model)->decoder_facts;
  std::erase_if(facts.switches, [](const onnx::Switch& s) { return s.role == Role::own_mask; });
  for (onnx::AttentionFacts& a : facts.attentions) a.own_mask = onnx::MaskState::inseparable;
  facts.refusals.push_back({AttentionKind::self, Role::own_mask, onnx::Obstacle::mask_mixed, "It is baked in."});
  SwitchSettings settings;
  settings.self.mask = Mask::bidirectional;
  const auto set = set_switches(**model, settings);
  REQUIRE_FALSE(set.has_value());
  CHECK(set.error().message.find("It is baked in.") != std::string::npos);
  // A graph that masks nothing needs no such switch.
  for (onnx::AttentionFacts& a : facts.attentions) a.own_mask = onnx::MaskState::none;
  CHECK(set_switches(**model, settings).has_value());
}

TEST_CASE("a generation under way begins anew when a switch was changed, and goes as far as it was") {
  SourceWorld world(gpt2_source());
  world.switched = true;
  auto model = world.load();
  REQUIRE(model.has_value());
  Services services = world.services();
  Memory memory;
  Context context{services, **model, memory, {}, {}};
  auto generation = begin_generation(context, {Seat::middle, "one", {}, false});
  REQUIRE(generation.has_value());
  REQUIRE(run_now(advance(context, *generation, 2)).has_value());
  SwitchSettings settings;
  settings.self.mask = Mask::bidirectional;
  REQUIRE(set_switches(**model, settings).has_value());
  world.runtime.forget_calls();
  const auto made = run_now(advance(context, *generation, 1));
  REQUIRE(made.has_value());
  CHECK(made->ids.size() == 3);
  CHECK(world.runtime.count(infer::Operation::run) == 3);  // from the prompt on
  REQUIRE(run_now(advance(context, *generation, 1)).has_value());
  CHECK(world.runtime.count(infer::Operation::run) == 4);  // and no more than once
}

}  // namespace trilens::lab
