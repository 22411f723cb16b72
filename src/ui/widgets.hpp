// The few things that can be clicked or read off, drawn one way everywhere.
//
// Each draws itself into a rectangle, tells assistive technology its label, and returns what was done to it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ui/frame.hpp"
#include "ui/icons.hpp"
#include "view/common.hpp"
#include "view/header.hpp"

namespace trilens::ui {

struct ButtonOptions {
  std::string_view label;             // for the tooltip and readers
  std::string_view keys;
  bool enabled = true;
  bool active = false;
  bool strong = false;                // filled: the one thing to do here
};

// True when pressed.
bool icon_button(Frame& frame, Id id, Rect rect, Icon icon, const ButtonOptions& options);
bool text_button(Frame& frame, Id id, Rect rect, std::string_view text, const ButtonOptions& options);
[[nodiscard]] ButtonOptions options_of(const view::ButtonView& button);
[[nodiscard]] float text_button_width(const Frame& frame, std::string_view text);

// A row of words of which one is chosen. Returns the index pressed.
std::optional<std::size_t> segmented(Frame& frame, Id id, Rect rect, std::span<const view::ChoiceView> choices);
[[nodiscard]] float segmented_width(const Frame& frame, std::span<const view::ChoiceView> choices);

// A word with a chevron that opens a list. `open` is the menu that is open on the page, if any. Returns the index chosen.
struct DropdownOptions {
  std::string_view label;             // before the value, muted; also for readers
  std::span<const view::ChoiceView> choices;
  std::string_view shown = {};        // instead of the chosen one's label, where that is too long
};
std::optional<std::size_t> dropdown(Frame& frame, Id id, Rect rect, Id& open, const DropdownOptions& options);
[[nodiscard]] float dropdown_width(const Frame& frame, const DropdownOptions& options);

// A value between least and most. Returns the new value while it is dragged.
struct SliderOptions {
  std::string_view label;
  double value = 0, least = 0, most = 1, step = 0.1;
  bool enabled = true;
};
std::optional<double> slider(Frame& frame, Id id, Rect rect, const SliderOptions& options);

// [0, 1]; unknown: a calm full track with a mark that says that it goes on.
void progress_bar(Frame& frame, Rect rect, std::optional<double> part, Colour colour);

// A failure in place: a coloured edge, what and why, and the offers. `pressed` is the offer chosen. Returns the height.
struct TroubleResult {
  float height = 0;
  std::optional<view::Offer> pressed;
};
TroubleResult trouble_box(Frame& frame, Id id, Rect place, const view::TroubleView& trouble);

}  // namespace trilens::ui
