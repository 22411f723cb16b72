// BPE: characters, then the best-ranked neighbours merge, again and again.
// Sennrich et al. 2016, https://arxiv.org/abs/1508.07909; reference: models/bpe/model.rs, word.rs.
#include <algorithm>
#include <bit>
#include <functional>
#include <queue>

#include "base/utf8.hpp"
#include "tokenize/byte_alphabet.hpp"
#include "tokenize/model/model.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

struct BpeOptions {
  std::int32_t unknown = -1;  // -1: characters without a token are left out
  bool fuse_unknown = false;  // several unknown characters in a row are one token
  bool byte_fallback = false;
  bool ignore_merges = false;  // a piece that is a token is that token, whatever the merges say
  std::u32string continuing_prefix;
  std::u32string end_suffix;
};

// Which neighbours become what; the rank of a merge is its place in the list.
class Merges {
 public:
  void add(std::int32_t left, std::int32_t right, std::int32_t result) {
    index_.insert(key(left, right), static_cast<std::uint32_t>(results_.size()));
    results_.push_back(result);
  }
  // The rank, or FlatIndex::kNone.
  [[nodiscard]] std::uint32_t rank(std::int32_t left, std::int32_t right) const { return index_.find(key(left, right)); }
  [[nodiscard]] std::int32_t result(std::uint32_t rank) const { return results_[rank]; }

 private:
  static std::uint64_t key(std::int32_t left, std::int32_t right) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) | static_cast<std::uint32_t>(right);
  }
  FlatIndex index_;
  std::vector<std::int32_t> results_;  // [rank]
};

// A token in the making. Lengths count bytes as the reference does, since byte fallback makes tokens of single bytes.
struct Symbol {
  std::int32_t id = 0;
  std::uint32_t bytes = 0;  // 0: merged into the one before it
  std::int32_t previous = -1;
  std::int32_t next = -1;
};

class Word {
 public:
  explicit Word(std::size_t capacity) { symbols_.reserve(capacity); }

  void add(std::int32_t id, std::uint32_t bytes) {
    const auto at = static_cast<std::int32_t>(symbols_.size());
    if (at > 0) symbols_.back().next = at;
    symbols_.push_back({id, bytes, at - 1, -1});
  }

  // `merged` hears of each merge when it has been made: its rank, the two ids before it, and where it stands.
  template <class Merged>
  void merge_all(const Merges& merges, Merged merged) {
    std::vector<std::uint64_t> start;
    for (std::size_t i = 0; i + 1 < symbols_.size(); ++i) {
      const std::uint32_t rank = merges.rank(symbols_[i].id, symbols_[i + 1].id);
      if (rank != FlatIndex::kNone) start.push_back(entry(rank, static_cast<std::int32_t>(i)));
    }
    work::step(start.size());
    Queue queue(std::greater<>(), std::move(start));
    while (!queue.empty()) {
      const auto rank = static_cast<std::uint32_t>(queue.top() >> 32);
      const auto at = static_cast<std::int32_t>(queue.top() & 0xFFFFFFFFu);
      work::step(std::bit_width(queue.size()));
      queue.pop();
      const std::int32_t left = symbol(at).id;
      const std::int32_t right = symbol(at).next < 0 ? -1 : symbol(symbol(at).next).id;
      if (merge_at(at, merges.result(rank), merges)) {
        merged(rank, left, right, at);
        offer(queue, merges, symbol(at).previous, at);
        offer(queue, merges, at, symbol(at).next);
      }
    }
  }

  [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }
  [[nodiscard]] std::vector<std::int32_t> ids() const {
    std::vector<std::int32_t> out;
    for (const Symbol& symbol : symbols_) {
      if (symbol.bytes > 0) out.push_back(symbol.id);
    }
    return out;
  }
  // How many that are still there stand before this one.
  [[nodiscard]] std::size_t count_before(std::int32_t at) const {
    return static_cast<std::size_t>(std::ranges::count_if(symbols_.begin(), symbols_.begin() + at, [](const Symbol& s) { return s.bytes > 0; }));
  }

 private:
  using Queue = std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>>;

  // Lowest rank first, then leftmost.
  static std::uint64_t entry(std::uint32_t rank, std::int32_t at) { return (std::uint64_t{rank} << 32) | static_cast<std::uint32_t>(at); }
  Symbol& symbol(std::int32_t at) { return symbols_[static_cast<std::size_t>(at)]; }

  void offer(Queue& queue, const Merges& merges, std::int32_t left, std::int32_t right) {
    if (left < 0 || right < 0) return;
    const std::uint32_t rank = merges.rank(symbol(left).id, symbol(right).id);
    if (rank != FlatIndex::kNone) queue.push(entry(rank, left));
  }

  // False when the entry has expired: one of the two has been merged otherwise since.
  bool merge_at(std::int32_t at, std::int32_t result, const Merges& merges) {
    Symbol& left = symbol(at);
    if (left.bytes == 0 || left.next < 0) return false;
    Symbol& right = symbol(left.next);
    const std::uint32_t rank = merges.rank(left.id, right.id);
    if (rank == FlatIndex::kNone || merges.result(rank) != result) return false;
    left.id = result;
    left.bytes += right.bytes;
    left.next = right.next;
    right.bytes = 0;
    if (right.next >= 0) symbol(right.next).previous = at;
    return true;
  }

  std::vector<Symbol> symbols_;
};

std::uint32_t utf8_length(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

class Bpe final : public Model {
 public:
  Bpe(Vocabulary vocabulary, Merges merges, BpeOptions options)
      : Model(std::move(vocabulary)), merges_(std::move(merges)), options_(std::move(options)), byte_tokens_(this->vocabulary()) {}

  void tokenize(std::u32string_view piece, std::vector<ModelToken>& out) const override {
    if (options_.ignore_merges) {
      if (const std::int32_t id = vocabulary().find(piece); id != Trie::kNoValue) {
        out.push_back({id, 0, piece.size()});
        return;
      }
    }
    Word word = spelled(piece);
    word.merge_all(merges_, [](std::uint32_t, std::int32_t, std::int32_t, std::int32_t) {});
    append_tokens(word, piece, out);
  }

  [[nodiscard]] PieceAccount explain(std::u32string_view piece) const override {
    PieceAccount out;
    out.kind = ModelKind::bpe;
    out.whole = options_.ignore_merges && vocabulary().find(piece) != Trie::kNoValue;
    if (out.whole) return out;
    Word word = spelled(piece);
    out.start = word.ids();
    word.merge_all(merges_, [&](std::uint32_t rank, std::int32_t left, std::int32_t right, std::int32_t at) {
      out.merges.push_back({rank, left, right, merges_.result(rank), word.count_before(at), word.ids()});
    });
    return out;
  }
  [[nodiscard]] std::optional<std::int32_t> unknown() const override {
    return options_.unknown < 0 ? std::nullopt : std::optional(options_.unknown);
  }

 private:
  // The piece as single characters. The order in which a pending unknown is written is the reference's.
  [[nodiscard]] Word spelled(std::u32string_view piece) const {
    Word word(piece.size());
    std::uint32_t unknown_bytes = 0;  // 0: none is pending
    const auto flush = [&] {
      if (unknown_bytes > 0) word.add(options_.unknown, unknown_bytes);
      unknown_bytes = 0;
    };
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const std::uint32_t bytes = utf8_length(piece[i]);
      const std::int32_t id = initial_id(piece, i);
      if (id != Trie::kNoValue) {
        flush();
        word.add(id, bytes);
      } else if (add_bytes(piece, i, word)) {
        continue;
      } else if (options_.unknown >= 0) {
        if (!options_.fuse_unknown) flush();
        unknown_bytes += bytes;
      }
    }
    flush();
    return word;
  }

  [[nodiscard]] std::int32_t initial_id(std::u32string_view piece, std::size_t i) const {
    const Trie& trie = vocabulary().trie();
    Trie::Node node = i == 0 ? Trie::kRoot : trie.walk(Trie::kRoot, options_.continuing_prefix);
    node = trie.walk(node, piece.substr(i, 1));
    if (i + 1 == piece.size()) node = trie.walk(node, options_.end_suffix);
    return node == Trie::kNone ? Trie::kNoValue : trie.value(node);
  }

  bool add_bytes(std::u32string_view piece, std::size_t i, Word& word) const {
    if (!options_.byte_fallback) return false;
    std::u32string spelling(piece.substr(i, 1));
    if (i > 0) spelling = options_.continuing_prefix + spelling;
    if (i + 1 == piece.size()) spelling += options_.end_suffix;
    std::vector<std::int32_t> ids;
    if (!byte_tokens_.append(utf8::encode(spelling), ids)) return false;
    for (const std::int32_t id : ids) word.add(id, 1);
    return true;
  }

  // Lengths in bytes become ranges of characters; a part of a character stands for the whole.
  static void append_tokens(const Word& word, std::u32string_view piece, std::vector<ModelToken>& out) {
    std::size_t at = 0;       // the character that the next byte belongs to
    std::size_t at_byte = 0;  // where that character begins
    std::size_t begin = 0;    // bytes
    const auto advance_to = [&](std::size_t byte) {
      while (at + 1 < piece.size() && at_byte + utf8_length(piece[at]) <= byte) at_byte += utf8_length(piece[at++]);
    };
    work::step(word.symbols().size() + piece.size());
    for (const Symbol& symbol : word.symbols()) {
      if (symbol.bytes == 0) continue;
      advance_to(begin);
      const std::size_t first = at;
      begin += symbol.bytes;
      advance_to(begin - 1);
      out.push_back({symbol.id, first, at + 1});
    }
  }

  Merges merges_;
  BpeOptions options_;
  ByteTokens byte_tokens_;
};

// "a b" or ["a", "b"]
std::optional<std::pair<std::string, std::string>> read_pair(const Section& merge) {
  if (const auto text = merge.as_string()) {
    const std::size_t space = text->find(' ');
    if (space == std::string::npos || text->find(' ', space + 1) != std::string::npos) return std::nullopt;
    return std::pair(text->substr(0, space), text->substr(space + 1));
  }
  const std::vector<Section> both = merge.elements();
  if (both.size() != 2) return std::nullopt;
  auto left = both[0].as_string();
  auto right = both[1].as_string();
  if (!left || !right) return std::nullopt;
  return std::pair(std::move(*left), std::move(*right));
}

Result<Merges> read_merges(const std::vector<Section>& sections, const Vocabulary& vocabulary, std::string_view prefix) {
  Merges out;
  for (const Section& merge : sections) {
    const auto pair = read_pair(merge);
    if (!pair) {
      if (merge.as_string().value_or("").starts_with("#version")) continue;
      return merge.malformed("must be a pair of tokens");
    }
    const auto& [left, right] = *pair;
    const auto left_id = vocabulary.id_of(left);
    const auto right_id = vocabulary.id_of(right);
    if (right.size() < prefix.size()) return merge.malformed("has a second part shorter than the continuing prefix");
    const auto result = vocabulary.id_of(left + right.substr(prefix.size()));
    if (!left_id || !right_id || !result)
      return merge.malformed("merges \"" + left + "\" and \"" + right + "\", and the vocabulary lacks one of them or the result");
    out.add(*left_id, *right_id, *result);
  }
  return out;
}

bool has_byte_alphabet(const Vocabulary& vocabulary) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char32_t c = char_from_byte(static_cast<unsigned char>(byte));
    if (vocabulary.find({&c, 1}) == Trie::kNoValue) return false;
  }
  return true;
}

}  // namespace

Result<ModelPtr> make_bpe(const Section& section) {
  Fields fields(section);
  BpeOptions options;
  options.fuse_unknown = fields.boolean("fuse_unk", false);
  options.byte_fallback = fields.boolean("byte_fallback", false);
  options.ignore_merges = fields.boolean("ignore_merges", false);
  const std::string prefix = fields.string("continuing_subword_prefix", "");
  options.continuing_prefix = utf8::decode(prefix);
  options.end_suffix = utf8::decode(fields.string("end_of_word_suffix", ""));
  const auto unknown_token = fields.optional_string("unk_token");
  const double dropout = fields.number("dropout", 0.0);
  const std::vector<Section> merge_sections = fields.array("merges");
  if (!fields.ok()) return fields.failure();
  if (dropout != 0.0) return section.unsupported("BPE with dropout, which makes tokens random");

  auto vocabulary = read_vocabulary(section);
  if (!vocabulary) return std::unexpected(vocabulary.error());
  if (unknown_token) {
    const auto unknown = vocabulary->id_of(*unknown_token);
    // With every byte in the vocabulary, nothing is ever unknown.
    if (!unknown && !has_byte_alphabet(*vocabulary)) {
      return section.malformed("has an unk_token \"" + *unknown_token + "\" that is not in its vocabulary");
    }
    options.unknown = unknown.value_or(-1);
  }
  auto merges = read_merges(merge_sections, *vocabulary, prefix);
  if (!merges) return std::unexpected(merges.error());
  return std::make_unique<Bpe>(std::move(*vocabulary), std::move(*merges), std::move(options));
}

}  // namespace trilens::tokenize
