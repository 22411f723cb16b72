// The pieces of a text, as the family's tokenizer cuts it.
#include "lab/experiments.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

Result<protocol::Tokenized> tokenize_text(Context& context, const protocol::Tokenize& request) {
  auto text = text_to_the_letter(context.model, request.text);
  if (!text) return std::unexpected(text.error());
  return protocol::Tokenized{.ids = std::move(text->ids), .tokens = std::move(text->pieces), .cut = std::move(text->cut)};
}

}  // namespace trilens::lab
