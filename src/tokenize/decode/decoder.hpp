// The "decoder" section of tokenizer.json: tokens -> readable text.
//
// Known: BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece, as in
// huggingface/tokenizers 0.23 (decoders/). Each turns a list of texts into another; at the end they are joined.
// Immutable once made; decode() never fails. Bytes that are no UTF-8 become U+FFFD, as in the reference.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenize/json.hpp"

namespace trilens::tokenize {

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual void decode(std::vector<std::string>& tokens) const = 0;
};

using DecoderPtr = std::unique_ptr<const Decoder>;

// The one factory: names what it does not know. `depth` counts the Sequences around the part.
[[nodiscard]] Result<DecoderPtr> make_decoder(const Section& section, int depth = 0);

[[nodiscard]] Result<DecoderPtr> make_bpe_decoder(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_byte_fallback(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_byte_level_decoder(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_ctc(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_fuse(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_metaspace_decoder(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_replace_decoder(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_strip_decoder(const Section& section);
[[nodiscard]] Result<DecoderPtr> make_word_piece_decoder(const Section& section);

// What several of them do.
void replace_all(std::string& text, std::string_view what, std::string_view with);
[[nodiscard]] std::optional<char> fallback_byte(std::string_view token);  // "<0xE2>" -> 0xE2
void clean_up(std::string& text);                                         // " ." -> ".", " n't" -> "n't" and so on

}  // namespace trilens::tokenize
