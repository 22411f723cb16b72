#include "onnx/numbers.hpp"

#include <algorithm>
#include <cmath>

#include "onnx/constants.hpp"
#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr int kMaxSteps = 96;

using Number = std::optional<double>;

// A place in a vector or shape; negative ones count from the end.
using Place = std::int64_t;

class Numbers {
 public:
  explicit Numbers(const Model& m) : m_(m), constants_(m) {}

  Number number(ValueId v) {
    if (v == kNone || ++steps_ > kMaxSteps) return std::nullopt;
    if (const Number c = m_.scalar(v)) return c;
    const Node* p = m_.producer_of(v);
    if (p == nullptr || !Model::is(*p, p->op)) return std::nullopt;
    const bool whole = !is_floating(m_.values[v].type);
    if (one_of(p->op, {"Cast", "Identity", "Squeeze", "Unsqueeze", "Reshape"})) return p->op == "Cast" && whole ? truncated(number(Model::input(*p, 0))) : number(Model::input(*p, 0));
    if (p->op == "Gather") return picked(*p, number(Model::input(*p, 1)));
    if (p->op == "Slice") return picked(*p, number(Model::input(*p, 1)));
    if (p->op == "ConstantOfShape") return p->tensor == kNone ? 0.0 : m_.tensors[p->tensor].scalar;
    if (p->op == "Sqrt") return applied(number(Model::input(*p, 0)), [](double x) { return std::sqrt(x); });
    if (p->op == "Reciprocal") return applied(number(Model::input(*p, 0)), [](double x) { return 1 / x; });
    if (!one_of(p->op, {"Add", "Sub", "Mul", "Div", "Pow"})) return std::nullopt;
    const Number out = combined(p->op, number(Model::input(*p, 0)), number(Model::input(*p, 1)));
    return whole ? truncated(out) : out;
  }

 private:
  static Number finite(double x) { return std::isfinite(x) ? Number(x) : std::nullopt; }
  static Number truncated(Number x) { return x ? Number(std::trunc(*x)) : x; }

  template <class Function>
  static Number applied(Number x, Function f) {
    return x ? finite(f(*x)) : std::nullopt;
  }

  static Number combined(std::string_view op, Number a, Number b) {
    if (!a || !b) return std::nullopt;
    if (op == "Add") return finite(*a + *b);
    if (op == "Sub") return finite(*a - *b);
    if (op == "Mul") return finite(*a * *b);
    return finite(op == "Div" ? *a / *b : std::pow(*a, *b));
  }

  // One element of a vector, where a Gather or Slice begins.
  Number picked(const Node& n, Number start) {
    constexpr double kMost = 64;
    if (!start || std::abs(*start) > kMost) return std::nullopt;
    return component(Model::input(n, 0), static_cast<Place>(*start));
  }

  Number component(ValueId v, Place i) {
    if (v == kNone || ++steps_ > kMaxSteps) return std::nullopt;
    if (m_.values[v].constant) return constant_component(v, i);
    const Node* p = m_.producer_of(v);
    if (p == nullptr) return std::nullopt;
    if (one_of(p->op, {"Cast", "Identity"})) return component(Model::input(*p, 0), i);
    if (p->op == "Unsqueeze") return i == 0 || i == -1 ? number(Model::input(*p, 0)) : std::nullopt;
    if (p->op == "Shape") return shape_component(*p, i);
    if (p->op == "Concat") return concatenated(*p, i);
    return p->op == "Slice" && i == 0 ? picked(*p, number(Model::input(*p, 1))) : std::nullopt;
  }

  Number constant_component(ValueId v, Place i) {
    const auto dims = constants_.dims(v);
    if (!dims || dims->size() != 1) return std::nullopt;
    const auto x = constants_.at(v, {i < 0 ? i + (*dims)[0] : i});
    return x ? Number(*x) : std::nullopt;
  }

  // A Shape may give a part of the shape.
  Number shape_component(const Node& n, Place i) {
    const Place start = n.start.value_or(0);
    if (i >= 0) return dimension(Model::input(n, 0), start + i);
    return n.end ? std::nullopt : dimension(Model::input(n, 0), i);
  }

  // How long a vector is, where that is plain to see.
  std::optional<Place> length(ValueId v) {
    const Node* p = m_.producer_of(v);
    if (p != nullptr && p->op == "Unsqueeze") return 1;
    const auto dims = m_.values[v].constant ? constants_.dims(v) : std::nullopt;
    return dims && dims->size() == 1 ? std::optional((*dims)[0]) : std::nullopt;
  }

  Number concatenated(const Node& n, Place i) {
    const bool back = i < 0;
    for (std::size_t at = 0; at < n.inputs.size() && at < Limits::rank; ++at) {
      const ValueId part = n.inputs[back ? n.inputs.size() - 1 - at : at];
      if (part == kNone) return std::nullopt;
      const std::optional<Place> size = length(part);
      if (i == (back ? -1 : 0) || (size && (back ? -i <= *size : i < *size))) return component(part, i);
      if (!size) return std::nullopt;
      i += back ? *size : -*size;
    }
    return std::nullopt;
  }

  // How large a value is along an axis.
  Number dimension(ValueId v, Place axis) {
    if (v == kNone || ++steps_ > kMaxSteps) return std::nullopt;
    const Node* p = m_.producer_of(v);
    if (m_.values[v].constant || p == nullptr) return constant_dimension(v, axis);
    if (one_of(p->op, {"Cast", "Identity"})) return dimension(Model::input(*p, 0), axis);
    if (p->op == "Transpose") {
      const auto rank = static_cast<Place>(p->perm.size());
      const Place i = axis < 0 ? axis + rank : axis;
      return i >= 0 && i < rank ? dimension(Model::input(*p, 0), p->perm[static_cast<std::size_t>(i)]) : std::nullopt;
    }
    if (p->op == "Reshape") {
      const Number size = component(Model::input(*p, 1), axis);
      return size && *size > 0 ? size : std::nullopt;  // 0 and -1 stand for sizes found elsewhere
    }
    if (p->op == "Concat" && p->axis && *p->axis != axis && (*p->axis < 0) == (axis < 0)) return any_dimension(*p, axis);
    return one_of(p->op, {"Add", "Mul", "Div"}) ? any_dimension(*p, axis) : std::nullopt;
  }

  Number constant_dimension(ValueId v, Place axis) {
    const auto dims = constants_.dims(v);
    if (!dims) return std::nullopt;
    const auto rank = static_cast<Place>(dims->size());
    const Place i = axis < 0 ? axis + rank : axis;
    return i >= 0 && i < rank ? Number(static_cast<double>((*dims)[static_cast<std::size_t>(i)])) : std::nullopt;
  }

  // Of operands that are equally large there, or 1 and stretched.
  Number any_dimension(const Node& n, Place axis) {
    for (std::size_t i = 0; i < std::min(n.inputs.size(), Limits::rank); ++i) {
      const Number size = dimension(n.inputs[i], axis);
      if (size && *size > 1) return size;
    }
    return std::nullopt;
  }

  const Model& m_;
  Constants constants_;
  int steps_ = 0;
};

}  // namespace

std::optional<double> known_number(const Model& model, ValueId value) { return Numbers(model).number(value); }

}  // namespace trilens::onnx
