#include "protocol/answer.hpp"

namespace trilens::protocol {

std::string_view answer_task_name(AnswerTask task) {
  switch (task) {
    case AnswerTask::fill: return "fill";
    case AnswerTask::go_on: return "continue";
    case AnswerTask::translate: return "translate";
    case AnswerTask::classify_blank: return "classify_blank";
    case AnswerTask::classify_prompt: return "classify_prompt";
    case AnswerTask::classify_text: return "classify_text";
    case AnswerTask::retrieve: return "retrieve";
    case AnswerTask::question: return "question";
  }
  return "";
}

std::optional<AnswerTask> answer_task_from_name(std::string_view name) {
  for (const AnswerTask task : kAnswerTasks) {
    if (answer_task_name(task) == name) return task;
  }
  return std::nullopt;
}

}  // namespace trilens::protocol
