#include "lab/text.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numbers>
#include <utility>

#include "tokenize/byte_spans.hpp"

namespace trilens::lab {
namespace {

bool only_space(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
}

protocol::Cut cut_at(const LoadedModel& model, std::size_t byte, std::size_t limit) {
  return {static_cast<std::int64_t>(byte), static_cast<std::int64_t>(limit),
          "The text is longer than this model reads (" + std::to_string(limit) + " tokens of " + std::to_string(model.summary.max_tokens) +
              " positions): what comes after byte " + std::to_string(byte) + " is left out."};
}

// The longest text that is encoded at all: what is past it cannot be within any model's tokens, one character each.
std::string_view at_most(std::string_view text, std::size_t tokens) {
  constexpr std::size_t kBytesPerToken = 64;
  if (text.size() <= tokens * kBytesPerToken) return text;
  std::size_t end = tokens * kBytesPerToken;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

ModelText encode(const LoadedModel& model, const Prompt& prompt, std::size_t limit) {
  const std::string_view encoded = at_most(prompt.text(), limit);
  tokenize::Truncated kept = tokenize::truncate(model.tokenizer.encode(encoded), limit);
  if (!kept.cut_byte && encoded.size() < prompt.text().size()) kept.cut_byte = encoded.size();
  ModelText out;
  out.prompt = prompt.text();
  out.blanks = prompt.blanks();
  out.ids = kept.encoding.ids();
  const auto parts = tokenize::byte_spans(model.tokenizer, kept.encoding, encoded);
  for (std::size_t i = 0; i < kept.encoding.tokens.size(); ++i) {
    const tokenize::Token& token = kept.encoding.tokens[i];
    const ByteRange source = token.special ? ByteRange{} : prompt.source_of({token.begin, token.end});
    out.pieces.push_back({.id = token.id,
                          .text = std::string(token.text),
                          .display = model.tokenizer.display(token.id),
                          .start = static_cast<std::int64_t>(source.begin),
                          .end = static_cast<std::int64_t>(source.end),
                          .special = token.special});
    if (parts[i]) {
      const ByteRange part = prompt.source_of({parts[i]->begin, parts[i]->end});
      out.pieces.back().part_start = static_cast<std::int64_t>(part.begin);
      out.pieces.back().part_end = static_cast<std::int64_t>(part.end);
    }
    if (!token.special && model.tokenizer.is_unknown(token.id)) out.pieces.back().unknown = true;
  }
  if (kept.cut_byte) out.cut = cut_at(model, prompt.source_of({*kept.cut_byte, *kept.cut_byte + 1}).begin, limit);
  return out;
}

Result<ModelText> encode_or_refuse(const LoadedModel& model, std::string_view text, const Prompt& prompt, std::size_t room) {
  if (only_space(text)) return fail(ErrorCode::empty_input, "There is nothing to read: type a sentence.");
  const auto limit = static_cast<std::size_t>(model.summary.max_tokens);
  ModelText out = encode(model, prompt, limit - std::min(room, limit / 2));
  // A decoder that is asked for the very first word starts from its start token.
  if (out.ids.empty() && model.family == Family::decoder && model.config.bos_id) {
    const std::int32_t start = *model.config.bos_id;
    out.ids.push_back(start);
    out.pieces.push_back({.id = start, .text = spelling(model, start), .display = display(model, start), .start = 0, .end = 0, .special = true});
  }
  if (out.ids.empty()) return fail(ErrorCode::empty_input, "Nothing of this text is left for the model to read: type a sentence.");
  return out;
}

// An encoder-decoder that has not written anything yet.
ModelText before_the_first_word(const LoadedModel& model) {
  ModelText out;
  for (const std::int32_t id : decoder_prompt(model)) {
    out.ids.push_back(id);
    out.pieces.push_back({.id = id, .text = spelling(model, id), .display = display(model, id), .start = 0, .end = 0, .special = true});
  }
  return out;
}

}  // namespace

Result<ModelText> text_to_the_letter(const LoadedModel& model, std::string_view text, std::size_t room) {
  Prompt prompt;
  prompt.append(text, {0, text.size()}, true);
  return encode_or_refuse(model, text, prompt, room);
}

Result<ModelText> text_with_blanks(const LoadedModel& model, std::string_view text) {
  return encode_or_refuse(model, text, with_blanks(model.family, text, model.forms), 0);
}

Result<ModelText> text_as_read(const LoadedModel& model, std::string_view text, std::size_t room) {
  return encode_or_refuse(model, text, reading_prompt(model.family, text, model.forms), room);
}

Ids decoder_prompt(const LoadedModel& model) {
  Ids ids{model.config.decoder_start_id};
  if (model.config.forced_bos_id) ids.push_back(*model.config.forced_bos_id);
  return ids;
}

ModelText decoder_text(const LoadedModel& model, std::string_view target) {
  if (target.empty()) return before_the_first_word(model);  // what its tokenizer puts before a text (BART's <s>) is the model's to say too
  Prompt prompt;
  prompt.append(target, {0, target.size()}, true);
  const std::int32_t start = model.config.decoder_start_id;
  ModelText out = encode(model, prompt, static_cast<std::size_t>(std::max<std::int64_t>(model.summary.max_tokens - 1, 1)));
  if (!out.ids.empty() && out.pieces.back().special && std::ranges::find(model.config.eos_ids, out.ids.back()) != model.config.eos_ids.end()) {
    out.ids.pop_back();
    out.pieces.pop_back();
  }
  out.ids.insert(out.ids.begin(), start);
  out.pieces.insert(out.pieces.begin(),
                    {.id = start, .text = spelling(model, start), .display = display(model, start), .start = 0, .end = 0, .special = true});
  return out;
}

std::vector<protocol::Piece> output_pieces(const LoadedModel& model, std::span<const std::int32_t> ids) {
  std::vector<protocol::Piece> pieces;
  std::size_t before = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    // What a token adds to the text depends on those before it (spaces, characters in several bytes): decode the whole.
    const std::size_t now = std::max(before, decode(model, ids.first(i + 1)).size());
    pieces.push_back({.id = ids[i],
                      .text = spelling(model, ids[i]),
                      .display = display(model, ids[i]),
                      .start = static_cast<std::int64_t>(before),
                      .end = static_cast<std::int64_t>(now),
                      .special = now == before && model.tokenizer.is_special(ids[i])});
    before = now;
  }
  return pieces;
}

std::string decode(const LoadedModel& model, std::span<const std::int32_t> ids) {
  return model.tokenizer.decode(ids, {.skip_special_tokens = true});
}

std::string spelling(const LoadedModel& model, std::int32_t id) { return std::string(model.tokenizer.token(id)); }

std::string display(const LoadedModel& model, std::int32_t id) { return model.tokenizer.display(id); }

protocol::Candidate candidate(const LoadedModel& model, std::int32_t id, double probability, double logit) {
  return {.id = id, .token = spelling(model, id), .display = display(model, id), .probability = probability, .logit = logit};
}

std::vector<protocol::Candidate> candidates(const LoadedModel& model, const RowStatistics& row) {
  std::vector<protocol::Candidate> out;
  for (const ScoredToken& token : row.top) out.push_back(candidate(model, token.id, row.probability(token), double{token.logit}));
  return out;
}

double bits(double nats) { return nats / std::numbers::ln2; }

}  // namespace trilens::lab
