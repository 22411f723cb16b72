#include <catch2/catch_test_macros.hpp>
#include <string>

#include "protocol/requests.hpp"
#include "protocol/results.hpp"

using namespace trilens;
using namespace trilens::protocol;

namespace {

ErrorCode code_of(std::string_view json) {
  auto message = parse_request(json);
  REQUIRE_FALSE(message.has_value());
  return message.error().code;
}

template <class T>
T round_trip(T value) {
  const auto reply = parse_reply(to_json(ReplyMessage{7, ResultValue(std::move(value))}));
  REQUIRE(reply.has_value());
  REQUIRE(reply->id == 7);
  return std::get<T>(std::get<ResultValue>(reply->body));
}

}  // namespace

TEST_CASE("every request survives the way to JSON and back") {
  const char* requests[] = {
      R"({"id":1,"type":"load","family":"decoder","model":"trilens-gpt2","provider":"wasm"})",
      R"({"id":2,"type":"tokenize","family":"encoder","text":"a b"})",
      R"({"id":3,"type":"fill_mask","family":"encoder_decoder","text":"a ___","top_k":7})",
      R"({"id":4,"type":"next_token","family":"encoder_decoder","text":"a","target":"un","top_k":3})",
      R"({"id":5,"type":"generate","family":"decoder","text":"a","options":{"strategy":"beam","num_beams":3,"length_penalty":0.6}})",
      R"({"id":6,"type":"begin_generation","family":"decoder","text":"a","as_read":true,"options":{"strategy":"sample","seed":9}})",
      R"({"id":7,"type":"advance","family":"decoder","tokens":4})",
      R"({"id":8,"type":"attention","family":"encoder_decoder","kind":"cross","layer":1,"head":"mean","text":"a","target":"b"})",
      R"({"id":9,"type":"embed","family":"encoder","text":"a"})",
      R"({"id":10,"type":"read","family":"encoder","text":"a","top_k":4,"token":2})",
      R"({"id":11,"type":"cancel","request":4})",
      R"({"id":12,"type":"tap","family":"encoder_decoder","tap":"cross.0.q","text":"a","target":"b"})",
      R"({"id":13,"type":"plan_model","name":"owner/name@v1","base":"https://models.school.example/","variant":"q8"})",
      R"({"id":14,"type":"fetch_model","plan":3})",
      R"({"id":15,"type":"stored_models"})",
      R"({"id":19,"type":"explain_tokens","family":"decoder","text":"a dog","begin":2,"end":5})",
      R"({"id":17,"type":"set_switches","seat":"right","self":{"mask":"window","window":3},"cross":{"heads":[[0,0.5],[1]]},"connection":0})",
      R"({"id":18,"type":"compare_switches","family":"encoder","text":"a ___","token":2,"top_k":5,"self":{"mask":"causal"}})",
      R"({"id":16,"type":"remove_model","key":"owner%2Fname@c@fp32"})",
  };
  for (const char* text : requests) {
    CAPTURE(text);
    const auto first = parse_request(text);
    REQUIRE(first.has_value());
    const auto second = parse_request(to_json(*first));
    REQUIRE(second.has_value());
    CHECK(to_json(*second) == to_json(*first));
    CHECK(second->id == first->id);
    CHECK(second->request.index() == first->request.index());
  }
}

TEST_CASE("a field that is missing, of the wrong type or out of range is named") {
  const auto message_of = [](const char* json) { return parse_request(json).error().message; };
  CHECK(message_of(R"({"type":"tokenize","family":"encoder"})").contains("`text`"));
  CHECK(message_of(R"({"type":"tokenize","family":"encoder","text":5})").contains("`text`"));
  CHECK(message_of(R"({"type":"tokenize","family":"gpt","text":""})").contains("\"gpt\""));
  CHECK(message_of(R"({"type":"fill_mask","text":"","top_k":0})").contains("`top_k`"));
  CHECK(message_of(R"({"type":"fill_mask","text":"","top_k":65})").contains("from 1 to 64"));
  CHECK(message_of(R"({"type":"fill_mask","text":"","top_k":2.5})").contains("whole number"));
  CHECK(message_of(R"({"type":"fill_mask","text":"","top_k":18446744073709551615})").contains("`top_k`"));
  CHECK(message_of(R"({"type":"attention","family":"encoder","text":"a","layer":-1})").contains("`layer`"));
  CHECK(message_of(R"({"type":"attention","family":"encoder","text":"a","kind":"both"})").contains("cross"));
}

TEST_CASE("options out of range are refused with their name, value and range") {
  const auto with = [](const std::string& options) {
    return parse_request(R"({"type":"generate","family":"decoder","text":"a","options":{)" + options + "}}");
  };
  for (const char* bad : {R"("temperature":0)", R"("temperature":-1)", R"("top_p":0)", R"("top_p":1.01)", R"("num_beams":0)",
                          R"("num_beams":17)", R"("max_new_tokens":0)", R"("max_new_tokens":1025)", R"("repetition_penalty":0)",
                          R"("top_k":-1)", R"("no_repeat_ngram_size":-1)", R"("strategy":"best")", R"("seed":-1)", R"("seed":"x")"}) {
    CAPTURE(bad);
    const auto refused = with(bad);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    const std::string name = std::string(bad).substr(1, std::string(bad).find('"', 1) - 1);
    CHECK(refused.error().message.contains("`" + name + "`"));
  }
  CHECK(with(R"("temperature":0.5,"top_p":1,"top_k":0)").has_value());
}

TEST_CASE("what is not a command is refused by its kind of fault") {
  CHECK(code_of("") == ErrorCode::invalid_argument);
  CHECK(code_of("{") == ErrorCode::invalid_argument);
  CHECK(code_of("[]") == ErrorCode::invalid_argument);
  CHECK(code_of(R"({"id":1})") == ErrorCode::invalid_argument);
  CHECK(code_of(R"({"type":"fly"})") == ErrorCode::unknown_command);
}

TEST_CASE("results survive the way to JSON and back in full precision") {
  const float third = 1.0F / 3.0F;
  const AttentionMap map = round_trip(AttentionMap{.rows = {"a", "b"}, .columns = {"a"}, .values = {{third}, {1e-30F}}, .row_pieces = {},
                                                   .column_pieces = {}, .layers = 4, .heads = 2});
  CHECK(map.values[0][0] == third);
  CHECK(map.values[1][0] == 1e-30F);
  const Filled filled = round_trip(Filled{.masks = {{.position = 2, .top = {{5, "##é", "é", 0.1, -3.25}}, .entropy_bits = 1.5}}, .text = "x"});
  CHECK(filled.masks[0].top[0].token == "##é");
  CHECK(filled.masks[0].top[0].probability == 0.1);
  Reading reading;
  reading.cut = Cut{12, 128, "cut"};
  CHECK(round_trip(reading).cut->byte == 12);
  CHECK_FALSE(round_trip(Reading{}).cut.has_value());
  Loaded loaded;
  loaded.family = Family::encoder_decoder;
  CHECK(round_trip(loaded).family == Family::encoder_decoder);
}

TEST_CASE("errors, progress and steps are told apart") {
  const auto error = parse_reply(to_json({1, Error{ErrorCode::gpu_lost, "gone", "why"}}));
  CHECK(std::get<Error>(error->body).code == ErrorCode::gpu_lost);
  const auto progress = parse_reply(to_json({2, Progress{"fetch", "model.onnx", 5, 10}}));
  CHECK(std::get<Progress>(progress->body).loaded_bytes == 5);
  const auto step = parse_reply(to_json({3, Step{.id = 4, .token = "x", .display = "x", .probability = 0.5, .entropy_bits = 0, .millis = 0, .top = {}}}));
  CHECK(std::get<Step>(step->body).id == 4);
}

TEST_CASE("a reply cut short or twisted is refused, not guessed") {
  const std::string whole = to_json({1, ResultValue(Filled{.masks = {{.position = 1, .top = {}, .entropy_bits = 0}}, .text = "abc"})});
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK_FALSE(parse_reply(whole.substr(0, n)).has_value());
  CHECK_FALSE(parse_reply(R"({"id":1,"kind":"filled","result":{"masks":3,"text":""}})").has_value());
  CHECK_FALSE(parse_reply(R"({"id":1,"kind":"guess","result":{}})").has_value());
}

TEST_CASE("text that is not valid UTF-8 does not stop a message") {
  const std::string json = to_json(RequestMessage{1, Tokenize{Seat::left, "a\xFF"}});
  CHECK(std::get<Tokenize>(parse_request(json)->request).text == "a\uFFFD");
}
