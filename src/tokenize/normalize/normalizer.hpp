// The "normalizer" section of tokenizer.json: text rewritten before it is cut up.
//
// Known: BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip,
// StripAccents. Behaviour and alignments are those of huggingface/tokenizers 0.23 (normalizers/).
// Normalizers are immutable once made; normalize() is safe from several threads and never fails.
#pragma once

#include <memory>

#include "base/error.hpp"
#include "tokenize/aligned_text.hpp"
#include "tokenize/json.hpp"

namespace trilens::tokenize {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void normalize(AlignedText& text) const = 0;
};

using NormalizerPtr = std::unique_ptr<const Normalizer>;

// The one factory: names what it does not know. `depth` counts the Sequences around the part.
[[nodiscard]] Result<NormalizerPtr> make_normalizer(const Section& section, int depth = 0);

// The parts, one file each.
[[nodiscard]] Result<NormalizerPtr> make_bert_normalizer(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_byte_level_normalizer(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_lowercase(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_nmt(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_normal_form(const Section& section);  // NFC, NFD, NFKC, NFKD
[[nodiscard]] Result<NormalizerPtr> make_precompiled(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_prepend(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_replace(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_strip(const Section& section);
[[nodiscard]] Result<NormalizerPtr> make_strip_accents(const Section& section);

// What several of them do.
void lowercase(AlignedText& text);
void decompose(AlignedText& text, bool compatible);
void compose(AlignedText& text, bool compatible);

}  // namespace trilens::tokenize
