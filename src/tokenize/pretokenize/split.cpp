#include "tokenize/pattern.hpp"
#include "tokenize/pretokenize/pretokenizer.hpp"

namespace trilens::tokenize {
namespace {

class Split final : public PreTokenizer {
 public:
  Split(Pattern pattern, SplitBehavior behavior, bool invert) : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}

  void pre_tokenize(Pieces& pieces) const override {
    pieces.split(behavior_, [this](std::u32string_view text) {
      std::vector<Match> matches = pattern_.matches(text);
      if (invert_) {
        for (Match& m : matches) m.hit = !m.hit;
      }
      return matches;
    });
  }

 private:
  Pattern pattern_;
  SplitBehavior behavior_;
  bool invert_;  // the pattern describes what to keep, not where to cut
};

}  // namespace

Result<PreTokenizerPtr> make_split(const Section& section) {
  Fields fields(section);
  const std::string name = fields.string("behavior");
  const bool invert = fields.boolean("invert");
  if (!fields.ok()) return fields.failure();
  const auto behavior = split_behavior_from_name(name);
  if (!behavior) return section.unsupported("the split behavior \"" + name + "\"");
  const auto where = section.find("pattern");
  if (!where) return section.malformed("lacks \"pattern\"");
  auto pattern = Pattern::from_json(*where);
  if (!pattern) return std::unexpected(pattern.error());
  return std::make_unique<Split>(std::move(*pattern), *behavior, invert);
}

}  // namespace trilens::tokenize
