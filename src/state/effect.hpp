// What the Store wants done outside: the app carries it out; tests read it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace trilens::state {

struct SendRequest { std::int64_t id = 0; std::string json; };                          // to the engine, in this order
struct WakeAfter { double millis = 0; };                                                // call Store::tick then; a newer one does not replace it
struct ResolveTicket { std::int64_t ticket = 0; std::string json; };                    // window.trilens.command's promise
struct RejectTicket { std::int64_t ticket = 0; std::string code; std::string message; };
struct ExportPage { int kind = 0; std::string json; };                                     // ExportKind; json: the page (share.hpp)
struct CopyToClipboard { std::string text; };
struct RememberSettings { std::string json; };                                          // theme, language, server; give it back in Setup
struct OpenFileChooser { bool folder = false; };                                          // what is chosen comes back as ChooseModel{"disk:<n>"}
struct LanguageChanged { std::string language; };                                       // load its strings, set <html lang>

using Effect = std::variant<SendRequest, WakeAfter, ResolveTicket, RejectTicket, CopyToClipboard, ExportPage, RememberSettings, LanguageChanged, OpenFileChooser>;

}  // namespace trilens::state
