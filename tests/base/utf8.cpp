#include "base/utf8.hpp"

#include <catch2/catch_test_macros.hpp>

namespace trilens::utf8 {

TEST_CASE("well-formed text is read as its codepoints and their bytes") {
  Reader reader("a\u00E9\u20AC\U0001F600");
  const Codepoint expected[] = {{U'a', 0, 1, true}, {U'\u00E9', 1, 3, true}, {U'\u20AC', 3, 6, true}, {U'\U0001F600', 6, 10, true}};
  for (const Codepoint& e : expected) {
    REQUIRE_FALSE(reader.done());
    const Codepoint c = reader.next();
    CHECK(c.codepoint == e.codepoint);
    CHECK(c.begin == e.begin);
    CHECK(c.end == e.end);
    CHECK(c.valid);
  }
  CHECK(reader.done());
}

TEST_CASE("each maximal ill-formed part is one U+FFFD") {
  // Unicode 15, chapter 3.9, tables 3-8 to 3-11
  CHECK(repair("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\x41");
  CHECK(repair("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\x41");
  CHECK(repair("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\x41\uFFFD\uFFFD\x42");
  CHECK(repair("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == "\uFFFD\uFFFD\uFFFD\uFFFD\x41");
}

TEST_CASE("text that ends within a character ends in one U+FFFD") {
  CHECK(repair("a\xE2\x82") == "a\uFFFD");
  CHECK(repair("\xF0") == "\uFFFD");
  CHECK(length("a\xE2\x82") == 2);
}

TEST_CASE("valid tells well-formed from ill-formed") {
  CHECK(valid(""));
  CHECK(valid("a\U0010FFFF\uFFFD"));
  CHECK_FALSE(valid("\xF4\x90\x80\x80"));
  CHECK_FALSE(valid("\xED\xA0\x80"));
  CHECK_FALSE(valid("\x80"));
}

TEST_CASE("every codepoint survives encoding and decoding; surrogates and what lies beyond do not") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string bytes = encode({&c, 1});
    if (decode(bytes) != std::u32string(1, c) || !valid(bytes)) FAIL("codepoint " << static_cast<unsigned>(c));
  }
  for (const char32_t c : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}, char32_t{0xFFFFFFFF}}) CHECK(encode({&c, 1}) == "\uFFFD");
}

TEST_CASE("no pair or triple of bytes is read past its end, and spans cover the text") {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const char bytes[] = {static_cast<char>(a), static_cast<char>(b), '\x80'};
      std::size_t at = 0;
      bool covered = true;
      for (Reader reader(std::string_view(bytes, 3)); !reader.done();) {
        const Codepoint c = reader.next();
        covered = covered && c.begin == at && c.end > c.begin && c.end <= 3;
        at = c.end;
      }
      if (!covered || at != 3) FAIL("bytes " << a << " " << b);
    }
  }
}

}  // namespace trilens::utf8
