// Phenomena in bulk, on the page's side: which are chosen, how many items each, how far the run is, and what is known so far.
//
// A run asks one phenomenon after the other of each seat; stopping it, or leaving the tab, keeps what is done. Not here: how items are
// asked (lab/probe.cpp), words and marks (view/probe_table.hpp). Values; only the Store writes them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/probe.hpp"
#include "state/experiment.hpp"

namespace trilens::state {

// The files of assets/probes/, in the order of the table.
inline constexpr std::array<std::string_view, 24> kPhenomena{
    "left_context", "right_context", "agreement_gap", "right_agreement", "plural_after_number", "pronoun", "late_name", "copy_name",
    "cause", "cause_right", "counting", "negation", "sentiment_flip", "sentiment", "answer", "question_first", "summary",
    "french_gender", "french_article", "adjective_order", "translated_agreement", "translation_after", "retrieval_paraphrase", "retrieval_translation"};
inline constexpr std::array<std::int64_t, 3> kProbeItems{20, 50, 200};

struct ProbeCell {
  std::optional<protocol::Probed> value;
  std::int64_t asked = 0;               // `value`: of how many items at most
  bool queued = false;                  // in this run, not begun
  bool running = false;
  std::int64_t done = 0, total = 0;     // running: items
  std::optional<Trouble> trouble;
};

struct ProbesState {
  std::array<bool, kPhenomena.size()> chosen = {true, true, true, true, false, true, false, true, false, false, false, false,
                                                false, true, true, false, false, true, false, true, false, false, false, false};
  std::int64_t items = kProbeItems.front();
  std::array<std::array<ProbeCell, kPhenomena.size()>, 3> cells;  // [seat, phenomenon]
  [[nodiscard]] bool running() const;
};

}  // namespace trilens::state
