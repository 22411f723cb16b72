// Experiments on the text that run by themselves while their tab is open: one request a seat, asked again when anything that it is
// made of has changed.
//
// Not here: what an experiment asks (experiments.cpp has the table), what its answer means (src/view).
// A new one: an entry of Experiment, a row in the table, a view, a panel. State, staleness, retry and cancel are common.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/seat.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::state {

enum class Experiment : std::uint8_t { masks, 
  leak, space, answer, heads, lens,
  answer_fill, answer_go_on, answer_translate, answer_classify_blank, answer_classify_prompt, answer_classify_text, answer_retrieve, answer_question,  // as AnswerTask
  explain_attention, explain_prediction,
  cost, norms,
  explain,
  distribution, beams,
};
inline constexpr std::array kExperiments{
    Experiment::masks, Experiment::leak, Experiment::space, Experiment::answer, Experiment::heads, Experiment::lens,
    Experiment::answer_fill, Experiment::answer_go_on, Experiment::answer_translate, Experiment::answer_classify_blank, Experiment::answer_classify_prompt,
    Experiment::answer_classify_text, Experiment::answer_retrieve, Experiment::answer_question,
    Experiment::explain_attention, Experiment::explain_prediction,
    Experiment::cost, Experiment::norms,
    Experiment::explain,
    Experiment::distribution, Experiment::beams,
};
[[nodiscard]] constexpr std::size_t experiment_index(Experiment e) { return static_cast<std::size_t>(e); }

// A failure and the way on.
struct Trouble {
  Error error;
  bool retry = false;     // Retry{seat} tries the same again
  bool use_wasm = false;  // UseProvider{seat, wasm} may help
};

struct ExperimentState {
  std::optional<protocol::ResultValue> value;     // the last answer; stays, dimmed, while another is on its way
  std::optional<protocol::Progress> progress;     // while waiting, where the engine tells
  std::string asked;                              // the request that `value`, `trouble` or what is awaited belongs to
  bool waiting = false;
  bool stale = false;                             // `value` is of an earlier request
  std::uint64_t version = 0;                      // grows with every new value
  std::optional<Trouble> trouble;

  template <class T>
  [[nodiscard]] const T* as() const { return value ? std::get_if<T>(&*value) : nullptr; }
};

}  // namespace trilens::state
