#include "infer/recorded_session.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "base/random.hpp"
#include "infer/recorded_models.hpp"

namespace trilens::infer {
namespace {

constexpr std::int64_t kVocabulary = 7;
const std::vector<std::string> kRemote{"logits", "present.0.key", "present.0.value"};

LogitTable table() {
  LogitTable out{.values = {}, .vocabulary = kVocabulary, .pad = 0};
  Random random(3);
  for (std::int64_t i = 0; i < kVocabulary * kVocabulary * kVocabulary; ++i) out.values.push_back(static_cast<float>(random.uniform()));
  return out;
}

RecordedRuntime::Options decoders(bool webgpu) {
  return {.open = [](std::span<const std::uint8_t>, Provider) -> Result<RecordedModel> { return table_decoder(table()); }, .webgpu = webgpu};
}

std::unique_ptr<Session> session_on(RecordedRuntime& runtime, Provider provider) {
  auto session = run_now(runtime.create_session({.model = {1}, .provider = provider, .remote_outputs = kRemote}));
  REQUIRE(session.has_value());
  return std::move(*session);
}

Tensor ids_of(const Shape& shape, const std::vector<std::int64_t>& ids) { return Tensor::of<std::int64_t>(shape, ids); }

// The five inputs of a decoder pass.
struct Pass {
  Tensor ids;
  Tensor mask;
  Tensor positions;
  Tensor empty;

  Pass(const Shape& shape, const std::vector<std::int64_t>& tokens, std::int64_t past)
      : ids(ids_of(shape, tokens)),
        mask(ElementType::i64, {shape[0], past + shape[1]}),
        positions(ElementType::i64, shape),
        empty(Tensor::f32({shape[0], 1, 0, 1})) {
    std::ranges::fill(mask.data<std::int64_t>(), 1);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      positions.data<std::int64_t>()[i] = past + static_cast<std::int64_t>(i) % shape[1];
    }
  }
  [[nodiscard]] std::vector<Feed> feeds() const {
    return {{"input_ids", &ids}, {"attention_mask", &mask}, {"position_ids", &positions}, {"past_key_values.0.key", &empty}, {"past_key_values.0.value", &empty}};
  }
  [[nodiscard]] std::vector<Feed> feeds(const RemoteTensor& cache) const {
    return {{"input_ids", &ids}, {"attention_mask", &mask}, {"position_ids", &positions}, {"past_key_values.0.key", &cache}, {"past_key_values.0.value", &cache}};
  }
};

std::vector<float> floats(const Tensor& t) { return {t.data<float>().begin(), t.data<float>().end()}; }

RemoteTensor& remote(Value& value) { return std::get<RemoteTensor>(value); }

}  // namespace

TEST_CASE("a decoder pass with a cache gives the same logits as one without") {
  RecordedRuntime runtime(decoders(false));
  const auto session = session_on(runtime, Provider::wasm);
  const Pass whole({1, 4}, {3, 5, 1, 6}, 0);
  auto at_once = run_now(session->run(whole.feeds(), {"logits"}));
  REQUIRE(at_once.has_value());
  const Pass first({1, 2}, {3, 5}, 0);
  auto begun = run_now(session->run(first.feeds(), {"logits", "present.0.key"}));
  REQUIRE(begun.has_value());
  const Pass second({1, 2}, {1, 6}, 2);
  auto gone_on = run_now(session->run(second.feeds(remote((*begun)[1])), {"logits"}));
  REQUIRE(gone_on.has_value());
  const std::vector<float> expected = floats(*run_now(runtime.read(remote((*at_once)[0]))));
  const std::vector<float> actual = floats(*run_now(runtime.read(remote((*gone_on)[0]))));
  REQUIRE(actual.size() == 2 * kVocabulary);
  CHECK(std::ranges::equal(actual, std::span(expected).last(2 * kVocabulary)));
}

TEST_CASE("gathering a batch copies rows in the given order, also more or fewer of them") {
  RecordedRuntime runtime(decoders(false));
  const auto session = session_on(runtime, Provider::wasm);
  const Pass pass({3, 2}, {1, 2, 3, 4, 5, 6}, 0);
  auto out = run_now(session->run(pass.feeds(), {"present.0.key"}));
  REQUIRE(out.has_value());
  const auto more = run_now(runtime.gather_batch(remote((*out)[0]), {2, 0, 0, 1}));
  REQUIRE(more.has_value());
  CHECK(more->shape() == Shape{4, 1, 2, 1});
  CHECK(floats(*run_now(runtime.read(*more))) == std::vector<float>{5, 6, 1, 2, 1, 2, 3, 4});
  const auto fewer = run_now(runtime.gather_batch(*more, {3}));
  REQUIRE(fewer.has_value());
  CHECK(floats(*run_now(runtime.read(*fewer))) == std::vector<float>{3, 4});
  const auto wrong = run_now(runtime.gather_batch(*more, {4}));
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().code == ErrorCode::runtime_failed);
}

TEST_CASE("row statistics are those of the asked rows") {
  RecordedRuntime runtime(decoders(true));
  const auto session = session_on(runtime, Provider::webgpu);
  const Pass pass({2, 2}, {1, 2, 3, 4}, 0);
  auto out = run_now(session->run(pass.feeds(), {"logits"}));
  REQUIRE(out.has_value());
  const auto statistics = run_now(runtime.row_statistics(remote((*out)[0]), {1, 3}, 2));
  REQUIRE(statistics.has_value());
  REQUIRE(statistics->size() == 2);
  const LogitTable t = table();
  const auto row = std::span(t.values).subspan((3 * kVocabulary + 4) * kVocabulary, kVocabulary);
  const RowStatistics expected = trilens::row_statistics(row, 2);
  CHECK((*statistics)[1].top == expected.top);
  CHECK((*statistics)[1].log_sum_exp == expected.log_sum_exp);
  CHECK(runtime.calls().back().top_k == 2);
  CHECK(runtime.calls().back().bytes_read == 48);
  CHECK_FALSE(run_now(runtime.row_statistics(remote((*out)[0]), {4}, 2)).has_value());
}

TEST_CASE("remote tensors are counted until they are gone") {
  RecordedRuntime runtime(decoders(false));
  {
    const auto session = session_on(runtime, Provider::wasm);
    CHECK(runtime.live_sessions() == 1);
    const Pass pass({1, 1}, {2}, 0);
    auto out = run_now(session->run(pass.feeds(), {"logits", "present.0.key", "present.0.value"}));
    REQUIRE(out.has_value());
    CHECK(runtime.live_tensors() == 3);
    RemoteTensor kept = std::move(remote((*out)[0]));
    out->clear();
    CHECK(runtime.live_tensors() == 1);
  }
  CHECK(runtime.live_tensors() == 0);
  CHECK(runtime.live_sessions() == 0);
}

TEST_CASE("an injected failure strikes once and the session goes on") {
  RecordedRuntime runtime(decoders(false));
  const auto session = session_on(runtime, Provider::wasm);
  const Pass pass({1, 1}, {2}, 0);
  runtime.fail_next(Operation::run, {ErrorCode::out_of_memory, "No room.", {}});
  const auto failed = run_now(session->run(pass.feeds(), {"logits"}));
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().code == ErrorCode::out_of_memory);
  CHECK(run_now(session->run(pass.feeds(), {"logits"})).has_value());
  CHECK(runtime.count(Operation::run) == 2);
  CHECK(runtime.live_tensors() == 0);
}

TEST_CASE("what does not fit the model is refused by name") {
  RecordedRuntime runtime(decoders(false));
  const auto session = session_on(runtime, Provider::wasm);
  const Pass pass({1, 1}, {2}, 0);
  auto feeds = pass.feeds();
  feeds.push_back({"token_type_ids", &pass.ids});
  const auto extra = run_now(session->run(feeds, {"logits"}));
  REQUIRE_FALSE(extra.has_value());
  CHECK(extra.error().message.find("token_type_ids") != std::string::npos);
  feeds.resize(4);
  const auto missing = run_now(session->run(feeds, {"logits"}));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message.find("past_key_values.0.value") != std::string::npos);
  const auto unknown = run_now(session->run(pass.feeds(), {"present.1.key"}));
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().message.find("present.1.key") != std::string::npos);
  const Pass wrong_past({1, 1}, {2}, 3);
  CHECK_FALSE(run_now(session->run(wrong_past.feeds(), {"logits"})).has_value());
}

TEST_CASE("a lost GPU takes its sessions and tensors along, and a new session works") {
  RecordedRuntime runtime(decoders(true));
  const auto session = session_on(runtime, Provider::webgpu);
  const Pass pass({1, 1}, {2}, 0);
  auto out = run_now(session->run(pass.feeds(), {"logits"}));
  REQUIRE(out.has_value());
  runtime.lose_gpu();
  const auto dead = run_now(session->run(pass.feeds(), {"logits"}));
  REQUIRE_FALSE(dead.has_value());
  CHECK(dead.error().code == ErrorCode::gpu_lost);
  CHECK(run_now(runtime.read(remote((*out)[0]))).error().code == ErrorCode::gpu_lost);
  const auto fresh = session_on(runtime, Provider::webgpu);
  CHECK(run_now(fresh->run(pass.feeds(), {"logits"})).has_value());
}

TEST_CASE("without a GPU there is no webgpu session") {
  RecordedRuntime runtime(decoders(false));
  CHECK_FALSE(runtime.webgpu_available());
  const auto session = run_now(runtime.create_session({.model = {}, .provider = Provider::webgpu, .remote_outputs = {}}));
  REQUIRE_FALSE(session.has_value());
  CHECK(session.error().code == ErrorCode::webgpu_unavailable);
}

TEST_CASE("held runs wait, and runs of one session come one after the other") {
  RecordedRuntime runtime(decoders(false));
  const auto session = session_on(runtime, Provider::wasm);
  const Pass pass({1, 1}, {2}, 0);
  std::vector<int> ended;
  const auto begin = [&](int name) -> Task<void> {
    std::vector<std::string> fetches(1, "logits");  // g++ 12 trips over a braced list inside co_await
    (void)co_await session->run(pass.feeds(), std::move(fetches));
    ended.push_back(name);
  };
  runtime.hold_runs();
  spawn(begin(1));
  spawn(begin(2));
  CHECK(runtime.held_runs() == 1);  // the second waits for the first, not for the gate
  CHECK(ended.empty());
  runtime.let_go();
  CHECK(ended == std::vector<int>{1});
  CHECK(runtime.held_runs() == 1);
  runtime.release_runs();
  CHECK(ended == std::vector<int>{1, 2});
  CHECK(runtime.live_tensors() == 0);
}

TEST_CASE("the encoder-decoder reads its source at the first step and from the cross cache later") {
  const auto open = [](std::span<const std::uint8_t> model, Provider) -> Result<RecordedModel> {
    return model.front() == 'e' ? table_encoder() : table_encoder_decoder(table());
  };
  RecordedRuntime runtime({.open = open, .webgpu = false});
  const auto encoder = std::move(*run_now(runtime.create_session({.model = {'e'}, .provider = Provider::wasm, .remote_outputs = {"last_hidden_state"}})));
  const auto decoder = std::move(*run_now(runtime.create_session(
      {.model = {'d'}, .provider = Provider::wasm, .remote_outputs = {"present.0.decoder.key", "present.0.encoder.key"}})));
  const Tensor source = ids_of({1, 3}, {2, 2, 5});
  const Tensor ones = ids_of({1, 3}, {1, 1, 1});
  auto states = run_now(encoder->run({{"input_ids", &source}, {"attention_mask", &ones}}, {"last_hidden_state"}));
  REQUIRE(states.has_value());
  const Tensor start = ids_of({1, 1}, {0});
  const Tensor next = ids_of({1, 1}, {4});
  const Tensor empty = Tensor::f32({1, 1, 0, 1});
  const Tensor no = Tensor::of<std::uint8_t>({1}, std::vector<std::uint8_t>{0});
  const Tensor yes = Tensor::of<std::uint8_t>({1}, std::vector<std::uint8_t>{1});
  auto first = run_now(decoder->run({{"encoder_attention_mask", &ones}, {"input_ids", &start}, {"encoder_hidden_states", &remote((*states)[0])},
                                     {"past_key_values.0.decoder.key", &empty}, {"past_key_values.0.decoder.value", &empty},
                                     {"past_key_values.0.encoder.key", &empty}, {"past_key_values.0.encoder.value", &empty}, {"use_cache_branch", &no}},
                                    {"logits", "present.0.decoder.key", "present.0.encoder.key"}));
  REQUIRE(first.has_value());
  const RemoteTensor& own = remote((*first)[1]);
  const RemoteTensor& cross = remote((*first)[2]);
  auto second = run_now(decoder->run({{"encoder_attention_mask", &ones}, {"input_ids", &next}, {"encoder_hidden_states", &remote((*states)[0])},
                                      {"past_key_values.0.decoder.key", &own}, {"past_key_values.0.decoder.value", &own},
                                      {"past_key_values.0.encoder.key", &cross}, {"past_key_values.0.encoder.value", &cross}, {"use_cache_branch", &yes}},
                                     {"logits"}));
  REQUIRE(second.has_value());
  const LogitTable t = table();
  const auto row = [&t](std::int64_t before, std::int64_t last) {  // the source's sum is 9, that is 2 modulo 7
    const auto at = static_cast<std::size_t>(((before + 9) % 7 * 7 + (last + 9) % 7) * 7);
    return std::vector<float>(t.values.begin() + static_cast<std::ptrdiff_t>(at), t.values.begin() + static_cast<std::ptrdiff_t>(at + 7));
  };
  CHECK(floats(std::get<Tensor>((*first)[0])) == row(0, 0));
  CHECK(floats(std::get<Tensor>((*second)[0])) == row(0, 4));
}

}  // namespace trilens::infer
