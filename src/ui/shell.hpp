// The whole page: bars, columns, menus. Decides what is drawn where; panels draw themselves.
//
//   Shell shell;
//   ShellResult result = shell.draw(view, frame, {.scroll = y}, commands);
#pragma once

#include "ui/layout.hpp"
#include "ui/panels/panels.hpp"

namespace trilens::ui {

struct ShellInput {
  float scroll = 0;              // of the page, in the frame's pixels
  float field_lines = 28;        // height that the text wants
  std::size_t selection_begin = 0, selection_end = 0;  // of the text field, bytes
};

struct ShellResult {
  Rect field;                    // where the text field belongs
  float extent = 0;              // height of the whole page, bars included
  float header = 0, footer = 0;  // what hides the body at the top and the bottom
  bool focus_field = false;      // the blank key was pressed: go on typing
  std::array<PanelState::FieldPlace, 5> fields = {};  // by PanelState::Field
  bool again = false;            // draw once more
};

enum class Shortcut : std::uint8_t { step, step_back, to_start, to_end, play, undo, redo, keys, escape };

class Shell {
 public:
  ShellResult draw(const view::PageView& view, Frame& frame, const ShellInput& input, Commands& commands);
  // A key that no focused place took. False: not ours.
  bool shortcut(Shortcut shortcut, const view::PageView& view, Commands& commands);

 private:
  void draw_header(const view::PageView& view, Frame& frame, const Bars& bars, const ShellInput& input, Commands& commands);
  void draw_footer(const view::PageView& view, Frame& frame, const Bars& bars, Commands& commands);
  float draw_body(const view::PageView& view, Frame& frame, Place place, Commands& commands);
  float draw_intro(const view::PageView& view, Frame& frame, Place place, Commands& commands);
  float draw_status(const view::PageView& view, Frame& frame, Place place, Commands& commands);
  void swipe(const view::PageView& view, Frame& frame, Commands& commands);
  void settle_hover(Commands& commands);

  PanelState panel_;
  bool focus_field_ = false;
  std::optional<state::Mark> hovered_;
  std::optional<state::Cell> hovered_cell_;
  std::optional<std::size_t> hovered_item_;
};

}  // namespace trilens::ui
