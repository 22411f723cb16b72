#include "onnx/projection.hpp"

#include <algorithm>

#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr int kMaxSteps = 32;
constexpr std::int64_t kMostRows = std::int64_t{1} << 24;
constexpr std::int64_t kMostColumns = std::int64_t{1} << 20;

// Through what leaves the numbers as they are.
ValueId peeled(const Model& m, ValueId v) {
  for (int steps = 0; steps < kMaxSteps; ++steps) {
    const Node* p = m.producer_of(v);
    if (p == nullptr || !one_of(p->op, {"Reshape", "Identity", "Squeeze", "Unsqueeze", "Dropout"}) || !m.dynamic(Model::input(*p, 0))) return v;
    v = p->inputs[0];
  }
  return v;
}

class Search {
 public:
  Search(const Model& m, ValueId stop) : m_(m), stop_(stop) {}

  std::optional<Product> run(ValueId logits) {
    ValueId v = logits;
    for (int steps = 0; steps < kMaxSteps && v != kNone && v != stop_; ++steps) {
      const Node* p = m_.producer_of(v);
      if (p == nullptr || !p->subgraphs.empty()) return std::nullopt;
      if (is_product(*p)) return finished();
      v = before(*p);
    }
    return std::nullopt;
  }

 private:
  bool sized(std::optional<std::vector<std::int64_t>> dims) {
    if (!dims || dims->size() != 2) return false;
    const std::int64_t rows = (*dims)[out_.by_rows ? 0 : 1], columns = (*dims)[out_.by_rows ? 1 : 0];
    if (rows < 1 || columns < 1 || rows > kMostRows || columns > kMostColumns) return false;
    out_.vocabulary = static_cast<std::uint32_t>(rows);
    out_.width = static_cast<std::uint32_t>(columns);
    return true;
  }

  bool is_product(const Node& n) {
    out_.node = static_cast<NodeId>(&n - m_.nodes.data());
    out_.source = Model::input(n, 0);
    out_.weight = Model::input(n, 1);
    out_.by_rows = false;
    if (!m_.dynamic(out_.source) || out_.weight == kNone || m_.dynamic(out_.weight)) return false;
    if (n.op == "MatMulNBits") return is_packed(n);
    if (!one_of(n.op, {"MatMul", "FusedMatMul", "Gemm", "MatMulInteger"}) || n.trans_a.value_or(0) != 0) return false;
    out_.by_rows = n.op != "MatMul" && n.op != "MatMulInteger" && n.trans_b.value_or(0) != 0;
    out_.factor = n.op == "MatMul" ? 1 : n.alpha.value_or(1);
    if (n.op == "MatMulInteger") {
      const Node* rounding = m_.producer_of(out_.source);
      if (out_.step == kNone || rounding == nullptr || rounding->op != "DynamicQuantizeLinear") return false;
      out_.source = Model::input(*rounding, 0);
      out_.kind = Projection::integers;
    }
    if (n.op == "Gemm" && Model::input(n, 2) != kNone) {
      if (m_.dynamic(n.inputs[2])) linear_ = false;
      out_.after.push_back({n.inputs[2], n.beta.value_or(1)});
    }
    return sized(Constants(m_).dims(out_.weight));
  }

  bool is_packed(const Node& n) {
    out_.kind = Projection::four_bits;
    out_.by_rows = true;
    if (Model::input(n, 5) != kNone) out_.after.push_back({n.inputs[5], 1});
    return sized(std::vector<std::int64_t>{n.n_elements.value_or(0), n.k_elements.value_or(0)});
  }

  // What the operator's result is made of on the way to the product; kNone where that cannot be told.
  ValueId before(const Node& n) {
    const ValueId a = Model::input(n, 0), b = Model::input(n, 1);
    if (one_of(n.op, {"Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Dropout"})) return a;
    if (n.inputs.size() == 2 && m_.dynamic(a) && m_.dynamic(b)) return n.op == "Mul" ? integer_product(a, b) : kNone;
    const bool first = m_.dynamic(a);
    if (n.inputs.size() == 2 && (first || m_.dynamic(b)) && one_of(n.op, {"Add", "Sub", "Mul", "Div"})) {
      const ValueId other = first ? b : a;
      const std::optional<double> c = m_.scalar(other);
      if (n.op == "Add") out_.after.push_back({other, 1});
      if (n.op == "Sub") out_.after.push_back({other, -1});
      if (one_of(n.op, {"Mul", "Div"})) out_.after.push_back({kNone, n.op == "Mul" ? c.value_or(1) : 1 / c.value_or(1)});
      linear_ = linear_ && (first || one_of(n.op, {"Add", "Mul"})) && (c || one_of(n.op, {"Add", "Sub"})) && !(n.op == "Div" && c == 0.0);
      return first ? a : b;
    }
    linear_ = false;
    return n.inputs.size() == 1 ? a : kNone;
  }

  // Cast(MatMulInteger) * (step of what it reads * step of the weight)
  ValueId integer_product(ValueId a, ValueId b) {
    const auto integers = [this](ValueId v) {
      const Node* p = m_.producer_of(v);
      if (p != nullptr && p->op == "Cast") p = m_.producer_of(Model::input(*p, 0));
      return p != nullptr && p->op == "MatMulInteger";
    };
    if (integers(b)) std::swap(a, b);
    const Node* steps = m_.producer_of(b);
    if (!integers(a) || steps == nullptr || steps->op != "Mul") return kNone;
    const ValueId x = Model::input(*steps, 0), y = Model::input(*steps, 1);
    out_.step = m_.dynamic(x) ? y : x;
    return m_.dynamic(out_.step) ? kNone : a;
  }

  std::optional<Product> finished() {
    out_.source = peeled(m_, out_.source);
    std::ranges::reverse(out_.after);
    if (!linear_) out_.kind = Projection::nonlinear;
    return std::move(out_);
  }

  const Model& m_;
  ValueId stop_;
  Product out_;
  bool linear_ = true;
};

// The token's element of a vector that is added to or multiplied with the logits: the last dimension, or one for all.
std::optional<float> along(Constants& constants, ValueId v, std::uint32_t token) {
  const auto dims = constants.dims(v);
  if (!dims || dims->size() > Limits::rank) return std::nullopt;
  Index index(dims->size(), 0);
  for (std::size_t i = 0; i + 1 < dims->size(); ++i) {
    if ((*dims)[i] != 1) return std::nullopt;
  }
  if (!index.empty() && dims->back() != 1) index.back() = token;
  return constants.at(v, index);
}

// MatMulNBits: rows of blocks, each with a scale and a zero point of its own; elements from the lowest bits up.
class Packed {
 public:
  Packed(const Model& m, const Node& n) : m_(m), n_(n), constants_(m) {}

  std::optional<std::vector<float>> row(const Product& p, std::uint32_t token) {
    const std::int64_t bits = n_.bits.value_or(4), block = n_.block_size.value_or(0);
    if ((bits != 2 && bits != 4 && bits != 8) || block < 16 || block > kMostColumns || (block & (block - 1)) != 0 || Model::input(n_, 4) != kNone) return std::nullopt;
    bits_ = static_cast<std::uint64_t>(bits);
    const std::uint64_t size = static_cast<std::uint64_t>(block), blocks = (p.width + size - 1) / size;
    std::vector<float> out;
    out.reserve(p.width);
    for (std::uint64_t b = 0; b < blocks; ++b) {
      const auto scale = stored(2, token * blocks + b), zero = zero_point(token, b, blocks);
      for (std::uint64_t i = 0; i < size && out.size() < p.width; ++i) {
        const auto q = bits_at(1, (token * blocks + b) * size * bits_ / 8, i);
        if (!scale || !zero || !q) return std::nullopt;
        out.push_back((*q - *zero) * *scale);
      }
    }
    return out;
  }

 private:
  std::optional<float> stored(std::size_t input, std::uint64_t place) {
    const ValueId v = Model::input(n_, input);
    return v == kNone || m_.values[v].tensor == kNone ? std::nullopt : constants_.element(m_.values[v].tensor, place);
  }

  // The i-th group of bits from a byte on.
  std::optional<float> bits_at(std::size_t input, std::uint64_t byte, std::uint64_t i) {
    const auto whole = stored(input, byte + i * bits_ / 8);
    if (!whole) return std::nullopt;
    const auto value = static_cast<unsigned>(*whole) >> (i * bits_ % 8);
    return static_cast<float>(value & ((1u << bits_) - 1u));
  }

  std::optional<float> zero_point(std::uint32_t token, std::uint64_t b, std::uint64_t blocks) {
    const ValueId v = Model::input(n_, 3);
    if (v == kNone) return static_cast<float>(1u << (bits_ - 1));
    if (is_floating(m_.values[v].type)) return stored(3, token * blocks + b);
    return bits_at(3, token * ((blocks * bits_ + 7) / 8), b);
  }

  const Model& m_;
  const Node& n_;
  Constants constants_;
  std::uint64_t bits_ = 4;
};

std::optional<std::vector<float>> weights_of(const Model& m, const Product& p, std::uint32_t token) {
  const Node& n = m.nodes[p.node];
  if (n.op == "MatMulNBits") return Packed(m, n).row(p, token);
  Constants constants(m);
  float zero = 0, step = 1;
  if (n.op == "MatMulInteger") {
    const auto z = Model::input(n, 3) == kNone ? std::optional(0.0f) : along(constants, n.inputs[3], token);
    const auto s = along(constants, p.step, token);
    if (!z || !s) return std::nullopt;
    zero = *z;
    step = *s;
  }
  std::vector<float> out;
  out.reserve(p.width);
  for (std::int64_t k = 0; k < static_cast<std::int64_t>(p.width); ++k) {
    const auto x = constants.at(p.weight, p.by_rows ? Index{token, k} : Index{k, token});
    if (!x) return std::nullopt;
    out.push_back((*x - zero) * step);
  }
  return out;
}

}  // namespace

std::optional<Product> find_product_of(const Model& model, ValueId logits, ValueId stop) { return Search(model, stop).run(logits); }

std::optional<ProjectionRow> row_of(const Model& model, const Product& product, std::uint32_t token) {
  std::optional<std::vector<float>> weights = weights_of(model, product, token);
  if (!weights || product.kind == Projection::nonlinear) return std::nullopt;
  Constants constants(model);
  ProjectionRow row{std::move(*weights), 0};
  double factor = product.factor;
  for (const Product::After& after : product.after) {
    if (after.addend == kNone) {
      factor *= after.factor;
      row.bias *= static_cast<float>(after.factor);
    } else {
      const auto addend = along(constants, after.addend, token);
      if (!addend) return std::nullopt;
      row.bias += *addend * static_cast<float>(after.factor);
    }
  }
  if (factor != 1) {
    for (float& w : row.weights) w *= static_cast<float>(factor);
  }
  return row;
}

}  // namespace trilens::onnx
