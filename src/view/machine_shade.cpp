#include "view/machine_shade.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trilens::view {
namespace {

using protocol::NormsStack;
using state::MachineShade;

struct Shader {
  const Words& words;
  MachineShade shade = MachineShade::norms;
  double low = std::numeric_limits<double>::max(), high = 0;  // norms

  [[nodiscard]] std::string number(double value) const { return fixed_text(value, shade == MachineShade::similarity ? 3 : value < 9.995 ? 2 : 1, words.number); }
  void see(const std::vector<std::vector<float>>& rows) {
    for (const std::vector<float>& row : rows) {
      for (const float value : row) {
        low = std::min(low, double{value});
        high = std::max(high, double{value});
      }
    }
  }
  // Norms span orders of magnitude: their logarithm. Of cosines, strong is what turned most.
  [[nodiscard]] float part(double value) const {
    if (!(high > low)) return 0;
    if (shade == MachineShade::similarity) return static_cast<float>((high - value) / (high - low));
    if (!(low > 0)) return static_cast<float>(value / high);
    return static_cast<float>(std::log(value / low) / std::log(high / low));
  }
  [[nodiscard]] MachineShadeView cell(const std::string& piece, std::size_t block, double value) const {
    const std::string key = "machine.shade." + std::string(machine_shade_name(shade)) + (block == 0 ? ".embedding" : ".cell");
    return {part(value), value, words.strings.fill(key, {{"piece", piece}, {"block", count_text(static_cast<std::int64_t>(block))}, {"value", number(value)}})};
  }
};

// Where a decoder starts from more than the piece that is drawn, its other starts are left out.
std::size_t position_of(std::size_t column, std::size_t columns, std::size_t positions) {
  return column == 0 ? 0 : column + (positions - columns);
}

void shade_stack(MachineStack& s, const NormsStack& values, const Shader& shader) {
  const bool norms = shader.shade == MachineShade::norms;
  const auto& rows = norms ? values.norms : values.cosine;
  const std::size_t first = norms ? 1 : 0;   // the row of the first block
  if (rows.size() < first + static_cast<std::size_t>(s.layers) || rows.front().size() < s.columns.size()) return;
  for (std::size_t c = 0; c < s.columns.size(); ++c) {
    MachineColumn& column = s.columns[c];
    const std::size_t at = position_of(c, s.columns.size(), rows.front().size());
    for (std::size_t block = 1; std::cmp_less_equal(block, s.layers); ++block) {
      column.shades.push_back(shader.cell(column.label, block, double{rows[first + block - 1][at]}));
    }
    if (norms) column.embedding_shade = shader.cell(column.label, 0, double{rows[0][at]});
  }
}

}  // namespace

void shade_machine(MachineView& v, const state::State& state, Seat seat, const Words& words) {
  if (state.machine_shade == MachineShade::none || state.tab != state::Tab::machine) return;
  const state::ExperimentState& e = state.column(seat).experiment(state::Experiment::norms);
  if (e.trouble) v.shade_trouble = trouble_view(*e.trouble, words);
  const auto* table = e.as<protocol::NormsTable>();
  if (table == nullptr || e.stale || e.trouble || table->stacks.size() != v.stacks.size()) return;
  Shader shader{.words = words, .shade = state.machine_shade};
  for (const NormsStack& stack : table->stacks) shader.see(shader.shade == MachineShade::norms ? stack.norms : stack.cosine);
  for (std::size_t i = 0; i < v.stacks.size(); ++i) shade_stack(v.stacks[i], table->stacks[i], shader);
  v.shaded = std::ranges::all_of(v.stacks, [](const MachineStack& s) { return s.columns.empty() || !s.columns.front().shades.empty(); });
  const bool turned = shader.shade == MachineShade::similarity;
  v.legend_low = shader.number(turned ? shader.high : shader.low);
  v.legend_high = shader.number(turned ? shader.low : shader.high);
  v.legend = words.strings.get("machine.legend." + std::string(machine_shade_name(shader.shade)));
  v.now_label = words.strings.get("machine.legend.now");
}

MachineIntroView build_machine_intro(const state::State& state, const Words& words) {
  MachineIntroView v;
  v.shown = state.tab == state::Tab::machine;
  v.label = words.strings.get("machine.shade");
  for (const MachineShade shade : state::kMachineShades) {
    const std::string id(machine_shade_name(shade));
    v.choices.push_back({id, words.strings.get("machine.shade." + id), shade == state.machine_shade});
  }
  if (state.machine_shade != MachineShade::none) v.note = words.strings.get("machine.shade." + std::string(machine_shade_name(state.machine_shade)) + ".note");
  return v;
}

}  // namespace trilens::view
