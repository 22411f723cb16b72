// How Space looks at the list, and the lists that it offers. The list itself is in the Document, so that it can be undone.
// Not here: what it means (view/space.hpp). Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "protocol/space.hpp"

namespace trilens::state {

struct State;

struct SpaceList {
  std::string id;
  std::string title_key;                // of i18n
  std::vector<std::string> items;
  std::vector<std::string> questions;   // whose answer one of the items holds; may be empty
};

struct SpaceChoice {
  protocol::Pooling pooling = protocol::Pooling::usual;
  std::optional<std::int64_t> layer;    // absent: each model's last
  protocol::Projection projection = protocol::Projection::pca;
  double perplexity = 5;
  std::uint64_t seed = 1;
  std::string question;                 // empty: none
  std::optional<std::size_t> hover;     // the item that is pointed at, in all columns
  std::optional<std::size_t> pin;       // and the one that was pressed

  [[nodiscard]] std::optional<std::size_t> pointed() const { return hover ? hover : pin; }

  // All but what is pointed at.
  void take(const SpaceChoice& other) {
    const auto over = hover, pinned = pin;
    *this = other;
    hover = over;
    pin = pinned;
  }
};

// The column whose model finds the passage: the first that holds an encoder; and the one that answers: the first encoder-decoder.
[[nodiscard]] std::optional<Seat> seat_that_retrieves(const State& state);
[[nodiscard]] std::optional<Seat> seat_that_answers(const State& state);

// The passage that was found for the question on screen, once it is.
struct Retrieved {
  Seat seat = Seat::left;
  std::size_t item = 0;
  float score = 0;
};
[[nodiscard]] std::optional<Retrieved> retrieved(const State& state);

// What the encoder-decoder is given: T5's form of a question with its text (Raffel et al. 2020, SQuAD).
[[nodiscard]] std::string answer_prompt(std::string_view question, std::string_view passage);

// assets/examples.json's {"lists": [{"id", "title", "items", "questions"?}]}; left out: none. Errors: invalid_argument.
[[nodiscard]] Result<std::vector<SpaceList>> parse_lists(std::string_view json);

}  // namespace trilens::state
