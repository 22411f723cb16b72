// The one place where state changes: commands, the engine's replies, scripts and the clock come in; effects come out.
//
// Not here: platform code, drawing, words, time (now_ms is passed in; any origin, never falling). One thread. Nothing throws.
// Replies to requests that nobody waits for any more are dropped by their id. No failure loses the text or a loaded model.
//
//   Store store({.examples = *parse_examples(json)});
//   store.start(now);                           // loads the trio, reads the first example
//   store.apply(state::SetText{"Hi"}, now);
//   store.receive(*protocol::parse_reply(json), now);
//   for (const Effect& e : store.take_effects()) carry_out(e);
//   if (store.dirty()) { draw(store.state()); store.clean(); }
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "protocol/results.hpp"
#include "state/command.hpp"
#include "state/effect.hpp"
#include "state/state.hpp"

namespace trilens::state {

struct Setup {
  std::vector<Example> examples = {};
  std::vector<std::string> replacements = {};  // words for the leak test
  std::vector<SpaceList> lists = {};           // of Space; the first is there at the start
  AnswerNeeds answer_offers = {};              // parse_answer_needs()
  std::vector<CatalogModel> catalog = {};
  std::string language = "en";
  std::string settings = {};     // what RememberSettings once gave, or empty; ignored when it makes no sense
  std::string text = {};         // to begin with; empty: the first example
  std::string shared = {};       // a page to begin with (share.hpp); empty: none. What cannot be read is told, and the page begins as ever
  bool load_at_start = true;     // false: nothing is loaded until LoadModel
};

class Store {
 public:
  explicit Store(Setup setup);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  void start(double now_ms);
  void apply(const Command& command, double now_ms);
  void receive(const protocol::ReplyMessage& reply, double now_ms);
  void tick(double now_ms);

  // window.trilens.command(json): ends in exactly one ResolveTicket or RejectTicket for this ticket.
  void command(std::string_view json, std::int64_t ticket, double now_ms);

  // The worker died. restarted: another one listens now, and everything is loaded and read again.
  void engine_lost(const Error& why, bool restarted, double now_ms);

  [[nodiscard]] std::vector<Effect> take_effects();
  [[nodiscard]] const State& state() const;
  [[nodiscard]] bool dirty() const;  // a frame is needed
  void clean();

  struct Impl;  // for src/state alone

 private:
  std::unique_ptr<Impl> impl_;
};

// assets/examples.json: {"examples": [{"id", "text", "title", "look", "family"?}]}; family: "encoder",
// "decoder" or "encoder_decoder", left out for what shows something about all three. Errors: invalid_argument.
[[nodiscard]] Result<std::vector<Example>> parse_examples(std::string_view json);

// The same file's {"replacements": ["moon", …]}: words that the leak test puts in another's place. Left out: none.
[[nodiscard]] Result<std::vector<std::string>> parse_replacements(std::string_view json);

}  // namespace trilens::state
