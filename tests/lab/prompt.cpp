#include "lab/prompt.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace trilens;
using namespace trilens::lab;

namespace {
const PromptForms kForms{.mask = "[MASK]", .sentinel_prefix = "<extra_id_", .task_prefixes = {"translate English to French: ", "summarize: "}};
constexpr std::string_view kText = "The ___ is ____ red.";
}  // namespace

TEST_CASE("each family gets its own form of the blank") {
  CHECK(with_blanks(Family::encoder, kText, kForms).text() == "The [MASK] is [MASK] red.");
  CHECK(with_blanks(Family::decoder, kText, kForms).text() == "The");
  CHECK(with_blanks(Family::encoder_decoder, kText, kForms).text() == "The <extra_id_0> is <extra_id_1> red.");
  CHECK(with_blanks(Family::encoder, "a __ b _ c", kForms).blanks() == 0);
}

TEST_CASE("a blank written in one family's form is every family's blank") {
  CHECK(with_blanks(Family::encoder_decoder, "a [MASK] b", kForms).text() == "a <extra_id_0> b");
  CHECK(with_blanks(Family::encoder, "a <extra_id_3> b", kForms).text() == "a [MASK] b");
  CHECK(with_blanks(Family::encoder_decoder, "a <extra_id_3> b", kForms).text() == "a <extra_id_3> b");
  CHECK(with_blanks(Family::decoder, "a [MASK] b", kForms).text() == "a");
  CHECK(find_blanks("<extra_id_> <extra_id_1", kForms).empty());
}

TEST_CASE("a text without a blank gets the task prefix, unless it brings its own") {
  CHECK(reading_prompt(Family::encoder_decoder, "hi", kForms).text() == "translate English to French: hi");
  CHECK(reading_prompt(Family::encoder_decoder, "translate English to French: hi", kForms).text() == "translate English to French: hi");
  CHECK(reading_prompt(Family::encoder_decoder, "summarize: hi", kForms).text() == "summarize: hi");
  CHECK(reading_prompt(Family::encoder_decoder, "I summarize: hi", kForms).text() == "translate English to French: I summarize: hi");
  CHECK(reading_prompt(Family::encoder_decoder, "hi", {.sentinel_prefix = "<extra_id_"}).text() == "hi");
  CHECK(reading_prompt(Family::encoder, "hi", kForms).text() == "hi");
}

TEST_CASE("bytes of a prompt are traced back to the text") {
  const Prompt bert = with_blanks(Family::encoder, kText, kForms);
  CHECK(bert.source_of({0, 3}) == ByteRange{0, 3});
  CHECK(bert.source_of({4, 10}) == ByteRange{4, 7});    // [MASK]
  CHECK(bert.source_of({5, 6}) == ByteRange{4, 7});     // a part of it is all of it
  CHECK(bert.source_of({11, 13}) == ByteRange{8, 10});  // is
  CHECK(bert.source_of({21, 24}) == ByteRange{16, 19});
  const Prompt t5 = reading_prompt(Family::encoder_decoder, "red car", kForms);
  CHECK(t5.source_of({0, 9}) == ByteRange{0, 0});
  CHECK(t5.source_of({29, 32}) == ByteRange{0, 3});
  CHECK(t5.source_of({27, 32}) == ByteRange{0, 3});  // a piece over the seam belongs to the text
  CHECK(t5.source_of({33, 36}) == ByteRange{4, 7});
  CHECK(t5.source_of({36, 36}) == ByteRange{7, 7});  // the end token
}

TEST_CASE("empty and hostile texts give empty or plain prompts") {
  CHECK(reading_prompt(Family::decoder, "", kForms).text().empty());
  CHECK(reading_prompt(Family::decoder, "   ___", kForms).text().empty());
  CHECK(with_blanks(Family::encoder, "\xFF___", kForms).text() == "\xFF[MASK]");
  CHECK(find_blanks("_____ ___", kForms).size() == 2);
}
