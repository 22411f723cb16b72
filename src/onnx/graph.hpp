// An ONNX model as a graph of values and nodes, read from bytes that nobody vouches for. Private to this room.
//
// Not here: what the graph means (attention.hpp, stream.hpp), writing (rewrite.hpp), running.
// Only what surgery needs is understood; everything else stays in the file's bytes, which `body` views point into.
// Lifetime: a Model borrows the bytes that it was read from. Ids index the vectors of their Model.
// Errors: model_malformed for what breaks the format or its limits, model_unsupported for weights in a second file.
// Time and memory are linear in the file's size and bounded by Limits; no count, index or dimension is trusted.
//
//   Result<Model> model = read_model(bytes);
//   for (NodeId n : model->graphs[kMainGraph].order) use(model->nodes[n]);
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "onnx/schema.hpp"
#include "onnx/wire.hpp"

namespace trilens::onnx {

using ValueId = std::uint32_t;
using NodeId = std::uint32_t;
using GraphId = std::uint32_t;
using TensorId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;
inline constexpr GraphId kMainGraph = 0;

// What a file may hold. Far above any model that a browser runs, low enough that a hostile file costs little.
struct Limits {
  static constexpr std::size_t file_bytes = std::size_t{1} << 31;  // protocol buffers end there
  static constexpr std::size_t nodes = 200'000;
  static constexpr std::size_t edges = 2'000'000;  // inputs and outputs of nodes
  static constexpr std::size_t tensors = 200'000;
  static constexpr std::size_t graphs = 2'000;
  static constexpr std::size_t depth = 8;          // subgraphs in subgraphs
  static constexpr std::size_t rank = 16;
  static constexpr std::size_t perm = 16;
};

// A constant's facts; the elements stay in the file.
struct TensorFacts {
  std::string_view name;
  DataType type = DataType::unknown;
  std::vector<std::int64_t> dims;
  std::uint64_t elements = 0;
  std::optional<double> scalar;  // the value, where there is exactly one element of a number type
  wire::Bytes raw;               // raw_data, little-endian; empty where the elements are stored in typed fields
  wire::Bytes body;              // the TensorProto
};

struct Value {
  std::string_view name;
  GraphId graph = kMainGraph;
  NodeId producer = kNone;          // kNone: a graph input or an initializer
  std::uint32_t output_index = 0;   // of the producer
  std::vector<NodeId> consumers;    // in any graph that sees the value, each once
  TensorId tensor = kNone;          // an initializer's or a Constant's
  DataType type = DataType::unknown;
  bool constant = false;            // computed from initializers and Constants alone
  bool graph_input = false;
  bool graph_output = false;
};

struct Node {
  std::string_view op;
  std::string_view domain;          // "" is ai.onnx
  GraphId graph = kMainGraph;
  wire::Bytes body;                 // the NodeProto
  std::vector<ValueId> inputs;      // kNone: an optional input left out
  std::vector<ValueId> outputs;
  std::vector<GraphId> subgraphs;   // in the order of the attributes
  std::vector<std::string_view> subgraph_names;
  std::uint32_t rank = 0;           // place in one topological order of the whole model
  TensorId tensor = kNone;          // attribute `value`
  std::optional<std::int64_t> axis, to, trans_a, trans_b, k_elements, n_elements, bits, block_size, start, end;
  std::optional<double> alpha, beta, number;  // number: attribute `value_float` or `value_int`
  std::vector<std::int64_t> perm;
  std::uint32_t axes = 0;           // how many the attribute `axes` lists
  bool edited = false;              // by edit.hpp: its inputs are not those of the file
};

struct Graph {
  wire::Bytes body;                 // the GraphProto
  GraphId parent = kNone;
  NodeId owner = kNone;             // the node whose attribute this graph is
  std::uint32_t depth = 0;
  std::vector<NodeId> nodes;        // as in the file
  std::vector<NodeId> order;        // sorted by what needs what
  std::vector<ValueId> inputs, outputs, initializers;
  std::vector<wire::Bytes> input_infos, output_infos;  // ValueInfoProto, parallel to inputs and outputs
  std::vector<std::string_view> output_names;
  std::unordered_map<std::string_view, ValueId> names;
  // What edit.hpp adds: nodes before all others, nodes behind a node of this graph, and (main graph) inputs as ValueInfoProto.
  std::vector<NodeId> made_first;
  std::unordered_map<NodeId, std::vector<NodeId>> made_after;
  std::vector<wire::Bytes> made_inputs;
};

struct Model {
  wire::Bytes bytes;
  std::string_view producer;
  std::int64_t opset = 0;           // of ai.onnx
  std::vector<Graph> graphs;        // [0] is the main graph
  std::vector<Node> nodes;
  std::vector<Value> values;
  std::vector<TensorFacts> tensors;
  std::deque<wire::Buffer> made;    // what names and bodies of added nodes point into

  [[nodiscard]] const Node* producer_of(ValueId v) const {
    return v == kNone || values[v].producer == kNone ? nullptr : &nodes[values[v].producer];
  }
  // An existing, non-constant value.
  [[nodiscard]] bool dynamic(ValueId v) const { return v != kNone && !values[v].constant; }
  // Nodes that take the value, each once. At most 256: no walk of ours needs more, and a hostile file could hold a million.
  [[nodiscard]] std::span<const NodeId> uses(const Value& v) const { return std::span(v.consumers).first(std::min<std::size_t>(v.consumers.size(), 256)); }
  [[nodiscard]] std::span<const NodeId> uses(ValueId v) const { return uses(values[v]); }
  // The single number that a constant holds, through Identity and Cast.
  [[nodiscard]] std::optional<double> scalar(ValueId v) const;
  // The i-th input; kNone where it is left out.
  [[nodiscard]] static ValueId input(const Node& n, std::size_t i) { return i < n.inputs.size() ? n.inputs[i] : kNone; }
  [[nodiscard]] static ValueId output(const Node& n) { return n.outputs.empty() ? kNone : n.outputs[0]; }
  [[nodiscard]] static bool is(const Node& n, std::string_view op) { return n.op == op && (n.domain.empty() || n.domain == "ai.onnx"); }
};

// Reads, resolves names, sorts, and marks constants and element types.
[[nodiscard]] Result<Model> read_model(wire::Bytes bytes);

// The parts of read_model, one file each.
[[nodiscard]] Result<TensorFacts> read_tensor(wire::Bytes bytes);
[[nodiscard]] Result<Model> parse_model(wire::Bytes bytes);
[[nodiscard]] Result<void> link_model(Model& model);

// A name from the file, fit to be shown: valid UTF-8, at most 80 bytes, in quotes.
[[nodiscard]] std::string quoted(std::string_view name);

[[nodiscard]] inline std::unexpected<Error> malformed(std::string what) {
  return fail(ErrorCode::model_malformed, "This ONNX file cannot be read: " + std::move(what) + ". It may be cut short or damaged; get it again.");
}

}  // namespace trilens::onnx
