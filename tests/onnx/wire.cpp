#include "onnx/wire.hpp"

#include <array>
#include <limits>

#include <catch2/catch_test_macros.hpp>

namespace trilens::onnx::wire {
namespace {

TEST_CASE("varints of all lengths come back as they went in") {
  for (unsigned shift = 0; shift < 64; ++shift) {
    const std::uint64_t value = std::numeric_limits<std::uint64_t>::max() >> shift;
    Buffer bytes;
    put_varint(bytes, value);
    std::size_t at = 0;
    std::uint64_t back = 0;
    REQUIRE(read_varint(bytes, at, back));
    CHECK(back == value);
    CHECK(at == bytes.size());
  }
}

TEST_CASE("a varint that breaks off or never ends is refused") {
  std::size_t at = 0;
  std::uint64_t value = 0;
  CHECK_FALSE(read_varint(Buffer{0x80}, at, value));
  at = 0;
  CHECK_FALSE(read_varint(Buffer(11, 0x80), at, value));
  at = 0;
  CHECK_FALSE(read_varint(Buffer{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}, at, value));
}

TEST_CASE("a length past the end, also one that 32 bits cannot hold, stops the reader") {
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{0x7FFFFFFF}, std::uint64_t{0xFFFFFFFF}, std::uint64_t{1} << 40,
                                     std::numeric_limits<std::uint64_t>::max()}) {
    Buffer bytes{0x0A};
    put_varint(bytes, length);
    bytes.insert(bytes.end(), {1, 2});
    Reader r(bytes);
    CHECK_FALSE(r.next());
    CHECK(r.failed());
    CHECK_FALSE(r.next());
  }
}

TEST_CASE("groups, field number 0 and unknown wire types are refused") {
  for (const std::uint8_t key : std::array<std::uint8_t, 6>{0x0B, 0x0C, 0x00, 0x02, 0x0E, 0x0F}) {
    const Buffer bytes{key, 0, 0, 0, 0, 0, 0, 0, 0};
    Reader reader(bytes);
    CHECK_FALSE(reader.next());
    CHECK(reader.failed());
  }
}

TEST_CASE("a message whose length was filled in later reads like any other") {
  Buffer bytes;
  const std::size_t outer = begin_message(bytes, 7);
  const std::size_t inner = begin_message(bytes, 1);
  put_text_field(bytes, 4, "Add");
  end_message(bytes, inner);
  end_message(bytes, outer);
  Reader a(bytes);
  REQUIRE(a.next());
  Reader b(*a.field().bytes_of(7));
  REQUIRE(b.next());
  Reader c(*b.field().bytes_of(1));
  REQUIRE(c.next());
  CHECK(c.field().text_of(4) == "Add");
  CHECK_FALSE(c.next());
  CHECK_FALSE(c.failed());
}

TEST_CASE("repeated integers are read packed and one by one, and never more than asked for") {
  Buffer packed, bytes;
  for (const std::uint64_t v : {1u, 300u, 2u}) put_varint(packed, v);
  put_bytes_field(bytes, 1, packed);
  put_varint_field(bytes, 1, 9);
  std::vector<std::int64_t> values;
  for (Reader r(bytes); r.next();) REQUIRE(append_integers(r.field(), 4, values));
  CHECK(values == std::vector<std::int64_t>{1, 300, 2, 9});
  Reader again(bytes);
  REQUIRE(again.next());
  CHECK_FALSE(append_integers(again.field(), 5, values));
}

}  // namespace
}  // namespace trilens::onnx::wire
