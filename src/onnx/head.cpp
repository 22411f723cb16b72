#include "onnx/head.hpp"

#include <algorithm>
#include <new>
#include <set>

#include "onnx/attention.hpp"
#include "onnx/cut.hpp"
#include "onnx/graph.hpp"
#include "onnx/origin.hpp"
#include "onnx/projection.hpp"
#include "onnx/search.hpp"
#include "onnx/stream.hpp"
#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

constexpr std::size_t kMostNodes = 512;      // of a head; real ones have some 30
constexpr std::size_t kMostOutputs = 64;     // looked at for logits
constexpr std::size_t kMostEnds = 8;         // graphs with layers
constexpr std::int8_t kPlainRank = 3;        // [batch, sequence, ..]
constexpr double kToTheEnd = 2147483647;     // how exporters write "all the rest" in a Slice

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::model_unsupported, "The head of this model cannot be taken on its own: " + std::move(why) + ".");
}

// What works on each position by itself. A MatMul does so where one side is a constant.
bool is_local(const Model& m, const Node& n) {
  if (!n.domain.empty() && n.domain != "ai.onnx" && n.domain != "com.microsoft") return false;
  if (one_of(n.op, {"MatMul", "FusedMatMul", "MatMulInteger", "Gemm"})) return !m.dynamic(Model::input(n, 0)) || !m.dynamic(Model::input(n, 1));
  if (n.op == "Slice") return m.scalar(Model::input(n, 1)) == 0.0 && m.scalar(Model::input(n, 2)).value_or(0) >= kToTheEnd && Model::input(n, 4) == kNone;
  return one_of(n.op, {"Add", "Sub", "Mul", "Div", "Pow", "Sqrt", "Reciprocal", "Neg", "Abs", "Exp", "Log", "Min", "Max", "Clip", "Erf", "Tanh", "Sigmoid", "Relu",
                       "LeakyRelu", "Elu", "Softplus", "HardSigmoid", "HardSwish", "Gelu", "FastGelu", "BiasGelu", "QuickGelu", "ReduceMean", "LayerNormalization",
                       "RMSNormalization", "SimplifiedLayerNormalization", "MatMulNBits", "DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear", "Cast", "CastLike",
                       "Identity", "Dropout", "Reshape", "Squeeze", "Unsqueeze"});
}

bool is_integer(DataType t) { return t == DataType::i64 || t == DataType::i32; }

// Everything between the end of the stream and one output.
class Part {
 public:
  Part(const Model& m, const StreamEnd& end) : m_(m), end_(end) {}

  Result<void> collect(ValueId output) {
    std::vector<ValueId> waiting{output};
    std::size_t dynamic = 0;
    while (!waiting.empty()) {
      const ValueId v = resolved(waiting.back());
      waiting.pop_back();
      if (v == kNone || v == end_.stream || !seen_.insert(v).second) continue;
      if (m_.dynamic(v) && ++dynamic > kMostNodes) return refused("it is too large to be one");
      if (Result<void> ok = visit(v, waiting); !ok) return ok;
    }
    return {};
  }

  [[nodiscard]] bool reaches_stream() const { return reaches_stream_; }
  [[nodiscard]] bool holds(ValueId v) const { return v != kNone && seen_.contains(v); }
  // The value inside the branch that holds the layers, of an output of the If around it.
  ValueId resolved(ValueId v) {
    for (const ValueId first = v; v != kNone;) {
      const Node* p = m_.producer_of(v);
      if (p == nullptr) return v;
      const std::span<const GraphId> all = branches(*p);
      const auto branch = std::ranges::find_if(all, [this](GraphId g) { return encloses(g, end_.graph); });
      if (branch == all.end() || m_.values[v].output_index >= m_.graphs[*branch].outputs.size()) return v;
      v = m_.graphs[*branch].outputs[m_.values[v].output_index];
      same_[first] = v;
    }
    return v;
  }

  Cut cut(std::vector<CutPort> to) {
    Cut out{{nodes_.begin(), nodes_.end()}, initializers_, {kHeadInput, end_.stream}, std::move(to), reshaped_, same_};
    std::ranges::sort(out.nodes, {}, [this](NodeId n) { return m_.nodes[n].rank; });
    return out;
  }

 private:
  [[nodiscard]] bool encloses(GraphId outer, GraphId inner) const {
    for (; inner != kNone; inner = m_.graphs[inner].parent) {
      if (inner == outer) return true;
    }
    return false;
  }

  Result<void> visit(ValueId v, std::vector<ValueId>& waiting) {
    const Node* p = m_.producer_of(v);
    if (p == nullptr) {
      if (m_.values[v].tensor == kNone) return refused("it takes " + quoted(m_.values[v].name) + " beside the hidden state");
      initializers_.push_back(v);
      return {};
    }
    const bool constant = m_.values[v].constant;
    if (!p->subgraphs.empty() || (!constant && !is_integer(m_.values[v].type) && !is_local(m_, *p))) {
      return refused("the operator " + quoted(p->op) + " in it does not work on each position by itself");
    }
    const auto id = static_cast<NodeId>(p - m_.nodes.data());
    const bool fresh = nodes_.insert(id).second;
    const std::size_t inputs = p->op == "Reshape" && !constant && fresh && takes_sizes_from_elsewhere(*p) ? 1 : p->inputs.size();
    if (inputs != p->inputs.size()) {
      if (rank_of(v) != kPlainRank) return refused("it changes its shape by something beside the hidden state");
      reshaped_.push_back(id);
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      reaches_stream_ = reaches_stream_ || resolved(p->inputs[i]) == end_.stream;
      waiting.push_back(p->inputs[i]);
    }
    return {};
  }

  // Whether a Reshape's shape is computed from an input of the model.
  bool takes_sizes_from_elsewhere(const Node& reshape) {
    std::vector<ValueId> waiting{Model::input(reshape, 1)};
    std::set<ValueId> seen;
    while (!waiting.empty()) {
      const ValueId v = resolved(waiting.back());
      waiting.pop_back();
      if (!m_.dynamic(v) || v == end_.stream || !seen.insert(v).second) continue;
      const Node* p = m_.producer_of(v);
      if (p == nullptr || !p->subgraphs.empty() || seen.size() > kMostNodes) return true;
      waiting.insert(waiting.end(), p->inputs.begin(), p->inputs.end());
    }
    return false;
  }

  std::int8_t rank_of(ValueId v) {
    if (ranks_.empty()) {
      std::vector<NodeId> by_rank(m_.nodes.size());
      for (NodeId n = 0; n < m_.nodes.size(); ++n) by_rank[m_.nodes[n].rank] = n;
      ranks_ = find_ranks(m_, by_rank);
    }
    return ranks_[v];
  }

  const Model& m_;
  StreamEnd end_;
  std::set<ValueId> seen_;
  std::set<NodeId> nodes_;
  std::vector<ValueId> initializers_;
  std::vector<NodeId> reshaped_;
  std::unordered_map<ValueId, ValueId> same_;
  std::vector<std::int8_t> ranks_;
  bool reaches_stream_ = false;
};

// The final norm, also where the layers stand in a branch and the norm behind the If.
Norm final_norm(const Model& m, const StreamEnd& end) {
  if (end.norm != kNone || !m.values[end.stream].graph_output) return norm_of(m, end.stream);
  ValueId v = end.stream;
  for (GraphId g = m.values[v].graph; g != kMainGraph && g != kNone; g = m.graphs[g].parent) {
    const auto at = std::ranges::find(m.graphs[g].outputs, v);
    const NodeId owner = m.graphs[g].owner;
    if (at == m.graphs[g].outputs.end() || owner == kNone) break;
    const auto i = static_cast<std::size_t>(at - m.graphs[g].outputs.begin());
    if (i >= m.nodes[owner].outputs.size() || m.nodes[owner].outputs[i] == kNone) break;
    v = m.nodes[owner].outputs[i];
  }
  return v == end.stream ? Norm{} : norm_of(m, v);
}

// Rows of the table of words: what ids pick out of.
std::uint32_t words_of(const Model& m) {
  constexpr int kMaxSteps = 8;
  std::int64_t rows = 0;
  for (const Node& n : m.nodes) {
    if (!one_of(n.op, {"Gather", "GatherBlockQuantized"})) continue;
    ValueId v = Model::input(n, 1);
    for (int steps = 0; steps < kMaxSteps && m.producer_of(v) != nullptr; ++steps) {
      const Node& p = *m.producer_of(v);
      v = one_of(p.op, {"Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze"}) ? Model::input(p, 0) : kNone;
    }
    if (v == kNone || !m.values[v].graph_input || m.values[v].name.find("input_ids") == std::string_view::npos) continue;
    const auto dims = Constants(m).dims(Model::input(n, 0));
    if (dims && dims->size() >= 2) rows = std::max(rows, (*dims)[0]);
  }
  return static_cast<std::uint32_t>(std::min<std::int64_t>(rows, std::int64_t{1} << 24));
}

class Header {
 public:
  explicit Header(const Model& m) : m_(m), words_(words_of(m)) {}

  Result<Head> try_output(const StreamEnd& end, ValueId output) {
    const DataType type = m_.values[end.stream].type;
    if (!is_floating(type)) return refused("the file does not tell the number type of its hidden states");
    Part part(m_, end);
    if (Result<void> ok = part.collect(output); !ok) return std::unexpected(ok.error());
    const ValueId logits = part.resolved(output);
    std::optional<Product> product;
    if (part.reaches_stream()) product = find_product_of(m_, logits, end.stream);
    if (!product) return refused("no projection to a vocabulary was found behind its last layer");
    if (2 * std::uint64_t{product->vocabulary} < words_) {
      return refused("it gives " + std::to_string(product->vocabulary) + " labels, not the " + std::to_string(words_) + " words of its vocabulary");
    }
    const Norm norm = final_norm(m_, end);
    const bool has_norm = part.holds(norm.value);
    std::vector<CutPort> ports;
    if (has_norm) ports.push_back({kHeadNorm, norm.value});
    ports.push_back({kHeadProjected, part.resolved(product->source)});
    ports.push_back({kHeadLogits, logits});
    Head head;
    head.model = write_cut(m_, part.cut(std::move(ports)));
    head.norm = !has_norm ? NormKind::none : norm.centered ? NormKind::layer_norm : NormKind::rms_norm;
    head.normed_blocks = end.normed_blocks;
    head.bias = std::ranges::any_of(product->after, [](const Product::After& a) { return a.addend != kNone; });
    head.projection = product->kind;
    head.width = product->width;
    head.vocabulary = product->vocabulary;
    return head;
  }

 private:
  const Model& m_;
  std::uint32_t words_;
};

std::string listed(const std::vector<std::string_view>& names) {
  constexpr std::size_t kShown = 3;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) out += (i == 0 ? "" : ", ") + quoted(names[i]);
  return out + (names.size() > kShown ? ", …" : "");
}

bool named_logits(std::string_view name) { return name.find("logits") != std::string_view::npos; }
bool named_cache(std::string_view name) { return name.starts_with("present") || name.starts_with("past"); }

// The outputs that may be logits, those that are called so first.
std::vector<std::size_t> candidates(const Graph& main) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < main.outputs.size(); ++i) {
    if (!named_cache(main.output_names[i])) out.push_back(i);
  }
  std::ranges::stable_partition(out, [&main](std::size_t i) { return named_logits(main.output_names[i]); });
  if (out.size() > kMostOutputs) out.resize(kMostOutputs);
  return out;
}

std::unexpected<Error> no_stream(const Model& m) {
  const std::vector<std::string> fused = fused_operators(m);
  if (!fused.empty()) return fused_attention(fused);
  return refused("its hidden states cannot be followed to the last layer; Trilens reads plain exports of transformers");
}

Result<Head> cut_head(std::span<const std::uint8_t> bytes) {
  Result<Model> model = read_model(bytes);
  if (!model) return std::unexpected(model.error());
  std::vector<StreamEnd> ends = find_stream_ends(*model, find_attention(*model));
  if (ends.empty()) return no_stream(*model);
  if (ends.size() > kMostEnds) ends.resize(kMostEnds);
  const Graph& main = model->graphs[kMainGraph];
  Header header(*model);
  std::optional<Error> first;
  std::vector<std::string_view> names;
  for (const std::size_t i : candidates(main)) {
    names.push_back(main.output_names[i]);
    for (const StreamEnd& end : ends) {
      Result<Head> head = header.try_output(end, main.outputs[i]);
      if (head) return head;
      if (!first && named_logits(main.output_names[i])) first = head.error();
    }
  }
  if (first) return std::unexpected(*first);
  return fail(ErrorCode::model_unsupported, "This file has no language model's head: it gives " + (names.empty() ? std::string("a cache only") : listed(names)) +
                                                " and no logits over its vocabulary; use a model for masked words or for generating text, and of an encoder–decoder the decoder's file.");
}

Result<ProjectionRow> read_row(std::span<const std::uint8_t> bytes, std::uint32_t token) {
  Result<Model> model = read_model(bytes);
  if (!model) return std::unexpected(model.error());
  const Graph& main = model->graphs[kMainGraph];
  const auto at = std::ranges::find(main.output_names, kHeadLogits);
  const auto input = main.names.find(kHeadInput);
  if (at == main.output_names.end() || input == main.names.end()) return fail(ErrorCode::invalid_argument, "These bytes are not a head that Trilens cut out of a model.");
  const ValueId logits = main.outputs[static_cast<std::size_t>(at - main.output_names.begin())];
  const std::optional<Product> product = find_product_of(*model, logits, input->second);
  if (!product) return refused("no projection to a vocabulary was found in it");
  if (token >= product->vocabulary) {
    return fail(ErrorCode::invalid_argument, "There is no token " + std::to_string(token) + ": this model's vocabulary has " + std::to_string(product->vocabulary) + ".");
  }
  if (product->kind == Projection::nonlinear) return refused("its logits are more than a product and a bias");
  std::optional<ProjectionRow> row = row_of(*model, *product, token);
  if (!row) return refused("its output projection is stored in a way that Trilens does not read");
  return std::move(*row);
}

// Runs what may run out of memory over a hostile file.
template <class Do>
auto guarded(const Do& run) -> decltype(run()) {
#if defined(__cpp_exceptions)
  try {
    return run();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "There is not enough memory to take the head of this ONNX file; try a smaller model.");
  }
#else
  return run();
#endif
}

}  // namespace

Result<Head> head_of(std::span<const std::uint8_t> model) {
  return guarded([model] { return cut_head(model); });
}

Result<ProjectionRow> projection_row(std::span<const std::uint8_t> head_model, std::uint32_t token) {
  return guarded([=] { return read_row(head_model, token); });
}

}  // namespace trilens::onnx
