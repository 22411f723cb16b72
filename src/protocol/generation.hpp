// What can be looked at in a generation that is under way, without running the model again: what sampling would draw from at a step,
// and the tree of a beam search. Not here: what they look like (view/distribution.hpp, view/beams.hpp). Values; no threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trilens::protocol {

struct ReshapedToken {
  std::int32_t id = 0;
  std::string token;           // vocabulary spelling
  std::string display;
  double before = 0;           // as the model said: full vocabulary, temperature 1, no penalties
  double after = 0;            // what it would be drawn with; 0 where it is cut
  double cumulative = 0;       // of what top-p looks at: of this token and all before it
  std::string cut;             // "", "forbidden", "top_k", "top_p"
};

// One step's distribution under other options, of the logits that were kept when it was taken.
struct Reshaped {
  std::int64_t step = 0;       // from 1
  std::int32_t chosen = 0;     // what the step took
  bool forced = false;         // nobody chose: it is of the prefix
  std::int64_t vocabulary = 0;
  std::int64_t left = 0;       // tokens that could be drawn
  std::int64_t forbidden = 0, cut_by_top_k = 0, cut_by_top_p = 0;
  double kept = 0;             // of the model's own probability, in those that are left
  double entropy_bits = 0;     // before
  double entropy_after_bits = 0;
  std::vector<ReshapedToken> tokens;  // the most probable, best first, and the chosen one
};

struct BeamNode {
  std::int64_t parent = -1;    // index into nodes; -1: goes on from the prompt (and the forced prefix)
  std::int32_t id = 0;
  std::string token;
  std::string display;
  std::int64_t depth = 0;      // 0: the first new token
  double log_probability = 0;  // natural, of this token: full vocabulary, temperature 1, before penalties
  double score = 0;            // natural, summed along the beam, after penalties
  double final_score = 0;      // fate "finished": score / length ^ length_penalty
  std::int64_t rank = 0;       // among the candidates of its depth, 0 is best
  std::string fate;            // "growing", "finished", "pruned"
  bool ends = false;           // it is an end token
};

struct BeamTree {
  std::vector<BeamNode> nodes;
  std::vector<std::int64_t> live;  // that grow on, best first
  std::vector<std::int64_t> best;  // finished, best first; of a search that is done, best[0] is the result
  std::int64_t forced = 0;         // tokens of the prefix that stand before depth 0
  std::int64_t num_beams = 0;
  double length_penalty = 1;
  bool done = false;
};

template <class IO>
void describe(IO& io, ReshapedToken& t) {
  io("id", t.id);
  io("token", t.token);
  io("display", t.display);
  io("before", t.before);
  io("after", t.after);
  io("cumulative", t.cumulative);
  io("cut", t.cut);
}

template <class IO>
void describe(IO& io, Reshaped& r) {
  io("step", r.step);
  io("chosen", r.chosen);
  io("forced", r.forced);
  io("vocabulary", r.vocabulary);
  io("left", r.left);
  io("forbidden", r.forbidden);
  io("cut_by_top_k", r.cut_by_top_k);
  io("cut_by_top_p", r.cut_by_top_p);
  io("kept", r.kept);
  io("entropy_bits", r.entropy_bits);
  io("entropy_after_bits", r.entropy_after_bits);
  io("tokens", r.tokens);
}

template <class IO>
void describe(IO& io, BeamNode& n) {
  io("parent", n.parent);
  io("id", n.id);
  io("token", n.token);
  io("display", n.display);
  io("depth", n.depth);
  io("log_probability", n.log_probability);
  io("score", n.score);
  io("final_score", n.final_score);
  io("rank", n.rank);
  io("fate", n.fate);
  io("ends", n.ends);
}

template <class IO>
void describe(IO& io, BeamTree& t) {
  io("nodes", t.nodes);
  io("live", t.live);
  io("best", t.best);
  io("forced", t.forced);
  io("num_beams", t.num_beams);
  io("length_penalty", t.length_penalty);
  io("done", t.done);
}

}  // namespace trilens::protocol
