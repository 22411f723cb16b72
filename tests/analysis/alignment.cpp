#include "analysis/alignment.hpp"

#include <catch2/catch_test_macros.hpp>

namespace trilens::analysis {
namespace {

using Ranges = std::vector<ByteRange>;
using Indices = std::vector<std::size_t>;

// "unhappy cats" for a tokenizer with special tokens, one by words, one by letters of the first word.
const Ranges kPieces{{0, 0}, {0, 2}, {2, 7}, {8, 12}, {12, 12}};  // [CLS] un ##happy cats [SEP]
const Ranges kWords{{0, 7}, {7, 12}};                              // "unhappy", " cats"
const Ranges kOdd{{0, 3}, {3, 5}, {5, 9}, {9, 12}};                // cuts through everything

}  // namespace

TEST_CASE("the tokens over a byte range are those that share a byte with it") {
  CHECK(tokens_overlapping(kPieces, {0, 1}) == Indices{1});
  CHECK(tokens_overlapping(kPieces, {1, 3}) == Indices{1, 2});
  CHECK(tokens_overlapping(kPieces, {7, 8}).empty());
  CHECK(tokens_overlapping(kPieces, {0, 100}) == Indices{1, 2, 3});
  CHECK(tokens_overlapping(kPieces, {2, 2}).empty());
  CHECK(tokens_overlapping({}, {0, 5}).empty());
}

TEST_CASE("tokens align with all that they share bytes with, special tokens with none") {
  CHECK(align(kPieces, kWords) == std::vector<Indices>{{}, {0}, {0}, {1}, {}});
  CHECK(align(kWords, kPieces) == std::vector<Indices>{{1, 2}, {3}});
  CHECK(align(kWords, kOdd) == std::vector<Indices>{{0, 1, 2}, {2, 3}});
}

TEST_CASE("two tokens that share the bytes of one character both align with it") {
  const Ranges bytes{{0, 4}, {0, 4}, {4, 5}};  // an emoji in two byte-level pieces, then a letter
  const Ranges letters{{0, 4}, {4, 5}};
  CHECK(align(letters, bytes) == std::vector<Indices>{{0, 1}, {2}});
}

TEST_CASE("common columns are the finest that no token crosses") {
  CHECK(common_columns(std::vector<Ranges>{kPieces}) == Ranges{{0, 2}, {2, 7}, {8, 12}});
  CHECK(common_columns(std::vector<Ranges>{kPieces, kWords}) == Ranges{{0, 7}, {7, 12}});
  CHECK(common_columns(std::vector<Ranges>{kPieces, kWords, kOdd}) == Ranges{{0, 12}});
  CHECK(common_columns(std::vector<Ranges>{}).empty());
}

}  // namespace trilens::analysis
