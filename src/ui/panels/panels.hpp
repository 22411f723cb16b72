// The panels: each draws one view into a place and appends what the user did to it. None changes anything else.
//
// Every draw() starts at `place.y` and returns where it ended, so that the shell can make rows line up across columns.
#pragma once

#include <array>

#include "state/command.hpp"
#include "ui/frame.hpp"
#include "view/page.hpp"

namespace trilens::ui {

using state::Commands;

struct Place {
  float x = 0, y = 0, width = 0;
};

// What panels remember from frame to frame and nobody else needs.
struct PanelState {
  // Text fields of the browser's own that lie over the drawing, beside the sentence's.
  enum Field : std::uint8_t { name, server };
  struct FieldPlace {
    bool shown = false;
    Rect rect, clip;      // where, and what of it may be seen
    bool enter = false;   // go on typing there
  };

  Id open_menu = 0;
  bool roomy = false;   // the panel is alone on its tab: larger maps, ids, every step
  bool phone = false;   // fingers: taller rows
  std::optional<Family> open_examples = {};    // whose examples are laid out under the row
  std::optional<Family> closed_examples = {};  // put away by Escape since the last frame

  std::array<FieldPlace, 2> fields = {};       // by Field; what this frame shows
  std::optional<Seat> closed_shelf = {};       // put away since the last frame: back to the button that opened it
  bool shelf_seen = false;                     // it was there in the frame before
  Id card_seen = 0;                            // the card as it was brought into sight
  float card_height = 0;                       // in the frame before
  struct LensCell {
    std::size_t state = 0, column = 0;
  };
  std::array<LensCell, 3> lens_cell = {};      // by seat: where the arrow keys stand in the table of the lens
  bool again = false;                          // something was drawn with a measure that no longer holds
};

// The row of examples that all three share, then a button for each family that lays out its own under the row.
float draw(const view::ExamplesView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
// Every model that can sit in a seat; as wide as the columns together.
float draw(const view::ShelfView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::ColumnHeadView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::MachineView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::TokensView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const std::vector<view::AttentionView>& maps, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::PredictionView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::HeadsIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::HeadsView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::LinksView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::MasksIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::MasksView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::LensView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
// The account of a number; `which` tells the two of a column apart.
float draw(const view::NumbersView& view, std::uint64_t which, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::LeakIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::LeakView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::SpaceIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::SpaceView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
// Above the matrix; then for each task its row's title, and one cell a column.
float draw(const view::AnswerIntroView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::AnswerRowView& view, Frame& frame, Place place);
float draw(const view::AnswerCellView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::GenerationView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);
float draw(const view::CostView& view, Frame& frame, Place place, PanelState& panel, Commands& commands);

// The family's maps in small, without words: the shape says what it can see. A press opens the tab of attention. False: no maps yet.
bool draw_thumbnail(const std::vector<view::AttentionView>& maps, Frame& frame, Rect box, Commands& commands);

// What a panel shows instead of its content, or above it: trouble with offers, or why it is empty. Returns the height used.
float draw_head_state(const view::PanelHead& head, Seat seat, Frame& frame, Place place, Commands& commands);
// How strongly to draw content: stale is dimmed, never blank.
[[nodiscard]] float strength(const view::PanelHead& head, Frame& frame, Id id);
void apply_offer(view::Offer offer, Seat seat, Commands& commands);

}  // namespace trilens::ui
