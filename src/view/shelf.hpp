// The shelf: every model that can sit in a seat, and how to get those that are not here.
//
// Bundled, kept in the browser, a name or a folder of one's own, the catalog of public ones; the one that is asked about as a card.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "view/common.hpp"
#include "view/plan_card.hpp"

namespace trilens::view {

struct ShelfRowView {
  std::string name;            // ChooseModel's
  std::string key;             // RemoveKept's; empty: it is not kept
  std::string title;
  std::optional<Family> family;
  std::string facts;           // "110.0 M parameters · 110–440 MB · apache-2.0 · English"
  std::string note;            // one sentence; may be empty
  std::string badge;           // "in this column", "not tried here", "incomplete"; may be empty
  std::string action;          // "Use it", "Look at it…", "Go on fetching…"; empty: there is nothing to press
  std::string remove_label;    // empty: it cannot be removed
  bool current = false;        // sits in this seat now
  bool asks = false;           // whether it is to be removed; then:
  std::string question, yes_label, no_label;
};

struct FilterView {
  std::string id;              // "family", "task", "language", "most_bytes"
  std::string label;
  std::vector<ChoiceView> choices;  // the first is "any", id ""
};

struct ShelfView {
  bool open = false;
  Seat seat = Seat::left;
  std::string title;           // "A model for the left column"
  std::string note;
  std::string close_label;

  std::string bundled_title;
  std::vector<ShelfRowView> bundled;
  std::string kept_title;
  std::string kept_sum;        // "1.2 GB in 3 models · 2 GB of 60 GB that this site may use"
  std::string kept_note;       // whether they survive closing the page, and why not
  std::string kept_trouble;    // the list could not be had
  std::vector<ShelfRowView> kept;

  std::string own_title;
  FieldView name, server;
  std::string look_label;
  bool can_look = false;
  std::string server_note;
  std::string drop_words;      // while something is dragged over the page; also while the shelf is closed
  std::string disk_label, disk_note, folder_label, files_label;

  std::string catalog_title;
  std::string catalog_note;    // "23 of 23. Sizes are approximate…"
  std::vector<FilterView> filters;
  std::vector<ShelfRowView> catalog;
  state::CatalogFilter filter;  // in force
  std::string catalog_none;    // nothing passes; else empty

  std::optional<PlanCardView> card;
};

[[nodiscard]] ShelfView build_shelf(const state::State& state, const Words& words);

// What a choice of a filter makes of the filter that is in force.
[[nodiscard]] state::CatalogFilter chosen_filter(const state::CatalogFilter& now, std::string_view filter, std::string_view choice);

}  // namespace trilens::view
