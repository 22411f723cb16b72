#include "tensor/tensor.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace trilens {

std::size_t element_bytes(ElementType type) {
  switch (type) {
    case ElementType::f32: return 4;
    case ElementType::i32: return 4;
    case ElementType::i64: return 8;
    case ElementType::boolean: return 1;
  }
  std::abort();
}

std::string_view element_name(ElementType type) {
  switch (type) {
    case ElementType::f32: return "float32";
    case ElementType::i32: return "int32";
    case ElementType::i64: return "int64";
    case ElementType::boolean: return "bool";
  }
  std::abort();
}

Result<std::size_t> element_count(const Shape& shape) {
  std::size_t n = 1;
  for (const std::int64_t d : shape) {
    if (d < 0) return fail(ErrorCode::invalid_argument, "A tensor has a negative dimension: " + shape_text(shape) + ".");
    const auto u = static_cast<std::size_t>(d);
    if (u != 0 && n > std::numeric_limits<std::size_t>::max() / 8 / u) {
      return fail(ErrorCode::invalid_argument, "A tensor is too large to hold: " + shape_text(shape) + ".");
    }
    n *= u;
  }
  return n;
}

std::string shape_text(const Shape& shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i != 0) out += ", ";
    out += std::to_string(shape[i]);
  }
  return out + "]";
}

Tensor::Tensor(ElementType type, Shape shape) : type_(type), shape_(std::move(shape)) {
  const Result<std::size_t> count = element_count(shape_);
  if (!count) std::abort();
  bytes_.resize(*count * element_bytes(type));
}

Tensor Tensor::clone() const {
  Tensor copy(type_, shape_);
  copy.bytes_ = bytes_;
  return copy;
}

void Tensor::check(ElementType wanted) const {
  if (wanted != type_) std::abort();
}

void Tensor::fill_from(std::span<const std::byte> values) {
  if (values.size() != bytes_.size()) std::abort();
  std::ranges::copy(values, bytes_.begin());
}

}  // namespace trilens
