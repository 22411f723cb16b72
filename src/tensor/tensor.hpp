// Tensor owns, TensorView borrows: dense, row-major, one of four element types.
//
// Not here: arithmetic (softmax.hpp, top_k.hpp), device memory (infer/port.hpp). Single-threaded values.
// Shapes are written where a tensor is declared: `// [layer, head, query, key] f32`; views check theirs when made.
//
//   Tensor t = Tensor::f32({2, 3});
//   TensorView<float> v = t.view<float>();  // v[4], v.shape()
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace trilens {

using Shape = std::vector<std::int64_t>;

enum class ElementType : std::uint8_t { f32, i32, i64, boolean };

[[nodiscard]] std::size_t element_bytes(ElementType type);
[[nodiscard]] std::string_view element_name(ElementType type);  // "float32", "int32", "int64", "bool" (ORT's names)

// The number of elements; 0 when a dimension is 0. Fails on negative dimensions and on overflow.
[[nodiscard]] Result<std::size_t> element_count(const Shape& shape);

// "[2, 3]"
[[nodiscard]] std::string shape_text(const Shape& shape);

template <class T>
struct ElementTypeOf;
template <>
struct ElementTypeOf<float> {
  static constexpr ElementType value = ElementType::f32;
};
template <>
struct ElementTypeOf<std::int32_t> {
  static constexpr ElementType value = ElementType::i32;
};
template <>
struct ElementTypeOf<std::int64_t> {
  static constexpr ElementType value = ElementType::i64;
};
template <>
struct ElementTypeOf<std::uint8_t> {
  static constexpr ElementType value = ElementType::boolean;
};

// Borrows; the owner must outlive it.
template <class T>
class TensorView {
 public:
  TensorView(std::span<const T> data, Shape shape) : data_(data), shape_(std::move(shape)) {}
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::span<const T> data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return data_.size(); }
  const T& operator[](std::size_t i) const { return data_[i]; }
  // The i-th of the outermost dimension: [a, b, c] -> [b, c]. Precondition: rank >= 1, i < shape()[0].
  [[nodiscard]] TensorView<T> outer(std::size_t i) const {
    Shape inner(shape_.begin() + 1, shape_.end());
    std::size_t n = 1;
    for (const std::int64_t d : inner) n *= static_cast<std::size_t>(d);
    return TensorView<T>(data_.subspan(i * n, n), std::move(inner));
  }

 private:
  std::span<const T> data_;
  Shape shape_;
};

// Move-only owner of bytes. Element access is through view<T>() / data<T>(), whose T must match type().
class Tensor {
 public:
  Tensor() = default;
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(Tensor&&) noexcept = default;
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;

  // Zero-filled. Precondition: the shape is valid (element_count succeeds).
  Tensor(ElementType type, Shape shape);

  [[nodiscard]] static Tensor f32(Shape shape) { return Tensor(ElementType::f32, std::move(shape)); }
  template <class T>
  [[nodiscard]] static Tensor of(Shape shape, std::span<const T> values) {
    Tensor t(ElementTypeOf<T>::value, std::move(shape));
    t.fill_from(std::as_bytes(values));
    return t;
  }
  [[nodiscard]] Tensor clone() const;

  [[nodiscard]] ElementType type() const { return type_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size() / element_bytes(type_); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }

  // Precondition: T matches type().
  template <class T>
  [[nodiscard]] std::span<const T> data() const {
    check(ElementTypeOf<T>::value);
    return {reinterpret_cast<const T*>(bytes_.data()), size()};
  }
  template <class T>
  [[nodiscard]] std::span<T> data() {
    check(ElementTypeOf<T>::value);
    return {reinterpret_cast<T*>(bytes_.data()), size()};
  }
  template <class T>
  [[nodiscard]] TensorView<T> view() const {
    return TensorView<T>(data<T>(), shape_);
  }

 private:
  void check(ElementType wanted) const;
  void fill_from(std::span<const std::byte> values);

  ElementType type_ = ElementType::f32;
  Shape shape_{0};
  std::vector<std::byte> bytes_;
};

}  // namespace trilens
