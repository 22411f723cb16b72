#include "tensor/tensor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <vector>

namespace trilens {

TEST_CASE("a new tensor holds zeros and knows its shape and type") {
  const Tensor t = Tensor::f32({2, 3});
  CHECK(t.size() == 6);
  CHECK(t.bytes().size() == 24);
  CHECK(t.shape() == Shape{2, 3});
  for (const float x : t.data<float>()) CHECK(x == 0);
}

TEST_CASE("a tensor made of values reads back row by row") {
  const Tensor t = Tensor::of<std::int64_t>({2, 2}, std::vector<std::int64_t>{1, -2, 3, 1LL << 40});
  CHECK(t.type() == ElementType::i64);
  const TensorView<std::int64_t> second = t.view<std::int64_t>().outer(1);
  CHECK(second.shape() == Shape{2});
  CHECK(second[0] == 3);
  CHECK(second[1] == 1LL << 40);
}

TEST_CASE("a tensor with a dimension of zero is empty and a scalar has one element") {
  CHECK(Tensor::f32({2, 0, 3}).size() == 0);
  CHECK(Tensor::f32({}).size() == 1);
  CHECK(Tensor().size() == 0);
}

TEST_CASE("a clone is a copy of its own") {
  Tensor t = Tensor::of<float>({2}, std::vector<float>{1, 2});
  const Tensor copy = t.clone();
  t.data<float>()[0] = 9;
  CHECK(copy.data<float>()[0] == 1);
}

TEST_CASE("shapes that cannot be held are refused") {
  CHECK(element_count({3, 4}).value() == 12);
  CHECK_FALSE(element_count({3, -1}).has_value());
  CHECK_FALSE(element_count({std::numeric_limits<std::int64_t>::max(), 3}).has_value());
  CHECK(element_count({-1}).error().message.find("[-1]") != std::string::npos);
}

}  // namespace trilens
