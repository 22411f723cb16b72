#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "base/random.hpp"
#include "graph_builder.hpp"
#include "onnx/graph.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

using testing::Buffer;
using testing::GraphParts;
using testing::node;

// What the numbers do is tested where ONNX Runtime is: tests/scripts/switches.test.mjs.

Buffer integers_attribute(std::string_view name, std::initializer_list<std::int64_t> values) {
  Buffer attribute, out;
  wire::put_text_field(attribute, schema::attribute::name, name);
  for (const std::int64_t v : values) wire::put_varint_field(attribute, schema::attribute::ints, static_cast<std::uint64_t>(v));
  wire::put_bytes_field(out, schema::node::attribute, attribute);
  return out;
}

Buffer floats(std::string_view name, std::initializer_list<std::int64_t> dims, std::initializer_list<float> values) {
  Buffer out, raw;
  for (const std::int64_t d : dims) wire::put_varint_field(out, schema::tensor::dims, static_cast<std::uint64_t>(d));
  wire::put_varint_field(out, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::f32));
  wire::put_text_field(out, schema::tensor::name, name);
  for (const float v : values) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v);
    raw.insert(raw.end(), bytes, bytes + sizeof v);
  }
  wire::put_bytes_field(out, schema::tensor::raw_data, raw);
  return out;
}

// softmax(`scores`) v, of q k in [B, H, Q, K]; `between` makes "scores" of "product". x is the text, m a mask that is an input.
GraphParts attention_with(std::vector<Buffer> between, std::vector<Buffer> constants = {}) {
  const Buffer heads_first = integers_attribute("perm", {0, 2, 1, 3});
  GraphParts parts{.nodes = {node("Transpose", {"q"}, {"q4"}, heads_first), node("Transpose", {"k"}, {"k4"}, heads_first), node("MatMul", {"q4", "k4"}, {"product"})},
                   .initializers = std::move(constants),
                   .inputs = {"q", "k", "v", "x", "attention_mask"},
                   .outputs = {"y"}};
  parts.nodes.insert(parts.nodes.end(), between.begin(), between.end());
  parts.nodes.push_back(node("Softmax", {"scores"}, {"weights"}));
  parts.nodes.push_back(node("MatMul", {"weights", "v"}, {"context"}));
  parts.nodes.push_back(node("Transpose", {"context"}, {"y"}, heads_first));
  return parts;
}

Surgery opened(const GraphParts& parts) {
  auto result = open_up(testing::model(testing::graph(parts)), {.switches = true});
  REQUIRE(result.has_value());
  REQUIRE(read_model(result->model).has_value());
  return std::move(*result);
}

std::vector<std::string> names_of(const Surgery& s) {
  std::vector<std::string> names;
  for (const Switch& w : s.switches) names.push_back(w.name);
  return names;
}

std::optional<Obstacle> mask_refusal(const Surgery& s) {
  const auto at = std::ranges::find(s.refusals, Role::own_mask, &Refusal::role);
  return at == s.refusals.end() ? std::nullopt : std::optional(at->obstacle);
}

// Who reads the switch, by operator.
std::multiset<std::string> readers(const Surgery& s, std::string_view name) {
  const auto model = read_model(s.model);
  REQUIRE(model.has_value());
  std::multiset<std::string> out;
  for (const Node& n : model->nodes) {
    for (const ValueId v : n.inputs) {
      if (v != kNone && model->values[v].name == name) out.emplace(n.op);
    }
  }
  return out;
}

TEST_CASE("every attention of a plain export gets every switch, and only cross-attention a connection") {
  using enum AttentionKind;
  const auto [file, kinds, bias] = GENERATE(table<std::string, std::vector<AttentionKind>, std::vector<bool>>({
      {"bert_opset14.onnx", {self}, {false}}, {"bert_half.onnx", {self}, {false}}, {"bert_dynamo.onnx", {self}, {false}},
      {"bert_quantized.onnx", {self}, {false}}, {"gpt2_opset14.onnx", {self}, {false}}, {"gpt2_sdpa.onnx", {self}, {false}},
      {"t5_encoder.onnx", {self}, {true}}, {"t5_merged.onnx", {decoder_self, cross}, {true, false}},
      {"bart_merged.onnx", {decoder_self, cross}, {false, false}}}));
  CAPTURE(file);
  const auto s = open_up(testing::fixture(file), {.switches = true});
  REQUIRE(s.has_value());
  CHECK(s->refusals.empty());
  std::vector<std::string> expected;
  for (const AttentionKind kind : kinds) {
    for (const Role role : {Role::bias, Role::own_mask, Role::heads}) expected.push_back(switch_name(kind, role));
    if (kind == cross) expected.push_back("switch.cross.connection");
  }
  CHECK(names_of(*s) == expected);
  for (const AttentionFacts& fact : s->attentions) {
    CHECK(fact.own_mask == MaskState::switched);
    CHECK(fact.position_bias == bias[fact.kind == kinds[0] ? 0 : 1]);
  }
}

TEST_CASE("a switch says its type, its layers and its resting value, and is an input of that rank") {
  const auto s = open_up(testing::fixture("t5_merged.onnx"), {.switches = true});
  REQUIRE(s.has_value());
  const auto model = read_model(s->model);
  REQUIRE(model.has_value());
  for (const Switch& w : s->switches) {
    CAPTURE(w.name);
    CHECK(w.layers == 2);
    CHECK(w.rest == (w.role == Role::bias ? 0.0f : 1.0f));
    CHECK(w.lowest == (w.role == Role::bias ? std::numeric_limits<float>::lowest() : 0.0f));
    CHECK(w.rest_dims == std::vector<std::int64_t>(w.role == Role::bias ? 5 : w.role == Role::heads ? 4 : 1, 1));
    CHECK(s->find_switch(w.kind, w.role) == &w);
    const auto at = model->graphs[kMainGraph].names.find(w.name);
    REQUIRE(at != model->graphs[kMainGraph].names.end());
    CHECK(model->values[at->second].graph_input);
    CHECK(static_cast<std::int32_t>(model->values[at->second].type) == w.element_type);
  }
  CHECK(s->find_switch(AttentionKind::self, Role::bias) == nullptr);
  CHECK(s->inputs.size() + s->switches.size() == model->graphs[kMainGraph].inputs.size());
}

TEST_CASE("without the option no input is added and nothing is said about masks") {
  const auto s = open_up(testing::fixture("gpt2_sdpa.onnx"), {});
  REQUIRE(s.has_value());
  CHECK(s->switches.empty());
  CHECK(s->attentions[0].own_mask == MaskState::unknown);
}

TEST_CASE("switches and taps do not keep each other away, and a file is opened once only") {
  const std::string file = GENERATE(as<std::string>{}, "bert_dynamo.onnx", "t5_merged.onnx", "bart_merged.onnx");
  const auto plain = open_up(testing::fixture(file), {}), switched = open_up(testing::fixture(file), {.switches = true});
  REQUIRE((plain.has_value() && switched.has_value()));
  CHECK(plain->taps == switched->taps);
  CHECK(plain->parameter_count == switched->parameter_count);
  const auto bare = open_up(testing::fixture(file), {.probabilities = false, .scores = false, .qkv = false, .hidden = false, .switches = true});
  REQUIRE(bare.has_value());
  const auto again = open_up(bare->model, {.allow_closed = true});
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::model_unsupported);
}

TEST_CASE("the tapped scores are those with the bias, as they enter the softmax") {
  const Surgery s = opened(attention_with({node("Identity", {"product"}, {"scores"})}));
  const auto model = read_model(s.model);
  const ValueId tap = model->graphs[kMainGraph].names.at("self.0.scores");
  CHECK(model->producer_of(tap)->op == "Add");
  CHECK(std::ranges::any_of(model->nodes, [&](const Node& n) { return n.op == "Softmax" && n.inputs[0] == tap; }));
}

TEST_CASE("an attention without a mask has bias and heads, and needs no switch for a mask") {
  const Surgery s = opened(attention_with({node("Identity", {"product"}, {"scores"})}));
  CHECK(names_of(s) == std::vector<std::string>{"switch.self.bias", "switch.self.heads"});
  CHECK(s.refusals.empty());
  CHECK(s.attentions[0].own_mask == MaskState::none);
}

TEST_CASE("an added mask is put to zero") {
  const Surgery s = opened(attention_with({node("Sub", {"one", "attention_mask"}, {"no"}), node("Mul", {"no", "low"}, {"mask"}), node("Add", {"product", "mask"}, {"scores"})},
                                          {floats("one", {}, {1}), floats("low", {}, {-10000})}));
  CHECK(readers(s, "switch.self.own_mask") == std::multiset<std::string>{"Where"});
}

TEST_CASE("a mask laid over the scores by Where has its condition opened, whichever way round") {
  const bool keeps = GENERATE(true, false);
  const Buffer where = keeps ? node("Where", {"seen", "product", "low"}, {"scores"}) : node("Where", {"seen", "low", "product"}, {"scores"});
  const Surgery s = opened(attention_with({node("Greater", {"attention_mask", "one"}, {"seen"}), where}, {floats("one", {}, {1}), floats("low", {}, {-3e38f})}));
  CHECK(readers(s, "switch.self.own_mask") == std::multiset<std::string>{keeps ? "Not" : "And"});
}

TEST_CASE("a constant triangle of 0 and -inf is a mask, one with other numbers a bias that stays") {
  const float inf = std::numeric_limits<float>::infinity();
  const Surgery mask = opened(attention_with({node("Add", {"product", "c"}, {"scores"})}, {floats("c", {2, 2}, {0, -inf, 0, 0})}));
  CHECK(mask.attentions[0].own_mask == MaskState::switched);
  CHECK_FALSE(mask.attentions[0].position_bias);
  const Surgery bias = opened(attention_with({node("Add", {"product", "c"}, {"scores"})}, {floats("c", {2, 2}, {0, 0.5f, 0.25f, 0})}));
  CHECK(bias.attentions[0].own_mask == MaskState::none);
  CHECK(bias.attentions[0].position_bias);
}

TEST_CASE("a mask added to a position bias before the scores is told apart behind the sum") {
  const Surgery s = opened(attention_with({node("Gather", {"table", "x"}, {"bias"}), node("Mul", {"attention_mask", "low"}, {"mask"}), node("Add", {"bias", "mask"}, {"both"}),
                                           node("Add", {"product", "both"}, {"scores"})},
                                          {floats("table", {2, 2}, {0.1f, 0.2f, 0.3f, 0.4f}), floats("low", {}, {-10000})}));
  CHECK(s.attentions[0].own_mask == MaskState::switched);
  CHECK(s.attentions[0].position_bias);
  const auto model = read_model(s.model);
  const Node* both = model->producer_of(model->graphs[kMainGraph].names.at("both"));
  CHECK(model->values[both->inputs[0]].name == "bias");
  CHECK(model->producer_of(both->inputs[1])->op == "Where");
}

TEST_CASE("a table of quantized numbers is a bias like any other") {
  Buffer table;
  for (int i = 0; i < 2; ++i) wire::put_varint_field(table, schema::tensor::dims, 2);
  wire::put_varint_field(table, schema::tensor::data_type, static_cast<std::uint64_t>(DataType::u8));
  wire::put_text_field(table, schema::tensor::name, "table");
  wire::put_bytes_field(table, schema::tensor::raw_data, Buffer{7, 200, 31, 0});
  const Surgery s = opened(attention_with({node("Gather", {"table", "x"}, {"row"}), node("DequantizeLinear", {"row", "one"}, {"bias"}),
                                           node("Greater", {"attention_mask", "one"}, {"seen"}), node("Where", {"seen", "bias", "low"}, {"both"}), node("Add", {"product", "both"}, {"scores"})},
                                          {table, floats("one", {}, {1}), floats("low", {}, {-10000})}));
  CHECK(s.attentions[0].position_bias);
  CHECK(readers(s, "switch.self.own_mask") == std::multiset<std::string>{"Not"});  // the condition, not the whole addend
}

TEST_CASE("scores with heads and batch in one dimension have no switches where no input tells the batch size") {
  const Buffer rank3 = integers_attribute("perm", {0, 1, 2}), swapped = integers_attribute("perm", {0, 2, 1}), wide = integers_attribute("perm", {0, 1, 2, 3});
  const Surgery s = opened({.nodes = {node("Transpose", {"x"}, {"y"}, wide), node("Transpose", {"q"}, {"q3"}, rank3), node("Transpose", {"k"}, {"k3"}, swapped),
                                      node("MatMul", {"q3", "k3"}, {"scores"}), node("Softmax", {"scores"}, {"weights"}), node("MatMul", {"weights", "v"}, {"context"}),
                                      node("Transpose", {"context"}, {"z"}, rank3)},
                            .initializers = {}, .inputs = {"x", "q", "k", "v"}, .outputs = {"y", "z"}});
  // The first input tells no dimensions, so there is no batch size to take them apart by.
  CHECK(s.switches.empty());
  CHECK(std::ranges::all_of(s.refusals, [](const Refusal& r) { return r.obstacle == Obstacle::shape_unknown; }));
}

TEST_CASE("the two places of GPT-2's first mask, w * b - 1e4 * (1 - b), are both found") {
  const Surgery s = opened(attention_with({node("Greater", {"attention_mask", "one"}, {"seen"}), node("Where", {"seen", "one", "nil"}, {"b"}), node("Mul", {"product", "b"}, {"kept"}),
                                           node("Sub", {"one", "b"}, {"no"}), node("Mul", {"no", "high"}, {"far"}), node("Sub", {"kept", "far"}, {"scores"})},
                                          {floats("one", {}, {1}), floats("nil", {}, {0}), floats("high", {}, {10000})}));
  CHECK(readers(s, "switch.self.own_mask") == std::multiset<std::string>{"Where", "Where"});
}

TEST_CASE("what cannot be told apart is named and not guessed, and the other switches are there all the same") {
  const std::vector<Buffer> constants{floats("table", {2, 2}, {0.1f, 0.2f, 0.3f, 0.4f}), floats("low", {}, {-10000}), floats("one", {}, {1}),
                                      floats("triangle", {2, 2}, {1, 0, 1, 1})};
  const Buffer table = node("Gather", {"table", "x"}, {"bias"});
  const auto refused = [&](std::vector<Buffer> nodes, std::vector<std::string_view> outputs = {}) {
    GraphParts parts = attention_with(std::move(nodes), constants);
    parts.outputs.insert(parts.outputs.end(), outputs.begin(), outputs.end());
    const Surgery s = opened(parts);
    CHECK(names_of(s) == std::vector<std::string>{"switch.self.bias", "switch.self.heads"});
    CHECK(s.attentions[0].own_mask == MaskState::inseparable);
    return mask_refusal(s);
  };
  CHECK(refused({table, node("Mul", {"attention_mask", "low"}, {"mask"}), node("Mul", {"bias", "mask"}, {"both"}), node("Add", {"product", "both"}, {"scores"})}) == Obstacle::mask_mixed);
  CHECK(refused({table, node("Mul", {"attention_mask", "low"}, {"mask"}), node("Add", {"bias", "mask"}, {"both"}), node("Add", {"product", "both"}, {"scores"})}, {"both"}) ==
        Obstacle::mask_shared);
  CHECK(refused({node("Greater", {"attention_mask", "one"}, {"seen"}), node("Where", {"seen", "product", "one"}, {"scores"})}) == Obstacle::mask_unknown);
  CHECK(refused({node("Log", {"triangle"}, {"mask"}), node("Add", {"product", "mask"}, {"scores"})}) == Obstacle::mask_unknown);
}

TEST_CASE("a shape that the graph does not tell, and a context that is the model's output, are named") {
  GraphParts parts = testing::one_attention();  // q and k come without dimensions
  const auto s = open_up(testing::model(testing::graph(parts)), {.switches = true});
  REQUIRE(s.has_value());
  CHECK(s->switches.empty());
  std::map<Role, Obstacle> why;
  for (const Refusal& r : s->refusals) why[r.role] = r.obstacle;
  CHECK(why == std::map<Role, Obstacle>{{Role::bias, Obstacle::shape_unknown}, {Role::heads, Obstacle::is_output}});
  CHECK(s->refusals[0].message.find("self") != std::string::npos);
}

TEST_CASE("a graph without attention opens without switches where that is allowed") {
  const Buffer bytes = testing::model(testing::graph({.nodes = {node("Relu", {"x"}, {"y"})}, .initializers = {}, .inputs = {"x"}, .outputs = {"y"}}));
  const auto s = open_up(bytes, {.switches = true, .allow_closed = true});
  REQUIRE(s.has_value());
  CHECK((s->switches.empty() && s->refusals.empty()));
}

TEST_CASE("changed bytes give a switched model that can be read, or one of two errors") {
  const std::string name = GENERATE(as<std::string>{}, "bert_dynamo.onnx", "gpt2_sdpa.onnx", "t5_merged.onnx", "bart_merged.onnx");
  const Buffer whole = testing::fixture(name);
  Random random(13);
  for (int round = 0; round < 300; ++round) {
    Buffer bytes = whole;
    const std::uint64_t changes = 1 + random.next() % 8;
    for (std::uint64_t i = 0; i < changes; ++i) bytes[random.next() % bytes.size()] = static_cast<std::uint8_t>(random.next());
    const auto s = open_up(bytes, {.switches = true, .allow_closed = true});
    if (s) {
      CHECK(read_model(s->model).has_value());
    } else {
      CHECK((s.error().code == ErrorCode::model_malformed || s.error().code == ErrorCode::model_unsupported));
    }
  }
}

TEST_CASE("a mask put together from very many sums is given up, not followed to the end") {
  std::vector<std::string> names{"m0"};
  std::vector<Buffer> nodes{node("Gather", {"table", "x"}, {"bias"}), node("Mul", {"attention_mask", "low"}, {"mask"}), node("Add", {"bias", "mask"}, {"m0"})};
  for (int i = 1; i < 5000; ++i) {
    names.push_back("m" + std::to_string(i));
    nodes.push_back(node("Add", {names[static_cast<std::size_t>(i) - 1], names[static_cast<std::size_t>(i) - 1]}, {names.back()}));
  }
  nodes.push_back(node("Add", {"product", names.back()}, {"scores"}));
  const Surgery s = opened(attention_with(std::move(nodes), {floats("table", {2, 2}, {0.1f, 0.2f, 0.3f, 0.4f}), floats("low", {}, {-10000})}));
  CHECK(mask_refusal(s) == Obstacle::mask_mixed);
}

}  // namespace
}  // namespace trilens::onnx
