#include "analysis/leak.hpp"

#include <algorithm>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

namespace trilens::analysis {
namespace {

using Ids = std::vector<std::int32_t>;

std::vector<std::size_t> changed(const Alignment& a) {
  std::vector<std::size_t> out;
  for (const AlignedPair& pair : a.pairs) {
    if (pair.changed) out.push_back(pair.before);
  }
  return out;
}

}  // namespace

TEST_CASE("one token replaced: all others are paired with themselves") {
  const Alignment a = align_edit(Ids{1, 5, 6, 7, 2}, Ids{1, 5, 9, 7, 2});
  CHECK(a.prefix == 2);
  CHECK(a.suffix == 2);
  CHECK(a.shift == 0);
  CHECK(a.pairs.size() == 5);
  CHECK(changed(a) == std::vector<std::size_t>{2});
}

TEST_CASE("one token replaced by three: what follows is paired from the end") {
  const Alignment a = align_edit(Ids{1, 5, 6, 7, 2}, Ids{1, 5, 8, 8, 9, 7, 2});
  CHECK(a.shift == 2);
  REQUIRE(a.pairs.size() == 5);
  CHECK(changed(a) == std::vector<std::size_t>{2});
  CHECK(a.pairs[3].before == 3);
  CHECK(a.pairs[3].after == 5);
  CHECK(a.pairs[4].after == 6);
}

TEST_CASE("repeated tokens are not paired twice") {
  const Alignment a = align_edit(Ids{4, 4, 4}, Ids{4, 4});
  CHECK(a.prefix == 2);
  CHECK(a.suffix == 0);
  CHECK(a.pairs.size() == 2);
  const Alignment same = align_edit(Ids{4, 4}, Ids{4, 4});
  CHECK(same.prefix == 2);
  CHECK(changed(same).empty());
  CHECK(align_edit({}, Ids{1}).pairs.empty());
}

TEST_CASE("a vector that stays has moved by nothing, one that turns round by twice its length") {
  Tensor before(ElementType::f32, {3, 2}), after(ElementType::f32, {3, 2});
  const std::vector<float> a{3, 4, 1, 0, 0, 0}, b{3, 4, -1, 0, 0, 2};
  std::ranges::copy(a, before.data<float>().begin());
  std::ranges::copy(b, after.data<float>().begin());
  Alignment alignment;
  for (std::size_t i = 0; i < 3; ++i) alignment.pairs.push_back({i, i, false});
  const Movement m = movement(before.view<float>(), after.view<float>(), alignment);
  CHECK(m.difference[0] == 0);
  CHECK(m.cosine[0] == Catch::Approx(1));
  CHECK(m.difference[1] == Catch::Approx(2));
  CHECK(m.cosine[1] == Catch::Approx(-1));
  CHECK(m.difference[2] == 1);  // from nothing: the whole of it
}

}  // namespace trilens::analysis
