#include "onnx/attention.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>

#include "onnx/numbers.hpp"
#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr std::size_t kMaxVisited = 256;   // values looked at on one walk
constexpr std::size_t kMaxInputs = 8;      // of a node on a walk
constexpr std::size_t kMaxSoftmax = 1024;  // tried in one model

bool is_matmul(const Node& n) {
  return (n.op == "MatMul" && (n.domain.empty() || n.domain == "ai.onnx")) || (n.op == "FusedMatMul" && n.domain == "com.microsoft");
}

// Where the search from the Softmax back to q·k stands. scale: what q·k is multiplied by from here on.
struct Step {
  ValueId value;
  std::optional<double> scale;
};

std::optional<double> times(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return std::nullopt;
  return *a * *b;
}

// The steps from a value back to what it is made of by scale, mask, bias and reshaping.
void step_back(const Model& m, const Node& p, std::optional<double> scale, std::vector<Step>& next) {
  const auto add = [&](ValueId v, std::optional<double> s) {
    if (m.dynamic(v)) next.push_back({v, s});
  };
  const ValueId a = Model::input(p, 0), b = Model::input(p, 1);
  if (p.op == "Mul") {
    add(a, times(scale, known_number(m, b)));
    add(b, times(scale, known_number(m, a)));
  } else if (p.op == "Div") {
    const std::optional<double> divisor = known_number(m, b);
    add(a, divisor && *divisor != 0 ? times(scale, 1 / *divisor) : std::nullopt);
  } else if (one_of(p.op, {"Add", "Sum", "Min", "Max"})) {
    for (std::size_t i = 0; i < std::min(p.inputs.size(), kMaxInputs); ++i) add(p.inputs[i], scale);
  } else if (p.op == "Where") {
    add(b, scale);
    add(Model::input(p, 2), scale);
  } else if (one_of(p.op, {"Sub", "Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "Clip", "Expand"})) {
    add(a, scale);
  }
}

struct Product {
  const Node* matmul = nullptr;
  std::optional<double> scale;
};

// The nearest MatMul of two computed values behind the Softmax.
Product find_product(const Model& m, ValueId scores) {
  std::vector<Step> queue{{scores, 1.0}};
  std::set<ValueId> seen;
  for (std::size_t at = 0; at < queue.size() && seen.size() < kMaxVisited; ++at) {
    const Step step = queue[at];
    const Node* p = m.producer_of(step.value);
    if (p == nullptr || !seen.insert(step.value).second) continue;
    if (is_matmul(*p)) {
      if (!m.dynamic(Model::input(*p, 0)) || !m.dynamic(Model::input(*p, 1)) || p->trans_a.value_or(0) != 0) continue;
      return {p, times(step.scale, p->alpha.value_or(1.0))};
    }
    step_back(m, *p, step.scale, queue);
  }
  return {};
}

struct Factor {
  ValueId value = kNone;
  double factor = 1;
};

// value = Mul or Div of another value and one constant number.
std::optional<Factor> constant_factor(const Model& m, const Node& p) {
  const ValueId a = Model::input(p, 0), b = Model::input(p, 1);
  const bool first = m.dynamic(a);
  if ((p.op != "Mul" && p.op != "Div") || first == m.dynamic(b) || (p.op == "Div" && !first)) return std::nullopt;
  const std::optional<double> c = m.scalar(first ? b : a);
  if (!c || (p.op == "Div" && *c == 0)) return std::nullopt;
  return Factor{first ? a : b, p.op == "Div" ? 1 / *c : *c};
}

// [0, .., n-1, n-2]
bool swaps_last_two(const std::vector<std::int64_t>& perm) {
  const auto n = static_cast<std::int64_t>(perm.size());
  for (std::int64_t i = 0; i + 2 < n; ++i) {
    if (perm[static_cast<std::size_t>(i)] != i) return false;
  }
  return n >= 2 && perm[perm.size() - 1] == n - 2 && perm[perm.size() - 2] == n - 1;
}

struct Operand {
  ValueId value = kNone;
  double factor = 1;      // taken off
  bool transposed = false;
};

// An operand of q·k without the constant scale and the transposition that stand right before the product. Outputs there would keep
// the runtime from folding both into the product, and its numbers from being those of the untouched model.
Operand peel(const Model& m, ValueId v, bool transpositions) {
  Operand out{v};
  for (int steps = 0; steps < 4; ++steps) {
    const Node* p = m.producer_of(out.value);
    if (p == nullptr) break;
    if (const std::optional<Factor> f = constant_factor(m, *p)) {
      out.value = f->value;
      out.factor *= f->factor;
    } else if (transpositions && !out.transposed && p->op == "Transpose" && swaps_last_two(p->perm) && m.dynamic(Model::input(*p, 0))) {
      out.value = p->inputs[0];
      out.transposed = true;
    } else {
      break;
    }
  }
  return out;
}

// The same, where the number may be computed from sizes.
std::optional<Factor> known_factor(const Model& m, const Node& p) {
  const ValueId a = Model::input(p, 0), b = Model::input(p, 1);
  if (p.op != "Mul" && p.op != "Div") return std::nullopt;
  if (const std::optional<double> c = known_number(m, b); c && (p.op == "Mul" || *c != 0)) return Factor{a, p.op == "Div" ? 1 / *c : *c};
  const std::optional<double> c = p.op == "Mul" ? known_number(m, a) : std::nullopt;
  return c ? std::optional(Factor{b, *c}) : std::nullopt;
}

// The rescaling of an integer product, which is part of a projection.
bool rescales_integers(const Model& m, const Node& p) {
  return p.op == "Mul" && std::ranges::any_of(p.inputs, [&m](ValueId v) {
    const Node* cast = m.producer_of(v);
    const Node* product = cast == nullptr || cast->op != "Cast" ? nullptr : m.producer_of(Model::input(*cast, 0));
    return product != nullptr && product->op == "MatMulInteger";
  });
}

// The factor that the value carries from further back, looked for through changes of shape; nullopt: there is one that cannot be told.
std::optional<double> factor_inside(const Model& m, ValueId v) {
  double factor = 1;
  for (int steps = 0; steps < 8; ++steps) {
    const Node* p = m.producer_of(v);
    if (p == nullptr || rescales_integers(m, *p)) break;
    if (const std::optional<Factor> f = known_factor(m, *p)) {
      factor *= f->factor;
      v = f->value;
      continue;
    }
    if (one_of(p->op, {"Mul", "Div"})) return std::nullopt;
    if (!one_of(p->op, {"Transpose", "Reshape", "Identity", "Cast", "Unsqueeze", "Squeeze"})) break;
    v = Model::input(*p, 0);
  }
  return factor;
}

// The number of dimensions of a value that is a Transpose's, scaled or not; 0 where it is not.
std::uint32_t rank_told(const Model& m, ValueId v) {
  for (int steps = 0; steps < 4; ++steps) {
    const Node* p = m.producer_of(v);
    if (p == nullptr) return 0;
    if (p->op == "Transpose") return p->perm.size() < 2 ? 0 : static_cast<std::uint32_t>(p->perm.size());
    if (const std::optional<Factor> f = known_factor(m, *p)) {
      v = f->value;
    } else if (one_of(p->op, {"Cast", "Identity"})) {
      v = Model::input(*p, 0);
    } else {
      return 0;
    }
  }
  return 0;
}

struct Use {
  ValueId probabilities = kNone;
  const Node* matmul = nullptr;
};

// Forward from the Softmax to the MatMul with v. Probabilities are taken after a guard against NaN (Where), which changes values,
// and before Cast, Dropout and Reshape, which do not.
Use find_use(const Model& m, ValueId softmax) {
  struct Place {
    ValueId value;
    ValueId probabilities;
  };
  std::vector<Place> queue{{softmax, softmax}};
  std::set<ValueId> seen;
  for (std::size_t at = 0; at < queue.size() && seen.size() < kMaxVisited; ++at) {
    const Place place = queue[at];
    if (!seen.insert(place.value).second) continue;
    for (const NodeId c : m.uses(place.value)) {
      const Node& n = m.nodes[c];
      if (n.outputs.empty() || n.outputs[0] == kNone) continue;
      if (is_matmul(n)) {
        if (Model::input(n, 0) == place.value && m.dynamic(Model::input(n, 1))) return {place.probabilities, &n};
      } else if (n.op == "Where" && Model::input(n, 0) != place.value) {
        queue.push_back({n.outputs[0], place.probabilities == place.value ? n.outputs[0] : place.probabilities});
      } else if (one_of(n.op, {"Cast", "Dropout", "Identity", "Mul", "Reshape", "Squeeze", "Unsqueeze"}) && Model::input(n, 0) == place.value) {
        queue.push_back({n.outputs[0], place.probabilities});
      }
    }
  }
  return {};
}

// Names of graph inputs that k is made of, looking back through one projection at most.
class KeyOrigin {
 public:
  explicit KeyOrigin(const Model& m) : m_(m) {}

  bool from_encoder(ValueId key) {
    visit(key, false);
    return found_;
  }

 private:
  // Depth is bounded by `seen_`, and breadth with it.
  void visit(ValueId v, bool projected) {
    if (found_ || !m_.dynamic(v) || seen_.size() >= kMaxVisited || !seen_.insert({v, projected}).second) return;
    if (m_.values[v].graph_input) {
      found_ = m_.values[v].name.find("encoder") != std::string_view::npos;
      return;
    }
    const Node* p = m_.producer_of(v);
    if (p == nullptr) return;
    for (const GraphId g : branches(*p)) {
      const std::uint32_t i = m_.values[v].output_index;
      if (i < m_.graphs[g].outputs.size()) visit(m_.graphs[g].outputs[i], projected);
    }
    if (one_of(p->op, {"MatMul", "Gemm", "MatMulInteger", "MatMulNBits", "FusedMatMul"})) {
      if (!projected && !(m_.dynamic(Model::input(*p, 0)) && m_.dynamic(Model::input(*p, 1)))) visit(m_.dynamic(Model::input(*p, 0)) ? Model::input(*p, 0) : Model::input(*p, 1), true);
    } else if (p->op == "Concat") {
      for (std::size_t i = 0; i < std::min(p->inputs.size(), kMaxInputs); ++i) visit(p->inputs[i], projected);
    } else if (one_of(p->op, {"Add", "Sub", "Mul", "Div"})) {
      visit_arithmetic(*p, projected);
    } else if (p->op == "Where") {
      visit(Model::input(*p, 1), projected);
      visit(Model::input(*p, 2), projected);
    } else if (one_of(p->op, {"Transpose", "Reshape", "Cast", "Identity", "Unsqueeze", "Squeeze", "Expand", "Slice", "Gather", "Split", "Dropout", "Tile",
                              "Flatten", "DequantizeLinear", "QuantizeLinear", "DynamicQuantizeLinear"})) {
      visit(Model::input(*p, 0), projected);
    }
  }

  // Bias and constant scale lead on. So does the rescaling of an integer product; any other meeting of two computed values is a
  // residual sum or a norm, behind which there is no key any more.
  void visit_arithmetic(const Node& p, bool projected) {
    const ValueId a = Model::input(p, 0), b = Model::input(p, 1);
    if (!m_.dynamic(a) || !m_.dynamic(b)) return visit(m_.dynamic(a) ? a : b, projected);
    for (const ValueId v : {a, b}) {
      const Node* q = m_.producer_of(v);
      if (q != nullptr && q->op == "Cast") q = m_.producer_of(Model::input(*q, 0));
      if (q != nullptr && q->op == "MatMulInteger") visit(v, projected);
    }
  }

  const Model& m_;
  std::set<std::pair<ValueId, bool>> seen_;
  bool found_ = false;
};

std::optional<Attention> match(const Model& m, const Node& softmax) {
  const ValueId scores = Model::input(softmax, 0);
  const ValueId probabilities = softmax.outputs.empty() ? kNone : softmax.outputs[0];
  if (scores == kNone || probabilities == kNone) return std::nullopt;
  const Product product = find_product(m, scores);
  const Use use = find_use(m, probabilities);
  if (product.matmul == nullptr || use.matmul == nullptr || use.matmul->outputs.empty()) return std::nullopt;
  Attention a;
  a.graph = softmax.graph;
  a.softmax = static_cast<NodeId>(&softmax - m.nodes.data());
  a.product = static_cast<NodeId>(product.matmul - m.nodes.data());
  const Operand q = peel(m, product.matmul->inputs[0], false);
  const Operand k = peel(m, product.matmul->inputs[1], true);
  a.q = q.value;
  a.k = k.value;
  a.v = use.matmul->inputs[1];
  a.scores = scores;
  a.probabilities = use.probabilities;
  a.context = use.matmul->outputs[0];
  const bool key_major = k.transposed != (product.matmul->trans_b.value_or(0) != 0);
  a.key_layout = key_major ? KeyLayout::key_major : KeyLayout::feature_major;
  if (!key_major) a.key_rank = rank_told(m, a.k) != 0 ? rank_told(m, a.k) : rank_told(m, a.q);  // both have as many in a product of attention
  a.q_scale = factor_inside(m, a.q);
  a.k_scale = factor_inside(m, a.k);
  a.score_scale = times(product.scale, q.factor * k.factor);
  return a;
}

using Counters = std::array<std::uint32_t, 3>;

class Finder {
 public:
  explicit Finder(const Model& m) : m_(m) {
    for (const ValueId v : m.graphs[kMainGraph].inputs) {
      decoder_file_ = decoder_file_ || m.values[v].name.find("encoder") != std::string_view::npos;
    }
  }

  std::vector<Attention> run() {
    Counters counters{};
    walk(kMainGraph, counters);
    return std::move(found_);
  }

 private:
  void walk(GraphId g, Counters& counters) {
    for (const NodeId id : m_.graphs[g].order) {
      const Node& n = m_.nodes[id];
      if (n.op == "Softmax" && ++tried_ <= kMaxSoftmax) {
        if (std::optional<Attention> a = match(m_, n)) number(*a, counters);
      }
      const Counters before = counters;
      for (const GraphId branch : branches(n)) {
        Counters inside = before;
        walk(branch, inside);
        for (std::size_t i = 0; i < inside.size(); ++i) counters[i] = std::max(counters[i], inside[i]);
      }
    }
  }

  void number(Attention& a, Counters& counters) {
    if (decoder_file_) a.kind = KeyOrigin(m_).from_encoder(a.k) ? AttentionKind::cross : AttentionKind::decoder_self;
    a.layer = counters[static_cast<std::size_t>(a.kind)]++;
    found_.push_back(a);
  }

  const Model& m_;
  bool decoder_file_ = false;
  std::size_t tried_ = 0;
  std::vector<Attention> found_;
};

}  // namespace

std::span<const GraphId> branches(const Node& node) {
  if (node.op != "If" || !(node.domain.empty() || node.domain == "ai.onnx")) return {};
  return node.subgraphs;
}

std::vector<Attention> find_attention(const Model& model) { return Finder(model).run(); }

std::vector<std::string> fused_operators(const Model& model) {
  std::set<std::string> out;
  for (const Node& n : model.nodes) {
    if (!one_of(n.op, {"Attention", "MultiHeadAttention", "GroupQueryAttention", "PackedAttention", "PackedMultiHeadAttention", "QAttention",
                       "DecoderMaskedSelfAttention", "DecoderMaskedMultiHeadAttention", "DecoderAttention", "LongformerAttention", "SparseAttention",
                       "PagedAttention", "FlexAttention", "QOrderedAttention"})) {
      continue;
    }
    if (!n.domain.empty() && n.domain != "ai.onnx" && n.domain != "com.microsoft") continue;
    out.insert((n.domain.empty() ? "ai.onnx" : std::string(n.domain)) + "." + std::string(n.op));
  }
  return {out.begin(), out.end()};
}

std::unexpected<Error> fused_attention(const std::vector<std::string>& operators) {
  std::string names;
  for (const std::string& n : operators) names += (names.empty() ? "" : ", ") + n;
  const bool standard = std::ranges::any_of(operators, [](const std::string& n) { return n.starts_with("ai.onnx."); });
  return fail(ErrorCode::model_unsupported,
              "This model computes its attention in a fused operator (" + names + "), which hides it; export it again without optimization" +
                  (standard ? " and for an operator set below 23" : "") +
                  ": optimum-cli export onnx --model NAME FOLDER (no --optimize), or torch.onnx.export with opset_version=18; docs/models.md has the commands.");
}

}  // namespace trilens::onnx
