// What can be done, as values. Panels append to a list of these; Store::apply is the one place that acts on them.
//
// Not here: what the engine is asked (protocol/requests.hpp). Each command is one click, key or drag of the user, and has
// its twin in `window.trilens.command` (docs/automation.md).
//
//   commands.push_back(state::Hover{state::Mark{.begin = 4, .end = 7}});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/seat.hpp"
#include "state/state.hpp"

namespace trilens::state {

struct SetText { std::string text; };                    // every keystroke; repaired to valid UTF-8; read after the debounce
struct CommitText {};                                    // Enter or leaving the field: read now
struct InsertBlank { std::size_t begin = 0, end = 0; };  // replaces the bytes by "___", with spaces where words would touch
struct UseExample { std::string id; };
struct Undo {};
struct Redo {};

struct Hover { std::optional<Mark> mark; };              // nothing: the pointer has left
struct HoverCell { std::optional<Cell> cell; };
struct Pin { Mark mark; };                               // the same again: unpin
struct PinCell { Cell cell; };
struct ClearSelection {};                                // Escape
struct SelectToken { Seat seat = Seat::left; std::int64_t piece = 0; };  // encoder without a blank: hide this piece and guess it

struct AddItems { std::string text; bool by_word = false; };  // to the list of Space: the text, line by line or word by word
struct RemoveItem { std::size_t index = 0; };
struct SetItems { std::vector<std::string> items; };     // the whole list
struct ChooseSpace { SpaceChoice choice; };
struct PinItem { std::size_t item = 0; };                // stays pointed at; the same again: no more
struct HoverItem { std::optional<std::size_t> item; };   // nothing: the pointer has left

// Switches of attention, undone like the text.
struct SetSwitches { Seat seat = Seat::left; protocol::Switches switches; };
struct SetHead { Seat seat = Seat::left; AttentionKind kind = AttentionKind::self; std::size_t layer = 0, head = 0; float factor = 1; };
struct ResetSwitches {};                                 // of all seats

struct ChooseLeak { LeakChoice choice; };
struct ChooseTokens { TokensChoice choice; };            // of the tab of tokens: the word to tell about
// Of the bulk run of phenomena: turns one on or off, or all; how many items each.
struct ChooseProbes { std::size_t phenomenon = kPhenomena.size(); std::optional<bool> all = {}; std::optional<std::int64_t> items = {}; };
struct RunProbes {};
struct StopProbes {};                                    // what is done stays
struct ChooseHeads { HeadsChoice choice; };
struct ShowHeads { Seat seat = Seat::left; AttentionKind kind = AttentionKind::self; };  // lay out this kind's heads
struct ChooseCost { CostChoice choice; };
struct MeasureCost {};                                   // all seats, one after the other
struct StopCost {};                                      // what was measured stays
struct ShadeMachine { MachineShade shade = MachineShade::none; };
struct MoveLens { Seat seat; std::int64_t first; };        // the position that stands leftmost
struct ChooseNumbers { Seat seat = Seat::left; NumbersChoice choice; };  // its text: the one on screen
struct ChooseAnswer { AnswerNeeds chosen; };             // what is empty: as offered
struct StopAnswers {};                                   // what is there stays
struct RunAnswers {};                                    // all of them, once more
struct SelectMap { Seat seat = Seat::left; AttentionKind kind = AttentionKind::self; MapChoice choice; };

struct Step {};
struct StepBack {};
struct ToStart {};
struct ToEnd {};
struct Play {};
struct Stop {};                                          // also ends what the engine computes for the clock
struct GoToStep { std::int64_t cursor = 0; };            // known steps only; else as far as is known

struct SetPrefix { Seat seat = Seat::left; std::string text; };  // every keystroke; empty: none
struct ContinueFrom { Seat seat = Seat::left; std::int64_t step = 1; std::int32_t id = 0; };  // step from 1: what was written before it, then this token
struct SetOption { std::string name; std::variant<double, std::string> value; };  // names as in GenerateOptions' JSON
struct ResetOptions {};
struct FillOneByOne { bool on = false; };                // an encoder's blanks: one at a time, or all in one pass

// `model`: an id of the catalog or the name of a kept model; empty: the bundled one of the seat's home.
struct LoadModel { Seat seat = Seat::left; std::optional<Family> family = {}; std::string model = {}; ProviderChoice provider = ProviderChoice::automatic; };
struct UseProvider { Seat seat = Seat::left; ProviderChoice provider = ProviderChoice::automatic; };  // the same model, run by this one
struct CancelLoad { Seat seat = Seat::left; };
struct Retry { Seat seat = Seat::left; };       // whatever failed in this column

// The shelf of models (state/shelf.hpp).
struct OpenShelf { Seat seat = Seat::left; };
struct CloseShelf {};
// What is here is loaded; anything else becomes a plan and a question. No seat: the open shelf's, else its family's home.
struct ChooseModel { std::optional<Seat> seat = {}; std::string name; std::string title = {}; };
struct ChooseVariant { std::string variant; };           // of the model that is asked about; planned anew
struct ConfirmFetch {};                                  // "Fetch": the one way in which weights begin to travel
struct DeclinePlan {};                                   // "Not now"
struct StopFetch {};                                     // what has come stays
struct GetAgain {};                                      // whatever of planning or fetching was stopped or failed
struct SetModelName { std::string text; };               // every keystroke
struct SetServer { std::string base; };                  // empty: the public hub
struct FilterCatalog { CatalogFilter filter; };
struct AskRemove { std::string key; };                   // asks in place; empty: no more
struct RemoveKept { std::string key; };
struct FilesRefused { Error error; };                     // what was dropped or chosen is no model
struct ChooseFiles { bool folder = false; };             // opens the browser's own chooser
// A model could not be loaded: forget that, the one before stays.
struct KeepModel { Seat seat = Seat::left; };

struct SelectTab { Tab tab = Tab::overview; };
struct SetTheme { Theme theme = Theme::system; };
struct CycleTheme {};                                    // other than the system's → like it → follow the system
struct SetLanguage { std::string language; };            // "en", "nb"
struct SetLayout { LayoutClass layout = LayoutClass::wide; };
struct ShowSeat { Seat seat = Seat::left; };  // phone, tablet
struct ToggleProjector {};
struct SetPace { Pace pace = Pace::normal; };
struct ToggleOptions {};
struct ToggleKeys {};                                    // the list of keys
struct DismissNotice {};
struct SetEnvironment { Environment environment; };

enum class ExportKind : std::uint8_t { link, picture, csv, json, page };
struct Export { ExportKind kind = ExportKind::link; };   // to the clipboard, or as a file
struct OpenShared { std::string json; };                 // a page as share.hpp writes it; refused with a notice

struct CopyText { std::string text; };                   // to the clipboard

using Command =
    std::variant<SetText, CommitText, InsertBlank, UseExample, Undo, Redo, Hover, HoverCell, Pin, PinCell, ClearSelection, SelectToken,
                 SelectMap, ChooseLeak, MoveLens, AddItems, RemoveItem, SetItems, ChooseSpace, HoverItem, PinItem,
                 ChooseHeads, ShowHeads, ChooseAnswer, StopAnswers, RunAnswers, Step, StepBack, ToStart, ToEnd, Play, Stop, GoToStep, SetOption, ResetOptions, FillOneByOne, LoadModel, UseProvider, CancelLoad, Retry,
                 SelectTab, SetTheme, CycleTheme, SetLanguage, SetLayout, ShowSeat, ToggleProjector, SetPace, ToggleOptions, ToggleKeys,
                 DismissNotice, SetEnvironment, Export, OpenShared, CopyText, OpenShelf, CloseShelf, ChooseModel, ChooseVariant, ConfirmFetch, DeclinePlan, StopFetch,
                 GetAgain, SetModelName, SetServer, FilterCatalog, AskRemove, RemoveKept, FilesRefused, ChooseFiles, KeepModel,
                 SetSwitches, SetHead, ResetSwitches, ChooseNumbers,
                 ChooseCost, MeasureCost, StopCost, ShadeMachine,
                 ChooseTokens, ChooseProbes, RunProbes, StopProbes,
                 SetPrefix, ContinueFrom>;

using Commands = std::vector<Command>;

}  // namespace trilens::state
