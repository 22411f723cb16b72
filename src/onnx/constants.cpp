#include "onnx/constants.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr int kMaxSteps = 256;  // for one element: a hostile expression could double with each operator

template <class T>
T load(wire::Bytes raw, std::uint64_t place) {
  T out{};
  std::memcpy(&out, raw.data() + place * sizeof(T), sizeof(T));
  return out;
}

float half(std::uint16_t h) {
  const int exponent = (h >> 10) & 0x1F, mantissa = h & 0x3FF;
  const float sign = (h & 0x8000) != 0 ? -1.0f : 1.0f;
  if (exponent == 0x1F) return mantissa != 0 ? std::nanf("") : sign * HUGE_VALF;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

// Precondition: `place` lies within raw.
std::optional<float> raw_element(DataType type, wire::Bytes raw, std::uint64_t place) {
  switch (type) {
    case DataType::f32: return load<float>(raw, place);
    case DataType::f64: return static_cast<float>(load<double>(raw, place));
    case DataType::f16: return half(load<std::uint16_t>(raw, place));
    case DataType::bf16: return std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(raw, place)) << 16);
    case DataType::u8: return load<std::uint8_t>(raw, place);
    case DataType::i8: return load<std::int8_t>(raw, place);
    case DataType::i32: return static_cast<float>(load<std::int32_t>(raw, place));
    case DataType::i64: return static_cast<float>(load<std::int64_t>(raw, place));
    case DataType::u4: return static_cast<float>((raw[static_cast<std::size_t>(place / 2)] >> (4 * (place % 2))) & 0xF);
    case DataType::i4: {
      const int nibble = (raw[static_cast<std::size_t>(place / 2)] >> (4 * (place % 2))) & 0xF;
      return static_cast<float>(nibble < 8 ? nibble : nibble - 16);
    }
    default: return std::nullopt;
  }
}

float integer_field(DataType type, std::uint64_t v) {
  if (type == DataType::f16) return half(static_cast<std::uint16_t>(v));
  return static_cast<float>(static_cast<std::int64_t>(v));
}

// A field's elements, packed or not.
void append_typed(DataType type, const wire::Field& f, std::vector<float>& out) {
  if (f.number == schema::tensor::float_data && type == DataType::f32) {
    if (f.type == wire::Type::fixed32) out.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(f.value)));
    for (std::uint64_t i = 0; f.type == wire::Type::bytes && (i + 1) * 4 <= f.payload.size(); ++i) out.push_back(load<float>(f.payload, i));
  }
  if (f.number != schema::tensor::int32_data && f.number != schema::tensor::int64_data) return;
  if (type == DataType::u4 || type == DataType::i4 || type == DataType::bf16) return;  // packed otherwise
  if (f.type == wire::Type::varint) out.push_back(integer_field(type, f.value));
  for (std::size_t at = 0; f.type == wire::Type::bytes && at < f.payload.size();) {
    std::uint64_t value = 0;
    if (!wire::read_varint(f.payload, at, value)) return;
    out.push_back(integer_field(type, value));
  }
}

// A dimension counted from the end where it is negative.
std::optional<std::size_t> axis_of(std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n) return std::nullopt;
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

std::vector<std::size_t> permutation(const Node& n, std::size_t rank) {
  std::vector<std::size_t> out(rank);
  for (std::size_t i = 0; i < rank; ++i) out[i] = rank - 1 - i;  // the operator's default
  if (n.perm.empty()) return out;
  if (n.perm.size() != rank) return {};
  for (std::size_t i = 0; i < rank; ++i) {
    if (n.perm[i] < 0 || n.perm[i] >= static_cast<std::int64_t>(rank)) return {};
    out[i] = static_cast<std::size_t>(n.perm[i]);
  }
  return out;
}

}  // namespace

const std::vector<float>& Constants::typed(TensorId tensor) {
  const auto [at, added] = typed_.try_emplace(tensor);
  if (!added) return at->second;
  wire::Reader r(m_.tensors[tensor].body);
  while (r.next()) append_typed(m_.tensors[tensor].type, r.field(), at->second);
  return at->second;
}

std::optional<float> Constants::element(TensorId tensor, std::uint64_t place) {
  const TensorFacts& t = m_.tensors[tensor];
  if (place >= t.elements) return std::nullopt;
  if (!t.raw.empty()) return raw_element(t.type, t.raw, place);
  const std::vector<float>& elements = typed(tensor);
  return place < elements.size() ? std::optional(elements[static_cast<std::size_t>(place)]) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> Constants::find_dims(ValueId value) {
  if (value == kNone || ++steps_ > kMaxSteps) return std::nullopt;
  if (m_.values[value].tensor != kNone) return m_.tensors[m_.values[value].tensor].dims;
  const Node* p = m_.producer_of(value);
  if (p == nullptr || !m_.values[value].constant) return std::nullopt;
  if (one_of(p->op, {"Cast", "Identity", "DequantizeLinear"})) return find_dims(Model::input(*p, 0));
  if (p->op == "Transpose") {
    const auto before = find_dims(Model::input(*p, 0));
    if (!before) return std::nullopt;
    const std::vector<std::size_t> perm = permutation(*p, before->size());
    if (perm.size() != before->size()) return std::nullopt;
    std::vector<std::int64_t> out;
    for (const std::size_t i : perm) out.push_back((*before)[i]);
    return out;
  }
  if (!one_of(p->op, {"Add", "Sub", "Mul", "Div"})) return std::nullopt;
  auto a = find_dims(Model::input(*p, 0)), b = find_dims(Model::input(*p, 1));
  if (!a || !b) return std::nullopt;
  if (a->size() < b->size()) std::swap(a, b);
  for (std::size_t i = 0; i < b->size(); ++i) {
    std::int64_t& wide = (*a)[a->size() - b->size() + i];
    wide = wide == 1 ? (*b)[i] : wide;
  }
  return a;
}

// Of a value that is stretched to a larger shape.
std::optional<float> Constants::broadcast_at(ValueId value, const Index& index) {
  const auto own = find_dims(value);
  if (!own || own->size() > index.size()) return std::nullopt;
  Index inner(index.end() - static_cast<std::ptrdiff_t>(own->size()), index.end());
  for (std::size_t i = 0; i < inner.size(); ++i) inner[i] = (*own)[i] == 1 ? 0 : inner[i];
  return find(value, inner);
}

// (x - zero point) * scale, by tensor, by axis or by block.
std::optional<float> Constants::dequantized(const Node& n, const Index& index) {
  const auto whole = find_dims(Model::input(n, 0)), steps = find_dims(Model::input(n, 1));
  if (!whole || !steps || whole->size() != index.size()) return std::nullopt;
  Index place;
  if (steps->size() == index.size() && n.block_size.value_or(0) > 0) {
    const auto axis = axis_of(n.axis.value_or(1), index.size());
    if (!axis) return std::nullopt;
    place = index;
    place[*axis] /= *n.block_size;
  } else if (steps->size() == 1 && (*steps)[0] != 1) {
    const auto axis = axis_of(n.axis.value_or(1), index.size());
    if (!axis) return std::nullopt;
    place = {index[*axis]};
  } else {
    place.assign(steps->size(), 0);
  }
  const auto x = find(n.inputs[0], index), scale = find(n.inputs[1], place);
  const auto zero = Model::input(n, 2) == kNone ? std::optional(0.0f) : find(n.inputs[2], place);
  if (!x || !scale || !zero) return std::nullopt;
  return (*x - *zero) * *scale;
}

std::optional<float> Constants::find(ValueId value, const Index& index) {
  if (value == kNone || ++steps_ > kMaxSteps) return std::nullopt;
  if (const TensorId t = m_.values[value].tensor; t != kNone) {
    const std::vector<std::int64_t>& own = m_.tensors[t].dims;
    if (own.size() != index.size()) return std::nullopt;
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (index[i] < 0 || index[i] >= own[i]) return std::nullopt;
      place = place * static_cast<std::uint64_t>(own[i]) + static_cast<std::uint64_t>(index[i]);
    }
    return element(t, place);
  }
  const Node* p = m_.producer_of(value);
  if (p == nullptr || !m_.values[value].constant) return std::nullopt;
  if (one_of(p->op, {"Cast", "Identity"})) return find(Model::input(*p, 0), index);
  if (p->op == "DequantizeLinear") return dequantized(*p, index);
  if (p->op == "Transpose") {
    const std::vector<std::size_t> perm = permutation(*p, index.size());
    if (perm.size() != index.size()) return std::nullopt;
    Index before(index.size(), 0);
    for (std::size_t i = 0; i < perm.size(); ++i) before[perm[i]] = index[i];
    return find(Model::input(*p, 0), before);
  }
  if (!one_of(p->op, {"Add", "Sub", "Mul", "Div"})) return std::nullopt;
  const auto a = broadcast_at(Model::input(*p, 0), index), b = broadcast_at(Model::input(*p, 1), index);
  if (!a || !b) return std::nullopt;
  return p->op == "Add" ? *a + *b : p->op == "Sub" ? *a - *b : p->op == "Mul" ? *a * *b : *a / *b;
}

}  // namespace trilens::onnx
