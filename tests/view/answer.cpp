#include "view/answer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support.hpp"

namespace trilens {
namespace {

using protocol::Answer;
using protocol::Answered;
using protocol::AnswerTask;
using testing::Page;
using testing::words;

state::AnswerTexts texts_of(const std::string& text) {
  state::State state;
  state.document.text = text;
  state.answer_offers = testing::kAnswerOffers;
  return state::answer_texts(state);
}

Answered answered(const Answer& asked, std::string verdict, std::string reason) {
  Answered a;
  a.task = protocol::answer_task_name(asked.task);
  a.verdict = std::move(verdict);
  a.reason = std::move(reason);
  if (a.verdict == "cannot") return a;
  a.way = "mask";
  a.prompt = asked.text;
  a.answer = "alpha";
  a.probability = 0.25;
  a.pieces = 3;
  a.passes = 2;
  a.millis = 12.5;
  return a;
}

// Answers what is waiting of this seat's; the decoder's way is refused.
void answer_all(Page& page) {
  while (const auto* message = page.engine.find<Answer>()) {
    const Answer asked = std::get<Answer>(message->request);
    page.engine.give(message->id, asked.seat == Seat::left ? answered(asked, "can", "") : answered(asked, "cannot", "no_writer"));
  }
}

view::PageView look(const Page& page, const view::Strings& strings) { return view::build_page(page.state(), strings); }

}  // namespace

TEST_CASE("each task gets its own form of the text") {
  const auto blank = texts_of("The dog that chased the cats ___ tired.");
  CHECK(blank.fill == "The dog that chased the cats ___ tired.");
  CHECK(blank.hidden.empty());
  CHECK(blank.start == "The dog that chased the cats");
  CHECK(blank.whole == "The dog that chased the cats tired.");
  const auto last = texts_of("Once upon a ___");
  CHECK(last.whole == "Once upon a");
  CHECK(texts_of("Tom ate [MASK] and <extra_id_0>.").fill == "Tom ate ___ and ___.");
}

TEST_CASE("in a text without a blank the last word is hidden, and which one is told") {
  const auto made = texts_of("The sky is blue today.");
  CHECK(made.fill == "The sky is blue ___.");
  CHECK(made.hidden == "today");
  CHECK(made.start == "The sky is blue today.");
  CHECK(texts_of("Oh \"no\"!").fill == "Oh \"___\"!");
  CHECK(texts_of("...").fill == "...");
}

TEST_CASE("a question in the text is asked of the rest; else one that is offered") {
  const auto inside = texts_of("Tom lost his key. Who lost his key?");
  CHECK(inside.question == "Who lost his key?");
  CHECK(inside.context == "Tom lost his key.");
  CHECK(inside.question_from == state::QuestionFrom::text);
  const auto task = texts_of("question: Who has it? context: Emma has it.");
  CHECK(task.question == "Who has it?");
  CHECK(task.context == "Emma has it.");
  const auto alone = texts_of("Where do you live?");
  CHECK(alone.question == "Who is it?");
  CHECK(alone.context == "Where do you live?");
  CHECK(alone.question_from == state::QuestionFrom::offered);
}

TEST_CASE("the matrix is asked for while its tab is open: every task of every seat") {
  const view::Strings en = words("en");
  Page page;
  CHECK(page.engine.count<Answer>() == 0);
  CHECK(look(page, en).answer.rows.empty());
  page.apply(state::SelectTab{state::Tab::answer});
  CHECK(page.engine.count<Answer>() == 3 * protocol::kAnswerTasks.size());
  view::PageView v = look(page, en);
  CHECK(v.answer.running);
  CHECK(v.answer.rows.size() == protocol::kAnswerTasks.size());
  CHECK(v.columns[0].answers[0].status == view::AnswerStatus::queued);

  const auto first = page.engine.find<Answer>(Seat::left)->id;  // its turn has come
  page.store.receive({first, protocol::Progress{.stage = "answer", .file = {}, .loaded_bytes = 0, .total_bytes = 0}}, 0);
  CHECK(look(page, en).columns[0].answers[0].status == view::AnswerStatus::running);

  answer_all(page);
  v = look(page, en);
  const view::AnswerCellView& can = v.columns[0].answers[1];
  CHECK(can.status == view::AnswerStatus::answered);
  CHECK(can.verdict == view::AnswerVerdict::can);
  CHECK(can.answer == "alpha");
  CHECK(can.number.starts_with("25.0"));
  CHECK(can.cost.starts_with("2 passes"));
  CHECK(can.asked.ends_with("\nThe dog"));
  const view::AnswerCellView& cannot = v.columns[1].answers[0];
  CHECK(cannot.verdict == view::AnswerVerdict::cannot);
  CHECK(cannot.answer.empty());
  CHECK(cannot.reason == en.get("answer.reason.no_writer"));
}

TEST_CASE("stopping keeps what is there; another text runs again") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::answer});
  const auto* one = page.engine.find<Answer>(Seat::left);
  page.engine.give(one->id, answered(std::get<Answer>(one->request), "can", ""));
  page.apply(state::StopAnswers{});
  CHECK(page.engine.count<Answer>() == 0);
  view::PageView v = look(page, en);
  CHECK_FALSE(v.answer.running);
  CHECK(v.columns[0].answers[0].status == view::AnswerStatus::answered);
  CHECK_FALSE(v.columns[0].answers[0].stale);
  CHECK(v.columns[0].answers[1].status_words == en.get("answer.stopped"));
  CHECK(v.answer.button == en.get("answer.again"));

  SECTION("run again asks all, the one that was answered too") {
    page.apply(state::RunAnswers{});
    CHECK(page.engine.count<Answer>() == 3 * protocol::kAnswerTasks.size());
    CHECK(look(page, en).columns[0].answers[0].stale);
  }
  SECTION("another text") {
    page.apply(state::SetText{"Tom sleeps."});
    page.apply(state::CommitText{});
    CHECK(page.engine.count<Answer>() == 3 * protocol::kAnswerTasks.size());
    CHECK(std::get<Answer>(page.engine.find<Answer>()->request).text == "Tom ___.");
  }
  SECTION("leaving the tab and coming back does not start it") {
    page.apply(state::SelectTab{state::Tab::overview});
    page.apply(state::SelectTab{state::Tab::answer});
    CHECK(page.engine.count<Answer>() == 0);
  }
}

TEST_CASE("the question can be chosen, and scripts can give everything") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::answer});
  answer_all(page);
  page.apply(state::ChooseAnswer{{.questions = {"Why?"}, .blank = {}, .labels = {}, .sentences = {}}});
  REQUIRE(page.engine.count<Answer>() == 3);  // the question's row alone
  CHECK(std::get<Answer>(page.engine.find<Answer>()->request).question == "Why?");
  CHECK(look(page, en).answer.questions.back().label == "Why?");
  answer_all(page);
  page.script(R"({"type":"choose_answer","labels":["red","blue"],"blank":"Its colour is ___."})", 7);
  CHECK(page.engine.resolved.contains(7));
  CHECK(page.engine.count<Answer>() == 12);  // three ways to judge, and the question as offered again
  page.script(R"({"type":"choose_answer","labels":[1]})", 8);
  CHECK(page.engine.rejected.at(8) == "invalid_argument");
}

TEST_CASE("choices are bars: shares, or cosines") {
  const view::Strings en = words("en");
  Page page;
  page.apply(state::SelectTab{state::Tab::answer});
  for (const AnswerTask task : {AnswerTask::classify_blank, AnswerTask::retrieve}) {
    for (const protocol::RequestMessage& message : std::deque(page.engine.waiting)) {
      const auto* asked = std::get_if<Answer>(&message.request);
      if (asked == nullptr || asked->task != task || asked->seat != Seat::left) continue;
      Answered a = answered(*asked, "partly", "one_piece");
      const bool judged = task == AnswerTask::classify_blank;
      a.answer = "b";
      a.choices = {{"a", judged ? -1.5 : 0.25, judged ? std::optional(0.2) : std::nullopt}, {"b", judged ? -0.1 : 0.75, judged ? std::optional(0.8) : std::nullopt}};
      if (!judged) a.probability.reset();
      page.engine.give(message.id, a);
    }
  }
  const view::PageView v = look(page, en);
  const auto& judged = v.columns[0].answers[3];
  REQUIRE(judged.bars.size() == 2);
  CHECK(judged.bars[1].best);
  CHECK(judged.bars[1].length == 0.8);
  CHECK(judged.bars[0].number.starts_with("20.0"));
  CHECK(judged.verdict == view::AnswerVerdict::partly);
  CHECK(judged.reason == en.get("answer.reason.one_piece"));
  const auto& near = v.columns[0].answers[6];
  CHECK(near.bars[1].number == "0.750");
  CHECK(near.number.empty());
}

}  // namespace trilens
