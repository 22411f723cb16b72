#include "lab/generation_looks.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "generate/reshape.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

Result<void> is_the_one(const Generation* generation, std::int64_t serial) {
  if (generation == nullptr) return fail(ErrorCode::invalid_argument, "There is no generation to look at: begin one first.");
  if (serial == 0 || serial == generation->serial) return {};
  return fail(ErrorCode::invalid_argument, "Another generation has begun since.");
}

std::string_view cut_name(generate::Cut cut) {
  switch (cut) {
    case generate::Cut::none: return "";
    case generate::Cut::forbidden: return "forbidden";
    case generate::Cut::top_k: return "top_k";
    case generate::Cut::top_p: return "top_p";
  }
  return "";
}

std::string_view fate_name(generate::BeamTree::Fate fate) {
  switch (fate) {
    case generate::BeamTree::Fate::growing: return "growing";
    case generate::BeamTree::Fate::finished: return "finished";
    case generate::BeamTree::Fate::pruned: return "pruned";
  }
  return "";
}

bool is_end(const LoadedModel& model, std::int32_t id) { return std::ranges::find(model.config.eos_ids, id) != model.config.eos_ids.end(); }

}  // namespace

Task<Result<protocol::Reshaped>> reshape(Context& context, Generation* generation, protocol::Reshape request) {
  if (auto one = is_the_one(generation, request.serial); !one) co_return std::unexpected(one.error());
  const LoadedModel& model = context.model;
  const std::size_t step = static_cast<std::size_t>(request.step) - 1, forced = generation->forced;
  if (std::cmp_greater(request.step, generation->made(model))) {
    co_return fail(ErrorCode::invalid_argument, "The step " + std::to_string(request.step) + " has not been taken yet; there are " + std::to_string(generation->made(model)) + ".");
  }
  if (step >= forced && generation->search.beam_tree() != nullptr) {
    co_return fail(ErrorCode::unsupported_task, "A beam search does not draw: at each step it compares the candidates of all its beams. Its tree shows them (beams).");
  }
  const auto row = co_await generation->rows.row(context.services.runtime, step);
  if (!row) co_return std::unexpected(row.error());

  Ids history = generation->prompt;  // what was there before this step
  const Ids written = generation->search.result().ids;
  if (step < forced) history.resize(history.size() - (forced - step));
  else history.insert(history.end(), written.begin(), written.begin() + static_cast<std::ptrdiff_t>(step - forced));
  const std::size_t prompt_length = std::min(generation->prompt.size(), history.size());
  generate::GenerationOptions options = search_options(model, request.options);
  const generate::ReshapeInput input{.logits = *row, .history = history, .prompt_length = prompt_length};
  const std::int32_t chosen = step < forced ? generation->prefix()[step] : written[step - forced];
  generate::Reshaped shaped = generate::reshape(input, options, static_cast<std::size_t>(request.top));
  if (std::ranges::find(shaped.entries, chosen, &generate::ReshapedEntry::id) == shaped.entries.end()) {
    const generate::Reshaped whole = generate::reshape(input, options, row->size());
    const auto at = std::ranges::find(whole.entries, chosen, &generate::ReshapedEntry::id);
    if (at != whole.entries.end()) shaped.entries.push_back(*at);
  }
  protocol::Reshaped out{.step = request.step, .chosen = chosen, .forced = step < forced, .vocabulary = static_cast<std::int64_t>(row->size()), .left = shaped.left,
                         .forbidden = shaped.forbidden, .cut_by_top_k = shaped.cut_by_top_k, .cut_by_top_p = shaped.cut_by_top_p, .kept = shaped.kept,
                         .entropy_bits = bits(shaped.entropy_before_nats), .entropy_after_bits = bits(shaped.entropy_after_nats), .tokens = {}};
  for (const generate::ReshapedEntry& e : shaped.entries) {
    out.tokens.push_back({.id = e.id, .token = spelling(model, e.id), .display = display(model, e.id), .before = e.before, .after = e.after,
                          .cumulative = e.cumulative, .cut = std::string(cut_name(e.cut))});
  }
  co_return out;
}

Result<protocol::BeamTree> beams(const Context& context, const Generation* generation, const protocol::Beams& request) {
  if (auto one = is_the_one(generation, request.serial); !one) return std::unexpected(one.error());
  const generate::BeamTree* tree = generation->search.beam_tree();
  if (tree == nullptr) return fail(ErrorCode::unsupported_task, "The generation under way is no beam search: set its strategy to beam.");
  const LoadedModel& model = context.model;
  const generate::GenerationOptions& options = generation->search.options();
  protocol::BeamTree out{.nodes = {}, .live = {tree->live.begin(), tree->live.end()}, .best = {tree->best.begin(), tree->best.end()},
                         .forced = static_cast<std::int64_t>(generation->forced), .num_beams = options.num_beams, .length_penalty = options.length_penalty,
                         .done = generation->search.done()};
  if (generation->ended(model)) return out;
  for (const generate::BeamTree::Node& n : tree->nodes) {
    out.nodes.push_back({.parent = n.parent, .id = n.id, .token = spelling(model, n.id), .display = display(model, n.id), .depth = n.depth,
                         .log_probability = n.log_probability, .score = n.score, .final_score = n.final_score, .rank = n.rank,
                         .fate = std::string(fate_name(n.fate)), .ends = is_end(model, n.id)});
  }
  return out;
}

}  // namespace trilens::lab
