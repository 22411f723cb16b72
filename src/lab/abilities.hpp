// What a model can be asked for, looked up in the model itself: its sessions, its head, its mask token, its sentinels, the task
// prefixes that its configuration names. Reasons are codes (protocol/answer.hpp).
//
// Not here: asking it (scoring.hpp, answer.cpp, probe.cpp). Pure functions of a loaded model.
#pragma once

#include <string>
#include <string_view>

#include "lab/loaded_model.hpp"

namespace trilens::lab {

// T5's own wordings; whether a model knows them is names().
inline constexpr std::string_view kIntoFrench = "translate English to French: ", kSentiment = "sentiment: ", kSummarize = "summarize: ",
                                  kQuestion = "question: ", kContext = " context: ";

// Empty: it fills blanks at a mask token. Else why not: "no_mask", "no_head".
[[nodiscard]] std::string no_mask(const LoadedModel& model);
[[nodiscard]] bool writes(const LoadedModel& model);        // it has a decoder
[[nodiscard]] bool reads_source(const LoadedModel& model);  // an encoder and a decoder
[[nodiscard]] bool writes_spans(const LoadedModel& model);  // and signs for blanks
// Its configuration names a task that begins so.
[[nodiscard]] bool names_task(const LoadedModel& model, std::string_view prefix);
// All that it names, for people: "translate English to French, summarize".
[[nodiscard]] std::string named_tasks(const LoadedModel& model);

}  // namespace trilens::lab
