#include "state/answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "state/state.hpp"

namespace trilens::state {
namespace {

using protocol::AnswerTask;

constexpr std::string_view kBlank = "___", kSpace = " \t\r\n", kMarks = ".,;:!?()[]\"'", kBetweenWords = " \t\r\n.,;:!?()[]\"'";

struct Span {
  std::size_t begin = 0, end = 0;
};

// Length of the blank that begins here, in anybody's form; 0: none.
std::size_t blank_at(std::string_view rest) {
  const std::size_t underscores = std::min(rest.find_first_not_of('_'), rest.size());
  if (underscores >= kBlank.size()) return underscores;
  for (const std::string_view form : {"[MASK]", "<mask>"}) {
    if (rest.starts_with(form)) return form.size();
  }
  constexpr std::string_view kSentinel = "<extra_id_";
  if (!rest.starts_with(kSentinel)) return 0;
  const std::size_t end = rest.find_first_not_of("0123456789", kSentinel.size());
  return end != std::string_view::npos && end > kSentinel.size() && rest[end] == '>' ? end + 1 : 0;
}

std::vector<Span> blanks_of(std::string_view text) {
  std::vector<Span> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = blank_at(text.substr(at));
    if (size > 0) out.push_back({at, at + size});
    at += std::max<std::size_t>(size, 1);
  }
  return out;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

// The last word, without the marks around it.
Span last_word(std::string_view text) {
  Span word{0, text.size()};
  while (word.end > 0) {
    while (word.end > 0 && kBetweenWords.find(text[word.end - 1]) != std::string_view::npos) --word.end;
    word.begin = text.find_last_of(kSpace, word.end == 0 ? 0 : word.end - 1);
    word.begin = word.begin == std::string_view::npos || word.begin >= word.end ? 0 : word.begin + 1;
    while (word.begin < word.end && kMarks.find(text[word.begin]) != std::string_view::npos) ++word.begin;
    if (word.begin < word.end) return word;
  }
  return {};
}

std::string with_blanks(std::string_view text, const std::vector<Span>& blanks, std::string_view instead) {
  std::string out;
  std::size_t at = 0;
  for (const Span& blank : blanks) {
    out += text.substr(at, blank.begin - at);
    out += instead;
    at = blank.end;
    // "cats ___ tired" -> "cats tired"; "the ___." -> "the."
    const bool doubled = instead.empty() && !out.empty() && out.back() == ' ' && (at == text.size() || text[at] == ' ' || text[at] == '.' || text[at] == ',');
    if (doubled) out.pop_back();
  }
  out += text.substr(at);
  return trimmed(out);
}

// A question in the text, and what is left of it: "question: … context: …" as T5 is asked, else the last sentence with a question mark.
bool split_question(AnswerTexts& out) {
  constexpr std::string_view kQuestion = "question: ", kContext = " context: ";
  const std::string_view text = out.whole;
  if (const std::size_t context = text.find(kContext); text.starts_with(kQuestion) && context != std::string_view::npos) {
    out.own_question = trimmed(text.substr(kQuestion.size(), context - kQuestion.size()));
    out.context = trimmed(text.substr(context + kContext.size()));
    return true;
  }
  const std::size_t mark = text.rfind('?');
  if (mark == std::string_view::npos) return false;
  const std::size_t before = mark == 0 ? std::string_view::npos : text.find_last_of(".!?", mark - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string rest = trimmed(std::string(text.substr(0, begin)) + " " + trimmed(text.substr(mark + 1)));
  if (rest.empty()) return false;  // nothing to answer it from
  out.own_question = trimmed(text.substr(begin, mark + 1 - begin));
  out.context = rest;
  return true;
}

template <class T>
const T& chosen_or(const T& chosen, const T& offered) {
  return chosen.empty() ? offered : chosen;
}

}  // namespace

AnswerTexts answer_texts(const State& state) {
  const std::string& text = state.document.text;
  const std::vector<Span> blanks = blanks_of(text);
  AnswerTexts out;
  out.has_blank = !blanks.empty();
  out.whole = with_blanks(text, blanks, {});
  if (out.has_blank) {
    out.fill = with_blanks(text, blanks, kBlank);
    out.start = trimmed(std::string_view(text).substr(0, blanks.front().begin));
  } else {
    const Span word = last_word(text);
    out.hidden = text.substr(word.begin, word.end - word.begin);
    out.fill = word.begin < word.end ? with_blanks(text, {word}, kBlank) : trimmed(text);
    out.start = trimmed(text);
  }
  const AnswerNeeds &chosen = state.answer.chosen, &offered = state.answer_offers;
  const bool inside = split_question(out);
  out.question = out.own_question;
  if (inside) out.question_from = QuestionFrom::text;
  else out.context = out.whole;
  if (!chosen.questions.empty()) {
    out.question = chosen.questions.front();
    out.question_from = QuestionFrom::chosen;
  } else if (!inside && !offered.questions.empty()) {
    out.question = offered.questions.front();
  }
  out.blank = chosen_or(chosen.blank, offered.blank);
  out.labels = chosen_or(chosen.labels, offered.labels);
  out.sentences = chosen_or(chosen.sentences, offered.sentences);
  return out;
}

const std::string& answer_text(const AnswerTexts& texts, AnswerTask task) {
  switch (task) {
    case AnswerTask::fill: return texts.fill;
    case AnswerTask::go_on: return texts.start;
    case AnswerTask::question: return texts.context;
    default: return texts.whole;
  }
}

bool answers_stopped(const State& state) { return state.answer.stopped == state.document.text; }

std::optional<protocol::Request> answer_request(const State& state, Seat seat, AnswerTask task) {
  const ExperimentState& e = state.column(seat).experiment(answer_experiment(task));
  // Stopped: what is there stays, what is not does not come.
  if (answers_stopped(state) && (e.waiting || e.asked.empty())) return std::nullopt;
  const AnswerTexts texts = answer_texts(state);
  protocol::Answer request{.seat = seat, .task = task, .text = answer_text(texts, task), .blank = {}, .labels = {}, .sentences = {}, .question = {}};
  if (blank_text(request.text)) return std::nullopt;
  switch (task) {
    case AnswerTask::classify_blank:
    case AnswerTask::classify_prompt:
    case AnswerTask::classify_text:
      request.blank = texts.blank;
      request.labels = texts.labels;
      break;
    case AnswerTask::retrieve: request.sentences = texts.sentences; break;
    case AnswerTask::question: request.question = texts.question; break;
    default: break;
  }
  return request;
}

Experiment answer_experiment(AnswerTask task) {
  return static_cast<Experiment>(static_cast<std::size_t>(Experiment::answer_fill) + static_cast<std::size_t>(task));
}

Result<AnswerNeeds> parse_answer_needs(std::string_view text) {
  using Json = nlohmann::json;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  AnswerNeeds out;
  if (!json.is_object() || !json.contains("answer")) return out;
  const Json& answer = json["answer"];
  const auto refuse = [](const char* name) { return fail(ErrorCode::invalid_argument, std::string("examples.json cannot be read: `answer.") + name + "` is not what it should be."); };
  if (!answer.is_object() || !answer.contains("blank") || !answer["blank"].is_string()) return refuse("blank");
  out.blank = answer["blank"].get<std::string>();
  for (const auto& [name, list] : {std::pair{"questions", &out.questions}, std::pair{"labels", &out.labels}, std::pair{"sentences", &out.sentences}}) {
    if (!answer.contains(name) || !answer[name].is_array()) return refuse(name);
    for (const Json& item : answer[name]) {
      if (!item.is_string()) return refuse(name);
      list->push_back(item.get<std::string>());
    }
  }
  return out;
}

}  // namespace trilens::state
