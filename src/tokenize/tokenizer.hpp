// Tokenizer: text -> tokens with byte offsets, and ids -> text, from a Hugging Face tokenizer.json.
//
// Does what huggingface/tokenizers 0.23 does with the same file, id for id and offset for offset. Sections of the file and
// folders here go together: normalize/, pretokenize/, model/, postprocess/, decode/; what a part is not known for is an
// error that names it, never a guess. Not here: pairs of texts, padding, training; the file's own "truncation" and "padding"
// are not applied (as transformers does not unless asked): see truncate() in encoding.hpp.
// Immutable and move-only; all members are safe from several threads. encode() and decode() take any bytes and ids and never
// fail: ill-formed UTF-8 is read as U+FFFD, unknown ids are skipped. Time is about linear in the text.
//
//   auto tokenizer = Tokenizer::from_json(bytes);
//   if (!tokenizer) return std::unexpected(tokenizer.error());
//   Encoding encoding = tokenizer->encode("Hello!");          // encoding.tokens[i].id, .begin, .end
//   std::string text = tokenizer->decode(encoding.ids(), {.skip_special_tokens = true});
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "tokenize/account.hpp"
#include "tokenize/encoding.hpp"

namespace trilens::tokenize {

struct EncodeOptions {
  bool add_special_tokens = true;  // false: only what is in the text
};

struct DecodeOptions {
  bool skip_special_tokens = false;  // true: leaves out the tokens that the file calls special
};

class Tokenizer {
 public:
  // tokenizer_malformed: not JSON, cut short, or fields of the wrong type or range; tokenizer_unsupported: names the part.
  [[nodiscard]] static Result<Tokenizer> from_json(std::string_view tokenizer_json);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  [[nodiscard]] Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids, const DecodeOptions& options = {}) const;

  // How the pieces that `wanted` says yes to (by their bytes of the input) came to their tokens, without special tokens. Of normalized
  // text, the characters that it says yes to.
  [[nodiscard]] TextAccount explain(std::string_view text, const std::function<bool(Span)>& wanted) const;

  [[nodiscard]] std::optional<std::int32_t> id_of(std::string_view token) const;
  // As the vocabulary has it; "" for an id that is none. Lives as long as the tokenizer.
  [[nodiscard]] std::string_view token(std::int32_t id) const;
  // The token as text for people: "Ġthe" and "▁the" are " the", a part of a character is its bytes, "⟨E2 82⟩". Never U+FFFD.
  [[nodiscard]] std::string display(std::int32_t id) const;
  // Tokens, added ones included. Ids may have holes, and the model's vocabulary may be padded beyond.
  [[nodiscard]] std::size_t vocabulary_size() const;
  [[nodiscard]] bool is_special(std::int32_t id) const;
  // Stands for what the vocabulary lacks ("[UNK]").
  [[nodiscard]] bool is_unknown(std::int32_t id) const;
  // The bytes that a token stands for where it may be a part of a character: byte-level alphabet, byte fallback; else none.
  [[nodiscard]] std::optional<std::string> bytes_of(std::int32_t id) const;

 private:
  struct Parts;
  explicit Tokenizer(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

}  // namespace trilens::tokenize
