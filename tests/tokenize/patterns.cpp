// Where regular expressions cut text, against the reference (tests/oracles/tokenizer_patterns.py), and which are refused.
#include "tokenize/json.hpp"
#include "tokenize/pretokenize/pretokenizer.hpp"
#include "tokenize/regex.hpp"
#include "tokenize/stream.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

PreTokenizerPtr splitter(const std::string& pattern) {
  const nlohmann::json json{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
  auto made = make_pretokenizer(Section(json, "pre_tokenizer"));
  INFO((made ? std::string() : made.error().message));
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::vector<Span> cuts(const PreTokenizer& split, const std::string& text) {
  Pieces pieces{AlignedText::from_utf8(text), {}};
  if (!pieces.text.empty()) pieces.list.push_back({0, pieces.text.size(), -1});
  split.pre_tokenize(pieces);
  std::vector<Span> out;
  for (const Piece& piece : pieces.list) out.push_back(pieces.text.span(piece.begin, piece.end));
  return out;
}

// The cuts in the fixture's strings, block by block, against the reference's digests.
void compare(const nlohmann::json& fixture, const PreTokenizer& split, const nlohmann::json& expected, const std::string& what) {
  const auto size = fixture["strings_in_a_block"].get<std::size_t>();
  REQUIRE(expected.size() >= 40);
  Stream stream(fixture["seed"].get<std::uint64_t>());
  for (std::size_t block = 0; block < expected.size(); ++block) {
    Digest digest;
    for (std::size_t i = 0; i < size; ++i) {
      for (const Span& span : cuts(split, stream.next())) {
        digest.add(span.begin);
        digest.add(span.end);
      }
      digest.add(std::string_view("\xff"));
    }
    INFO(what << ", strings " << block * size << " to " << (block + 1) * size << " of the stream");
    CHECK(digest.hex() == expected[block].get<std::string>());
  }
}

}  // namespace

TEST_CASE("regular expressions cut text where the reference cuts it") {
  const nlohmann::json fixture = read_fixture("patterns.json");
  REQUIRE(fixture["patterns"].size() >= 20);
  for (const auto& row : fixture["patterns"]) {
    const std::string pattern = row["pattern"];
    const PreTokenizerPtr split = splitter(pattern);
    compare(fixture, *split, row["blocks"], pattern);
  }
}

TEST_CASE("UnicodeScripts cuts text where the reference cuts it") {
  const nlohmann::json fixture = read_fixture("patterns.json");
  const nlohmann::json json{{"type", "UnicodeScripts"}};
  const auto made = make_pretokenizer(Section(json, "pre_tokenizer"));
  REQUIRE(made.has_value());
  compare(fixture, **made, fixture["scripts"], "UnicodeScripts");
}

TEST_CASE("where case does not matter, an expression takes the characters that the reference's takes") {
  for (const auto& row : read_fixture("patterns.json")["folded"]) {
    const std::string pattern = row["pattern"];
    INFO(pattern);
    const auto regex = Regex::parse(utf8::decode(pattern));
    REQUIRE(regex.has_value());
    nlohmann::json taken = nlohmann::json::array();
    for (char32_t c = 0x20; c < 0x110000; ++c) {
      if ((c < 0xD800 || c >= 0xE000) && regex->match({&c, 1}, 0)) taken.push_back(c);
    }
    CHECK(taken == row["takes"]);
  }
}

namespace {

std::vector<std::size_t> ends(const Regex& regex, std::u32string_view text, std::uint64_t patience) {
  Regex::Search search(regex, text, patience);
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < text.size(); ++at) out.push_back(search.match(at).value_or(SIZE_MAX));
  return out;
}

constexpr std::uint64_t kEndless = 1'000'000'000;

// Each takes a power of the text's length, or of two, where nothing is remembered.
constexpr const char32_t* kHostile[] = {
    U"a*a*a*a*b", U"a*a*a*a*$(?:x|y)", U"(?:a*b?)?(?:a*b?)?a*c", U"[ab]*[ac]*[ad]*[^a]x", U"a++b", U"a{20}a{20}a*b", U"a(?=a*a*b)",
    U"(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)(?:a|a)b", U"a(?!a*a*b)(?=a*a*c)",
    U"(?:a*(?:a*(?:a*(?:a*b))))", U".*.*x", U"a(?=.{1,30}.*x)", U"(?:a(?=.*b)|ab?)(?:a*)?c",
    U"(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)(?:a?)b",
};

}  // namespace

TEST_CASE("a search that remembers finds what one that does not finds") {
  std::vector<std::u32string> patterns;
  for (const auto& row : read_fixture("patterns.json")["patterns"]) patterns.push_back(utf8::decode(row["pattern"].get<std::string>()));
  patterns.insert(patterns.end(), std::begin(kHostile), std::end(kHostile));
  for (const std::u32string& pattern : patterns) {
    const auto regex = Regex::parse(pattern);
    INFO(utf8::encode(pattern));
    REQUIRE(regex.has_value());
    Stream stream(20261124);
    Random random(7);
    for (int i = 0; i < 600; ++i) {
      std::u32string text = i % 2 == 0 ? utf8::decode(stream.next()) : std::u32string();
      if (i % 2 != 0) {
        for (std::uint64_t n = 1 + random.next() % 14; n > 0; --n) text.push_back(U"aaabcdx\n"[random.next() % 8]);
      }
      CAPTURE(utf8::encode(text));
      const auto expected = ends(*regex, text.substr(0, 60), kEndless);
      REQUIRE(ends(*regex, text.substr(0, 60), 0) == expected);
      REQUIRE(ends(*regex, text.substr(0, 60), 1) == expected);  // begins to remember somewhere on the way
    }
  }
}

TEST_CASE("no expression takes more steps than in proportion to the text") {
  for (const char32_t* pattern : kHostile) {
    const auto regex = Regex::parse(pattern);
    INFO(utf8::encode(pattern));
    REQUIRE(regex.has_value());
    for (const std::u32string_view part : {U"a", U"aab", U"ab ac", U"a\n"}) {
      std::vector<double> steps;
      for (const std::size_t size : {4'000, 16'000}) {
        std::u32string text;
        while (text.size() < size) text += part;
        work::restart();
        Regex::Search search(*regex, text);
        for (std::size_t at = 0; at < text.size(); ++at) static_cast<void>(search.match(at));
        steps.push_back(static_cast<double>(work::count()) / static_cast<double>(text.size()));
      }
      INFO(utf8::encode(part) << ": " << steps[0] << " and " << steps[1] << " steps a character");
      CHECK(steps[1] < 1.2 * steps[0] + 10);
      CHECK(steps[1] < 2'000);
    }
  }
}

TEST_CASE("an expression is refused that is larger than any in use") {
  CHECK(Regex::parse(U"a{300}").has_value());
  CHECK_FALSE(Regex::parse(U"a{2000}").has_value());
  CHECK_FALSE(Regex::parse(U"a{2000,}").has_value());
  std::u32string many = U"a";
  for (int i = 0; i < 600; ++i) many += U"b";
  CHECK_FALSE(Regex::parse(many).has_value());
}

TEST_CASE("an expression that could be read otherwise than the reference reads it is not taken") {
  for (const char32_t* pattern :
       {U"", U"a*", U"(a|b)+c", U"(?:a)*b", U"a+?", U"a{1,3}+", U"a**", U"(?<=a)b", U"(?<n>a)", U"(a)\\1", U"[a&&b]", U"[[:alpha:]]", U"[a-\\d]",
        U"[b-a]", U"[]", U"[", U"[a", U"(", U"(a", U"a)", U"\\", U"\\b", U"\\p{Greek}", U"\\p{L", U"\\pL", U"*a", U"{2}", U"a{2", U"a{3,2}", U"a{0}",
        U"(?i:ss)", U"(?i:[a-z])", U"(?i:é)", U"a|", U"(?!a)", U"$", U"^", U"(?:a|b?)"}) {
    INFO(utf8::encode(pattern));
    CHECK_FALSE(Regex::parse(pattern).has_value());
  }
  CHECK_FALSE(Regex::parse(std::u32string(5000, U'a')).has_value());
  CHECK_FALSE(Regex::parse(std::u32string(1000, U'(') + U"a" + std::u32string(1000, U')')).has_value());
  CHECK_FALSE(Regex::parse(std::u32string(1000, U'[') + U"a" + std::u32string(1000, U']')).has_value());
}

}  // namespace trilens::tokenize
