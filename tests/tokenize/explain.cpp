// How a text became tokens: the account against algorithms replayed in plain Python (tests/oracles/explain_oracle.py), and its tokens
// against what encode() makes, over every text and every tokenizer of the fixtures.
#include <catch2/catch_approx.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tokenize/byte_spans.hpp"
#include "tokenize/support.hpp"

namespace trilens::tokenize {
namespace {

using Json = nlohmann::json;

bool everything(Span) { return true; }

std::vector<std::int32_t> ids_of(const TextAccount& told) {
  std::vector<std::int32_t> out;
  for (const ToldPiece& piece : told.pieces) out.insert(out.end(), piece.account.ids.begin(), piece.account.ids.end());
  return out;
}

struct Speller {
  const Tokenizer& tokenizer;
  std::string operator()(std::int32_t id) const { return std::string(tokenizer.token(id)); }
  Json operator()(const std::vector<std::int32_t>& ids) const {
    Json out = Json::array();
    for (const std::int32_t id : ids) out.push_back((*this)(id));
    return out;
  }
};

void check_piece(const PieceAccount& told, const Json& wanted, const Speller& spelled) {
  CHECK(spelled(told.ids) == wanted["tokens"]);
  CHECK(told.whole == wanted.value("whole", false));
  if (wanted.contains("merges")) {
    CHECK(spelled(told.start) == wanted["start"]);
    Json merges = Json::array();
    for (const MergeStep& m : told.merges) merges.push_back({m.rank, spelled(m.left), spelled(m.right), m.at, spelled(m.word)});
    CHECK(merges == wanted["merges"]);
  }
  if (wanted.contains("attempts")) {
    Json attempts = Json::array();
    for (const Attempt& a : told.attempts) attempts.push_back({a.tried, a.found ? Json(spelled(*a.found)) : Json(), spelled(a.shorter)});
    CHECK(attempts == wanted["attempts"]);
  }
  if (wanted.contains("lattice")) {
    REQUIRE(told.lattice.size() == wanted["lattice"].size());
    for (std::size_t i = 0; i < told.lattice.size(); ++i) {
      const LatticeEdge& e = told.lattice[i];
      const Json& w = wanted["lattice"][i];
      CHECK(Json({e.begin, e.end, spelled(e.id)}) == Json({w[0], w[1], w[2]}));
      CHECK(e.score == Catch::Approx(w[3].get<double>()));
      CHECK(e.best == w[4].get<bool>());
      CHECK(e.second == w[5].get<bool>());
    }
    CHECK(told.best_score == Catch::Approx(wanted["best"].get<double>()));
    CHECK(told.second_score.has_value() == !wanted["second"].is_null());
    if (told.second_score) CHECK(*told.second_score == Catch::Approx(wanted["second"].get<double>()));
  }
}

// What an account says of itself ends in the tokens that it came to.
void check_ends(const PieceAccount& told) {
  if (!told.merges.empty()) CHECK(told.merges.back().word == told.ids);
  std::vector<std::int32_t> found;
  for (const Attempt& a : told.attempts) {
    if (a.found) found.push_back(*a.found);
  }
  if (!told.attempts.empty() && told.attempts.back().found) CHECK(found == told.ids);
}

}  // namespace

TEST_CASE("merges, attempts and lattices are those of the algorithms replayed") {
  const Json fixture = read_fixture("explained.json");
  const std::string name = GENERATE("trilens-bert", "trilens-gpt2", "trilens-t5", "byte_fallback_bpe", "unknown_bpe", "whole_bpe", "byte_fallback_unigram", "word_level");
  const Tokenizer tokenizer = load(fixture["files"].contains(name) ? fixture["files"][name].dump() : model_file(name));
  REQUIRE(fixture[name].size() > 3);
  for (const Json& row : fixture[name]) {
    const std::string text = row["text"];
    INFO(name << ": " << text);
    const TextAccount told = tokenizer.explain(text, everything);
    REQUIRE(told.pieces.size() == row["pieces"].size());
    for (std::size_t i = 0; i < told.pieces.size(); ++i) {
      INFO(told.pieces[i].text);
      CHECK(told.pieces[i].text == row["pieces"][i]["text"].get<std::string>());
      check_piece(told.pieces[i].account, row["pieces"][i], {tokenizer});
    }
  }
}

TEST_CASE("what is told comes to the tokens that encoding makes, for the bundled tokenizers and every part") {
  const auto same = [](const Tokenizer& tokenizer, const std::string& text) {
    INFO(text);
    const TextAccount told = tokenizer.explain(text, everything);
    CHECK(ids_of(told) == tokenizer.encode(text, {.add_special_tokens = false}).ids());
    for (const ToldPiece& piece : told.pieces) check_ends(piece.account);
  };
  for (const std::string model : {"trilens-bert", "trilens-gpt2", "trilens-t5"}) {
    const Tokenizer tokenizer = load(model_file(model));
    for (const auto& c : read_fixture(model + ".json")["cases"]) same(tokenizer, c["text"]);
  }
  const Json parts = read_fixture("parts.json");
  for (const auto& row : parts["tokenizers"]) {
    INFO(row["name"].get<std::string>());
    const Tokenizer tokenizer = load(row["tokenizer"].dump());
    for (const auto& c : row["cases"]) same(tokenizer, c[0]);
  }
}

TEST_CASE("only the pieces asked for are told, with what the normalizer made of them") {
  const Tokenizer tokenizer = load(model_file("trilens-bert"));
  const TextAccount told = tokenizer.explain("A Naïve Dog.", [](Span span) { return span.begin >= 2 && span.end <= 8; });
  REQUIRE(told.pieces.size() == 1);
  CHECK(told.normalized == "naive");
  CHECK(told.pieces[0].text == "naive");
  CHECK(told.pieces[0].span == Span{2, 8});

  // The space that a piece brings along is none of the word's.
  const Tokenizer gpt2 = load(model_file("trilens-gpt2"));
  const TextAccount dog = gpt2.explain("A dog", [](Span span) { return span.end > 2; });
  REQUIRE(dog.pieces.size() == 1);
  CHECK(dog.normalized == "dog");
  CHECK(dog.pieces[0].text == "Ġdog");
}

TEST_CASE("a piece too long to tell has its tokens all the same") {
  const Tokenizer tokenizer = load(model_file("trilens-t5"));
  const std::string text(200, 'a');
  const TextAccount told = tokenizer.explain(text, everything);
  REQUIRE(told.pieces.size() == 1);
  CHECK(told.pieces[0].account.too_long);
  CHECK(told.pieces[0].account.lattice.empty());
  CHECK(ids_of(told) == tokenizer.encode(text, {.add_special_tokens = false}).ids());
}

TEST_CASE("a part of a character has its own bytes, and together they are the character's") {
  const Tokenizer gpt2 = load(model_file("trilens-gpt2"));
  const std::string text = "a 😀☕ b";
  const Encoding encoding = gpt2.encode(text);
  const auto spans = byte_spans(gpt2, encoding, text);
  std::vector<bool> covered(text.size());
  std::size_t parts = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (!spans[i]) continue;
    ++parts;
    CHECK(spans[i]->begin >= encoding.tokens[i].begin);
    CHECK(spans[i]->end <= encoding.tokens[i].end);
    for (std::size_t b = spans[i]->begin; b < spans[i]->end; ++b) {
      CHECK_FALSE(covered[b]);
      covered[b] = true;
    }
  }
  CHECK(parts > 4);
  for (std::size_t b = 2; b < 9; ++b) CHECK(covered[b]);
  CHECK_FALSE(covered[0]);  // a whole character needs no part

  const Json files = read_fixture("explained.json")["files"];
  const Tokenizer fallback = load(files["byte_fallback_bpe"].dump());
  const auto bytes = byte_spans(fallback, fallback.encode("a😀"), "a😀");
  REQUIRE(bytes.size() == 5);
  for (std::size_t i = 1; i < 5; ++i) CHECK(bytes[i] == Span{i, i + 1});
}

TEST_CASE("bytes that a normalizer has changed are not taken for the text's") {
  Json file = read_fixture("explained.json")["files"]["byte_fallback_bpe"];
  file["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", "😀"}}}, {"content", "☕"}};
  const Tokenizer tokenizer = load(file.dump());
  for (const auto& span : byte_spans(tokenizer, tokenizer.encode("a😀"), "a😀")) CHECK_FALSE(span.has_value());
}

}  // namespace trilens::tokenize
