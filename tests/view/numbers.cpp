#include "view/numbers.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using protocol::AttentionAccount;
using protocol::ExplainAttention;
using protocol::ExplainPrediction;
using protocol::PredictionAccount;
using testing::Page;
using testing::words;

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

// Two dimensions, three keys; query 2 looks at key 1.
AttentionAccount weight() {
  AttentionAccount a;
  a.kind = "self";
  a.layer = 1;
  a.layers = a.heads = 4;
  a.queries = a.keys = {"the", " dog", " sat"};
  a.query = 2;
  a.key = 1;
  a.q = {1, 2};
  a.k = {3, -1};
  a.products = {3, -2};
  a.dot = 1;
  a.scale = 0.70710678;
  a.bias = "none";
  a.mask = "causal";
  a.score = 0.70710678;
  a.runtime_score = 0.70710678F;
  a.visible_keys = 3;
  a.scores = {0, 0.7071F, 0};
  a.recomputed = a.probabilities = {0.25F, 0.5F, 0.25F};
  a.log_sum_exp = 1.4;
  a.v = a.part = a.mix = a.context = {1, 2};
  a.variant = "fp32";
  return a;
}

PredictionAccount word() {
  PredictionAccount p;
  p.side = "text";
  p.places = 1;
  p.position = 2;
  p.piece = "[MASK]";
  p.word = {.id = 7, .token = "was", .display = "was", .probability = 0.6, .logit = 4.5};
  p.candidates = {p.word, {.id = 8, .token = "is", .display = "is", .probability = 0.3, .logit = 3.8}};
  p.norm = "none";
  p.normed_blocks = true;
  p.transformed = true;
  p.hidden = p.read = {1, 2};
  p.weights = {2, 1};
  p.products = {2, 2};
  p.up = {0, 1};
  p.projection = "exact";
  p.has_bias = true;
  p.bias = 0.5;
  p.dot = 4;
  p.logit = 4.5;
  p.log_sum_exp = 5;
  p.probability = 0.6065;
  p.vocabulary = 6144;
  return p;
}

const view::NumberStep& step(const view::NumbersView& v, std::string_view id) {
  const auto at = std::ranges::find(v.steps, id, &view::NumberStep::id);
  REQUIRE(at != v.steps.end());
  return *at;
}

std::vector<std::string> ids(const view::NumbersView& v) {
  std::vector<std::string> out;
  for (const auto& s : v.steps) out.push_back(s.id);
  return out;
}

}  // namespace

TEST_CASE("an attention weight is accounted for in seven steps, with the numbers put in") {
  for (const char* language : {"en", "nb"}) {
    const view::Strings strings = words(language);
    Page page;
    CHECK(page.engine.count<ExplainAttention>() == 0);
    page.apply(state::SelectTab{state::Tab::numbers});
    REQUIRE(page.engine.count<ExplainAttention>() == 3);
    page.engine.give(page.engine.find<ExplainAttention>(Seat::left)->id, weight());
    const view::NumbersView v = look(page, strings).columns[0].weight_account;
    CHECK(ids(v) == std::vector<std::string>{"query_key", "dot", "scale", "bias", "mask", "softmax", "mix"});
    for (const auto& s : v.steps) {
      INFO(language << ": " << s.id << ": " << s.plain);
      CHECK_FALSE(s.plain.empty());
      CHECK_FALSE(s.plain.contains("numbers."));
      CHECK_FALSE(s.plain.contains("{"));
    }
    CHECK(step(v, "dot").lines.front().starts_with("q·k = 1·3 + 2·(−1) = 1"));
    CHECK(step(v, "softmax").bars.front().chosen);
    CHECK(step(v, "mask").checks.size() == 2);
    CHECK(step(v, "mask").checks.front().agrees);
    CHECK(v.choosers.size() == 4);  // no kinds to choose from
  }
}

TEST_CASE("what stands at each step follows from the engine's answer") {
  const view::Strings en = words("en");
  const auto shown = [&](const AttentionAccount& a) {
    Page page;
    page.apply(state::SelectTab{state::Tab::numbers});
    page.engine.give(page.engine.find<ExplainAttention>(Seat::right)->id, a);
    return look(page, en).columns[2].weight_account;
  };
  AttentionAccount a = weight();
  a.scale = 1;
  a.bias = "relative";
  a.distance = -1;
  a.bucket = 1;
  a.buckets = 32;
  a.bias_value = 1.5;
  CHECK(step(shown(a), "scale").plain.contains("as it is"));
  CHECK(step(shown(a), "bias").plain.contains("1 before the query: bucket 2 of 32"));
  CHECK(step(shown(a), "bias").lines.front() == "1 + 1.5 = 2.5");
  CHECK(shown(a).choosers.size() == 5);  // and the map, of three
  a.key = 2;
  a.query = 1;
  a.visible = false;
  a.runtime_score = a.scores[2] = -3.4028235e38F;
  CHECK(step(shown(a), "mask").plain.contains("hidden"));
  CHECK(step(shown(a), "mask").plain.contains("−3.403e38"));
  CHECK(step(shown(a), "mask").checks.size() == 1);
  a.context.clear();
  a.head_factor = 0.5;
  CHECK(step(shown(a), "mix").checks.empty());
  CHECK(step(shown(a), "mix").lines.size() == 2);
  a = weight();
  a.score = 0.9;  // not what the runtime says
  CHECK_FALSE(step(shown(a), "mask").checks.front().agrees);
  a.variant = "fp16";
  CHECK(shown(a).note.contains("16 bits"));
}

TEST_CASE("a prediction is accounted for from the last hidden state to its probability") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::numbers});
  page.engine.give(page.engine.find<ExplainPrediction>(Seat::left)->id, word());
  const view::NumbersView v = look(page, en).columns[0].word_account;
  CHECK(ids(v) == std::vector<std::string>{"hidden", "read", "row", "product", "logit", "probability"});
  CHECK(v.head.sentence == "In place of “[MASK]” it says “was” with 60.0\u202F%.");
  CHECK(step(v, "product").lines.front().contains("dimension 1: 1 · 2 = 2"));
  CHECK(step(v, "logit").lines.front() == "4 + 0.5 = 4.5");
  CHECK(step(v, "logit").checks.front().difference == "none");
  CHECK_FALSE(step(v, "probability").checks.front().agrees);  // 0.6065 is not 0.6
  page.apply(state::ChooseNumbers{Seat::left, view::chosen(v, "candidate", "8")});
  const auto* asked = page.engine.find<ExplainPrediction>(Seat::left);
  REQUIRE(asked != nullptr);
  CHECK(std::get<ExplainPrediction>(asked->request).candidate == 8);
  CHECK(look(page, en).columns[0].word_account.head.stale);

  PredictionAccount plain = word();
  plain.transformed = false;
  page.engine.give(asked->id, plain);
  CHECK(ids(look(page, en).columns[0].word_account).size() == 5);  // nothing stands before the product
}

TEST_CASE("the pinned cell is accounted for, until something else is chosen, and nothing of another text") {
  const view::Strings en = words("en");
  Page page;
  page.engine.run();
  page.apply(state::PinCell{{Seat::left, protocol::AttentionKind::self, 1, 0}});
  page.apply(state::SelectTab{state::Tab::numbers});
  const auto asked = [&] { return std::get<ExplainAttention>(page.engine.find<ExplainAttention>(Seat::left)->request); };
  CHECK(asked().query == 1);
  CHECK(asked().key == 0);
  page.engine.give(page.engine.find<ExplainAttention>(Seat::left)->id, weight());
  page.apply(state::ChooseNumbers{Seat::left, view::chosen(look(page, en).columns[0].weight_account, "key", "2")});
  CHECK(asked().key == 2);
  CHECK(asked().query == 2);  // as the engine chose it
  page.apply(state::SetText{"Another text."});
  CHECK_FALSE(state::attention_to_explain(page.state(), Seat::left).key.has_value());  // neither choice nor pin outlive their text
}

}  // namespace trilens
