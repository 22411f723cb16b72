#include "tokenize/tokenizer.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/utf8.hpp"
#include "tokenize/added_tokens.hpp"
#include "tokenize/decode/decoder.hpp"
#include "tokenize/display.hpp"
#include "tokenize/json.hpp"
#include "tokenize/model/model.hpp"
#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/postprocess/postprocessor.hpp"
#include "tokenize/pretokenize/pretokenizer.hpp"

namespace trilens::tokenize {

// The sections of tokenizer.json; all but the model may be missing.
struct Tokenizer::Parts {
  NormalizerPtr normalizer;
  PreTokenizerPtr pretokenizer;
  ModelPtr model;
  AddedTokens added;
  PostProcessorPtr postprocessor;
  DecoderPtr decoder;
  DisplayRules display;

  // What an added token was normalized to is its text, as in the reference (simple_id_to_token).
  [[nodiscard]] std::optional<std::string_view> text_of(std::int32_t id) const {
    if (const AddedToken* token = added.find(id)) return token->pattern;
    if (model->vocabulary().has(id)) return model->vocabulary().token(id);
    return std::nullopt;
  }

  [[nodiscard]] std::vector<DraftToken> draft(const Pieces& pieces) const;
};

namespace {

template <class Part, class Make>
Result<void> read_part(std::unique_ptr<const Part>& out, const Section& file, std::string_view key, Make make) {
  const auto section = file.find(key);
  if (!section) return {};
  auto made = make(*section);
  if (!made) return std::unexpected(made.error());
  out = std::move(*made);
  return {};
}

}  // namespace

Result<Tokenizer> Tokenizer::from_json(std::string_view tokenizer_json) {
  const auto json = parse_json(tokenizer_json);
  if (!json) return std::unexpected(json.error());
  const Section file(*json, "");
  if (const auto version = file.find("version"); version && version->as_string() != "1.0") {
    return version->unsupported("a format version that is not 1.0");
  }
  auto parts = std::make_unique<Parts>();
  if (!file.find("model")) return file.malformed("has no \"model\"");
  const auto text_of = [p = parts.get()](std::int32_t id) { return p->text_of(id); };
  Result<void> read = read_part(parts->model, file, "model", [](const Section& s) { return make_model(s); });
  if (read) read = read_part(parts->normalizer, file, "normalizer", [](const Section& s) { return make_normalizer(s); });
  if (read) read = read_part(parts->pretokenizer, file, "pre_tokenizer", [](const Section& s) { return make_pretokenizer(s); });
  if (read) read = read_part(parts->decoder, file, "decoder", [](const Section& s) { return make_decoder(s); });
  if (!read) return std::unexpected(read.error());
  auto added = AddedTokens::from_json(file.find("added_tokens"), parts->model->vocabulary(), parts->normalizer.get());
  if (!added) return std::unexpected(added.error());
  parts->added = std::move(*added);
  read = read_part(parts->postprocessor, file, "post_processor", [&](const Section& s) { return make_postprocessor(s, text_of); });
  if (!read) return std::unexpected(read.error());
  parts->display = DisplayRules::from_json(file);
  return Tokenizer(std::move(parts));
}

Tokenizer::Tokenizer(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::vector<DraftToken> Tokenizer::Parts::draft(const Pieces& pieces) const {
  std::vector<DraftToken> out;
  const auto push = [&](std::int32_t id, Span span, std::u32string_view literal) {
    out.push_back({{.id = id, .text = text_of(id).value_or(""), .begin = span.begin, .end = span.end}, literal});
  };
  std::vector<ModelToken> tokens;
  for (const Piece& piece : pieces.list) {
    if (!piece.is_text()) {
      push(piece.token, pieces.text.span(piece.begin, piece.end), pieces.text.view(piece.begin, piece.end));
      continue;
    }
    tokens.clear();
    model->tokenize(pieces.text.view(piece.begin, piece.end), tokens);
    for (const ModelToken& t : tokens) push(t.id, pieces.text.span(piece.begin + t.begin, piece.begin + t.end), {});
  }
  return out;
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  Pieces pieces = parts_->added.extract(AlignedText::from_utf8(text), parts_->normalizer.get());
  if (parts_->pretokenizer) parts_->pretokenizer->pre_tokenize(pieces);
  std::vector<DraftToken> draft = parts_->draft(pieces);
  if (parts_->postprocessor) parts_->postprocessor->process(draft, {text, options.add_special_tokens});
  Encoding out;
  out.tokens.reserve(draft.size());
  for (const DraftToken& d : draft) out.tokens.push_back(d.token);
  return out;
}

TextAccount Tokenizer::explain(std::string_view text, const std::function<bool(Span)>& wanted) const {
  Pieces pieces = parts_->added.extract(AlignedText::from_utf8(text), parts_->normalizer.get());
  const AlignedText normalized = pieces.text;
  if (parts_->pretokenizer) parts_->pretokenizer->pre_tokenize(pieces);
  TextAccount out;
  for (const Piece& piece : pieces.list) {
    const Span span = pieces.text.span(piece.begin, piece.end);
    if (!wanted(span)) continue;
    const std::u32string_view view = pieces.text.view(piece.begin, piece.end);
    ToldPiece& told_piece = out.pieces.emplace_back();
    told_piece.span = span;
    told_piece.text = utf8::encode(view);
    told_piece.added = !piece.is_text();
    if (told_piece.added) told_piece.account.ids.push_back(piece.token);
    else told_piece.account = told(*parts_->model, view);
  }
  for (std::size_t i = 0; i < normalized.size(); ++i) {
    if (wanted(normalized.source[i])) utf8::append(out.normalized, normalized.chars[i]);
  }
  return out;
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids, const DecodeOptions& options) const {
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const std::int32_t id : ids) {
    const auto text = parts_->text_of(id);
    if (!text || (options.skip_special_tokens && parts_->added.is_special(*text))) continue;
    tokens.emplace_back(*text);
  }
  std::string_view separator = " ";
  if (parts_->decoder) {
    parts_->decoder->decode(tokens);
    separator = "";
  }
  std::string out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) out += separator;
    out += tokens[i];
  }
  return out;
}

std::optional<std::int32_t> Tokenizer::id_of(std::string_view token) const {
  if (const auto id = parts_->added.id_of(token)) return id;
  return parts_->model->vocabulary().id_of(token);
}

std::string_view Tokenizer::token(std::int32_t id) const { return parts_->text_of(id).value_or(""); }

std::string Tokenizer::display(std::int32_t id) const {
  if (const AddedToken* token = parts_->added.find(id)) return display_token(token->content, {});
  return display_token(token(id), parts_->display);
}

std::size_t Tokenizer::vocabulary_size() const {
  std::size_t size = parts_->model->vocabulary().size();
  for (const AddedToken& token : parts_->added.all()) {
    if (!parts_->model->vocabulary().has(token.id)) ++size;
  }
  return size;
}

bool Tokenizer::is_unknown(std::int32_t id) const { return parts_->model->unknown() == id; }

std::optional<std::string> Tokenizer::bytes_of(std::int32_t id) const {
  if (parts_->added.find(id) != nullptr) return std::nullopt;
  return token_bytes(token(id), parts_->display);
}

bool Tokenizer::is_special(std::int32_t id) const {
  const AddedToken* token = parts_->added.find(id);
  return token != nullptr && token->special;
}

}  // namespace trilens::tokenize
