// The bars, menus and the status line, every field under its own name (snapshot.hpp).
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, ButtonView& v) {
  io("id", v.id);
  io("label", v.label);
  io("keys", v.keys);
  io("enabled", v.enabled);
  io("active", v.active);
}

void describe(Writer& io, TabView& v) {
  io("id", v.id);
  io("label", v.label);
  io("selected", v.selected);
}

void describe(Writer& io, FamilyTabView& v) {
  io("family", v.family);
  io("shown", v.shown);
}

void describe(Writer& io, HeaderView& v) {
  io("title", v.title);
  io("subtitle", v.subtitle);
  io("text", v.text);
  io("input_label", v.input_label);
  io("placeholder", v.placeholder);
  io("input_note", v.input_note);
  io("to_start", v.to_start);
  io("step_back", v.step_back);
  io("play", v.play);
  io("step", v.step);
  io("to_end", v.to_end);
  io("stop", v.stop);
  io("undo", v.undo);
  io("redo", v.redo);
  io("blank", v.blank);
  io("options", v.options);
  io("projector", v.projector);
  io("theme_button", v.theme_button);
  io("keys", v.keys);
  io("copy", v.copy);
  io("share_label", v.share_label);
  io("shares", v.shares);
  io("copy_text", v.copy_text);
  io("clock", v.clock);
  io("cursor", v.cursor);
  io("steps", v.steps);
  io("examples_label", v.examples_label);
  io("tabs", v.tabs);
  io("families", v.families);
  io("languages", v.languages);
  io("theme", v.theme);
  io("dark", v.dark);
  io("reduced_motion", v.reduced_motion);
}

void describe(Writer& io, KeyView& v) {
  io("keys", v.keys);
  io("what", v.what);
}

void describe(Writer& io, KeysView& v) {
  io("open", v.open);
  io("title", v.title);
  io("rows", v.rows);
}

void describe(Writer& io, ExampleView& v) {
  io("id", v.id);
  io("title", v.title);
  io("text", v.text);
  io("look", v.look);
  io("selected", v.selected);
  std::string family = v.family ? std::string(family_name(*v.family)) : std::string();
  io("family", family);
}

void describe(Writer& io, ExampleGroupView& v) {
  io("family", v.family);
  io("title", v.title);
  io("note", v.note);
  io("count", v.count);
  io("selected", v.selected);
}

void describe(Writer& io, ExamplesView& v) {
  io("title", v.title);
  io("rows", v.rows);
  io("groups", v.groups);
  io("look", v.look);
}

void describe(Writer& io, OptionView& v) {
  io("name", v.name);
  io("label", v.label);
  io("help", v.help);
  io("value_text", v.value_text);
  io("value", v.value);
  io("least", v.least);
  io("most", v.most);
  io("step", v.step);
  io("choices", v.choices);
  io("used", v.used);
  io("changed", v.changed);
}

void describe(Writer& io, OptionsView& v) {
  io("open", v.open);
  io("title", v.title);
  io("note", v.note);
  io("reset_label", v.reset_label);
  io("can_reset", v.can_reset);
  io("rows", v.rows);
  io("pace_label", v.pace_label);
  io("paces", v.paces);
}

void describe(Writer& io, StatusView& v) {
  io("sentence", v.sentence);
  io("privacy", v.privacy);
  io("device", v.device);
  io("notice", v.notice);
  io("dismiss_label", v.dismiss_label);
  io("trouble", v.trouble);
  io("busy", v.busy);
}

}  // namespace trilens::view
