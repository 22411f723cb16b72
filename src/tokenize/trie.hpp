// Trie: strings of codepoints -> a number, walkable one character at a time.
//
//   Trie trie; trie.insert(U"ab", 7);
//   auto node = trie.child(Trie::kRoot, U'a');   // kNone when no string goes on that way
//   trie.value(node)                              // kNoValue: "a" itself was not inserted
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenize/flat_index.hpp"

namespace trilens::tokenize {

class Trie {
 public:
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;
  static constexpr Node kNone = FlatIndex::kNone;
  static constexpr std::int32_t kNoValue = -1;

  [[nodiscard]] Node child(Node node, char32_t c) const { return edges_.find(edge(node, c)); }
  [[nodiscard]] std::int32_t value(Node node) const { return values_[node]; }

  // The node that a string leads to, or kNone.
  [[nodiscard]] Node walk(Node from, std::u32string_view text) const {
    for (const char32_t c : text) {
      if (from == kNone) return kNone;
      from = child(from, c);
    }
    return from;
  }
  [[nodiscard]] std::int32_t find(std::u32string_view text) const {
    const Node node = walk(kRoot, text);
    return node == kNone ? kNoValue : value(node);
  }

  // A string that is there already takes the new value.
  void insert(std::u32string_view text, std::int32_t number) {
    Node node = kRoot;
    for (const char32_t c : text) {
      Node next = child(node, c);
      if (next == kNone) {
        next = static_cast<Node>(values_.size());
        values_.push_back(kNoValue);
        edges_.insert(edge(node, c), next);
      }
      node = next;
    }
    values_[node] = number;
  }

 private:
  static std::uint64_t edge(Node node, char32_t c) { return (std::uint64_t{node} << 21) | c; }

  FlatIndex edges_;
  std::vector<std::int32_t> values_{kNoValue};  // [node]
};

}  // namespace trilens::tokenize
