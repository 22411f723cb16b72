#include "app/page/page.hpp"

#include <array>
#include <cmath>

#include <imgui.h>
#include <nlohmann/json.hpp>

#include "app/page/browser_glyphs.hpp"
#include "app/page/host.hpp"
#include "base/utf8.hpp"
#include "view/export.hpp"

namespace trilens::app {
namespace {

using Json = nlohmann::json;

Json parse(std::string_view json) { return Json::parse(json, nullptr, false); }

std::string text_of(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : std::string();
}
std::int64_t count_of(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_number_unsigned() ? object[name].get<std::int64_t>() : 0;
}
bool flag_of(const Json& object, const char* name) { return object.is_object() && object.contains(name) && object[name].is_boolean() && object[name].get<bool>(); }

template <class... F>
struct Overload : F... {
  using F::operator()...;
};

}  // namespace

Page::~Page() {
  maps_.reset();
  if (ImGui::GetCurrentContext() != nullptr) ImGui::DestroyContext();
}

void Page::asset(std::string name, std::vector<std::uint8_t> bytes) { assets_[std::move(name)] = std::move(bytes); }

void Page::strings(const std::string& language, std::string_view json) {
  if (auto parsed = view::Strings::parse(json)) strings_.insert_or_assign(language, std::move(*parsed));
  view_.reset();
  wake();
}

bool Page::open_drawing(const std::string& canvas, std::string& problem) {
  if (const auto opened = surface_.open(canvas.c_str()); !opened) {
    problem = opened.error().message;
    return false;
  }
  if (!fonts_.load({assets_["Inter-Regular.ttf"], assets_["Inter-SemiBold.ttf"], assets_["JetBrainsMono-Regular.ttf"]}, browser_glyph_loader())) {
    problem = "The fonts of the page could not be read; reload it, or fetch Trilens again.";
    return false;
  }
  const auto source = [this](const char* name) {
    const auto& bytes = assets_[name];
    return std::string(bytes.begin(), bytes.end());
  };
  maps_ = std::make_unique<GlMapPainter>(GlMapPainter::Sources{source("attention_map.vert"), source("attention_map.frag")});
  return true;
}

std::string Page::start(std::string_view json) {
  const Json options = parse(json);
  state::Setup setup;
  setup.language = text_of(options, "language");
  setup.settings = text_of(options, "settings");
  setup.text = text_of(options, "text");
  setup.shared = text_of(options, "shared");
  const auto& examples = assets_["examples.json"];
  if (auto parsed = state::parse_examples({reinterpret_cast<const char*>(examples.data()), examples.size()})) setup.examples = std::move(*parsed);
  if (auto parsed = state::parse_replacements({reinterpret_cast<const char*>(examples.data()), examples.size()})) setup.replacements = std::move(*parsed);
  if (auto parsed = state::parse_lists({reinterpret_cast<const char*>(examples.data()), examples.size()})) setup.lists = std::move(*parsed);
  if (auto parsed = state::parse_answer_needs({reinterpret_cast<const char*>(examples.data()), examples.size()})) setup.answer_offers = std::move(*parsed);
  const auto& catalog = assets_["catalog.json"];
  if (auto parsed = state::parse_catalog({reinterpret_cast<const char*>(catalog.data()), catalog.size()})) setup.catalog = std::move(*parsed);
  store_ = std::make_unique<state::Store>(std::move(setup));

  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = io.LogFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NoMouse | ImGuiConfigFlags_NoKeyboard;  // Interaction's business
  std::string problem;
  if (!open_drawing(text_of(options, "canvas"), problem)) surface_.lost();
  store_->start(host::now());
  flush();
  return problem;
}

void Page::wake() {
  settle_ = 2;  // the first finds what lies under the pointer, the second shows it
  host::wake();
}

void Page::apply(const state::Command& command) {
  if (store_) store_->apply(command, host::now());
}

void Page::take_home(state::ExportKind kind, const std::string& shared) {
  const view::Strings* words = words_now();
  switch (kind) {
    case state::ExportKind::link: return host::share(shared);
    case state::ExportKind::picture: return host::save_picture();
    case state::ExportKind::csv: return host::save("trilens.csv", "text/csv", view::export_csv(store_->state()));
    case state::ExportKind::json: return host::save("trilens.json", "application/json", words == nullptr ? shared : view::export_json(store_->state(), *words));
    case state::ExportKind::page: return host::save("page.trilens.json", "application/json", shared);
  }
}

void Page::flush() {
  if (!store_) return;
  for (state::Effect& effect : store_->take_effects()) {
    std::visit(Overload{
                   [](const state::SendRequest& e) { host::send(e.json); },
                   [](const state::WakeAfter& e) { host::wake_after(e.millis); },
                   [](const state::ResolveTicket& e) { host::resolve(e.ticket, e.json); },
                   [](const state::RejectTicket& e) { host::reject(e.ticket, e.code, e.message); },
                   [](const state::CopyToClipboard& e) { host::copy(e.text); },
                   [this](const state::ExportPage& e) { take_home(static_cast<state::ExportKind>(e.kind), e.json); },
                   [](const state::RememberSettings& e) { host::remember(e.json); },
                   [](const state::OpenFileChooser& e) { host::choose_files(e.folder); },
                   [](const state::LanguageChanged& e) { host::language(e.language); },
               },
               effect);
  }
  if (!store_->dirty()) return;
  host::changed();
  wake();
}

void Page::resize(float width, float height, float ratio) {
  width_ = width;
  height_ = height;
  ratio_ = ratio;
  if (store_) apply(state::SetLayout{ui::layout_for(width / zoom())});
  wake();
}

void Page::environment(std::string_view json) {
  const Json given = parse(json);
  apply(state::SetEnvironment{{flag_of(given, "dark"), flag_of(given, "reduced_motion"), flag_of(given, "webgpu"), text_of(given, "adapter"),
                             count_of(given, "threads"), count_of(given, "cores")}});
  flush();
}

void Page::tick(double now) {
  if (!store_) return;
  store_->tick(now);
  flush();
}

void Page::receive(std::string_view json) {
  if (!store_) return;
  if (const auto reply = protocol::parse_reply(json)) store_->receive(*reply, host::now());
  flush();
}

void Page::engine_lost(std::string_view json) {
  if (!store_) return;
  const Json why = parse(json);
  store_->engine_lost({code_from_name(text_of(why, "code")), text_of(why, "message"), text_of(why, "detail")}, flag_of(why, "restarted"), host::now());
  flush();
}

void Page::command(std::string_view json, std::int64_t ticket) {
  if (!store_) return;
  store_->command(json, ticket, host::now());
  flush();
}

void Page::scroll(float y) {
  const float now = y / zoom();
  interaction_.scrolled(now - shell_input_.scroll, shown_.header);
  shell_input_.scroll = now;
  wake();
}

void Page::pointer(ui::PointerEvent event) {
  event.at.x /= zoom();
  event.at.y /= zoom();
  interaction_.push(event);
  wake();
}

void Page::focus(bool focused) {
  interaction_.focus_changed(focused);
  wake();
}

bool Page::key(std::string_view key, int modifiers) {
  using ui::Key;
  using ui::Shortcut;
  if (!store_ || !view_) return false;
  const bool shift = (modifiers & 1) != 0, control = (modifiers & (2 | 8)) != 0, alt = (modifiers & 4) != 0;
  bool taken = false;
  state::Commands commands;
  const auto shortcut = [&](Shortcut which) { return shell_.shortcut(which, *view_, commands); };
  if (control && !alt) {
    if (key == "z" || key == "Z") taken = shortcut(shift ? Shortcut::redo : Shortcut::undo);
    if (key == "y") taken = shortcut(Shortcut::redo);
  } else if (!alt) {
    static const std::map<std::string_view, std::pair<Key, std::optional<Shortcut>>> kKeys{
        {"ArrowLeft", {Key::left, Shortcut::step_back}}, {"ArrowRight", {Key::right, Shortcut::step}}, {"ArrowUp", {Key::up, {}}},
        {"ArrowDown", {Key::down, {}}}, {"Enter", {Key::enter, {}}}, {" ", {Key::space, Shortcut::play}},
        {"Home", {Key::home, Shortcut::to_start}}, {"End", {Key::end, Shortcut::to_end}}};
    if (key == "F6") taken = interaction_.key(shift ? Key::previous_region : Key::next_region);
    else if (key == "?") taken = shortcut(Shortcut::keys);
    else if (key == "Escape") taken = shortcut(Shortcut::escape);
    else if (const auto known = kKeys.find(key); known != kKeys.end()) {
      taken = interaction_.ring_visible() && interaction_.key(known->second.first);
      if (!taken && known->second.second) taken = shortcut(*known->second.second);
    }
  }
  for (const auto& command : commands) apply(command);
  flush();
  if (taken) wake();
  return taken;
}

void Page::text(std::string text) {
  shown_text_ = utf8::repair(text);
  apply(state::SetText{shown_text_});
  flush();
}

void Page::commit() {
  apply(state::CommitText{});
  flush();
}

void Page::box_text(int which, std::string text) {
  if (which >= ui::PanelState::prefix) apply(state::SetPrefix{kSeats[static_cast<std::size_t>(which - ui::PanelState::prefix)], std::move(text)});
  else if (which == ui::PanelState::name) apply(state::SetModelName{std::move(text)});
  else apply(state::SetServer{std::move(text)});
  flush();
}

void Page::box_commit(int which) {
  if (which == ui::PanelState::name && store_) apply(state::ChooseModel{.name = store_->state().shelf.typed});
  flush();
}

void Page::files_chosen(std::string_view json) {
  const Json given = parse(json);
  if (const std::string name = text_of(given, "name"); !name.empty()) apply(state::ChooseModel{.name = name, .title = text_of(given, "title")});
  else apply(state::FilesRefused{{code_from_name(text_of(given, "code")), text_of(given, "message"), text_of(given, "detail")}});
  flush();
}

void Page::selection(std::size_t begin, std::size_t end) {
  shell_input_.selection_begin = begin;
  shell_input_.selection_end = end;
}

void Page::field_height(float height) {
  shell_input_.field_lines = height / zoom();
  wake();
}

void Page::context_lost() {
  if (maps_) maps_->context_lost();
  surface_.lost();
}

void Page::context_restored() {
  surface_.restored();
  wake();
}

void Page::fonts_changed() {
  fonts_.forget_glyphs();
  wake();
}

float Page::zoom() const { return store_ && store_->state().projector ? ui::kProjectorZoom : 1.0F; }

const view::Strings* Page::words_now() const {
  auto strings = strings_.find(store_->state().language);
  if (strings == strings_.end()) strings = strings_.find("en");
  return strings == strings_.end() ? nullptr : &strings->second;
}

void Page::open_shared(std::string_view json) {
  if (!store_) return;
  store_->apply(state::OpenShared{std::string(json)}, host::now());
  flush();
}

void Page::build() {
  const state::State& state = store_->state();
  const view::Strings* words = words_now();
  if (words == nullptr) return;
  view_ = view::build_page(state, *words);
  store_->clean();
  if (state.document.text != shown_text_) {
    shown_text_ = state.document.text;
    host::show_text(shown_text_);
  }
}

bool Page::frame(double now) {
  if (!store_) return false;
  if (!view_ || store_->dirty()) build();
  if (!view_ || !surface_.ready() || width_ <= 0 || height_ <= 0) return false;
  ++frames_;
  const float scale = ratio_ * zoom();
  const ui::Theme& theme = ui::theme_for(view_->header.dark);

  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {std::round(width_ * ratio_), std::round(height_ * ratio_)};
  io.DeltaTime = 1.0F / 60;
  surface_.begin();
  ImGui::NewFrame();
  maps_->begin_frame(io.DisplaySize.x, io.DisplaySize.y);
  motion_.begin(now, view_->header.reduced_motion);
  interaction_.begin();
  state::Commands commands;
  {
    ui::Frame frame({width_ / zoom(), height_ / zoom(), scale}, theme, fonts_, interaction_, motion_, *maps_);
    const ui::ShellResult result = shell_.draw(*view_, frame, shell_input_, commands);
    interaction_.end();
    show(result);
  }
  ImGui::Render();
  surface_.render(ImGui::GetDrawData());

  const bool projector = store_->state().projector;
  for (const state::Command& command : commands) apply(command);
  if (projector != store_->state().projector) resize(width_, height_, ratio_);
  flush();
  if (settle_ > 0) --settle_;
  return settle_ > 0 || shown_.again || motion_.moving() || interaction_.more() || store_->dirty();
}

void Page::show(const ui::ShellResult& result) {
  const float z = zoom();
  const auto differs = [](ui::Rect a, ui::Rect b) { return a.x != b.x || a.y != b.y || a.w != b.w || a.h != b.h; };
  const double size = ui::kFieldSize * z;
  if (differs(result.field, shown_.field) || size != text_size_) {
    host::place_field({result.field.x * z, result.field.y * z, result.field.w * z, result.field.h * z}, static_cast<float>(size));
    text_size_ = size;
  }
  show_boxes(result);
  if (std::abs(result.extent - shown_.extent) > 0.5F) host::extent(std::ceil(result.extent * z));
  if (result.focus_field) host::focus_field();
  shown_ = result;
  if (interaction_.cursor() != shown_cursor_) {
    shown_cursor_ = interaction_.cursor();
    host::cursor(shown_cursor_);
  }
  if (interaction_.focus_label() != shown_focus_) {
    shown_focus_ = interaction_.focus_label();
    host::focus_words(shown_focus_);
  }
  if (const std::string dress = ui::page_properties(ui::theme_for(view_->header.dark), view_->keys.open); dress != shown_dress_) {
    shown_dress_ = dress;
    host::dress(dress);
  }
  if (const auto reveal = interaction_.take_reveal()) {
    const float top = result.header + 12, bottom = height_ / z - result.footer - 12;
    float by = 0;
    if (reveal->y < top) by = reveal->y - top;
    else if (reveal->bottom() > bottom) by = std::min(reveal->bottom() - bottom, reveal->y - top);
    if (by != 0 && interaction_.focus_scrolls()) host::scroll_to(std::max(0.0F, (shell_input_.scroll + by) * z));
  }
}

void Page::show_boxes(const ui::ShellResult& result) {
  const float z = zoom();
  const auto scaled = [z](ui::Rect r) { return ui::Rect{r.x * z, r.y * z, r.w * z, r.h * z}; };
  static const view::FieldView kNone;
  std::array<const view::FieldView*, 5> fields{&view_->shelf.name, &view_->shelf.server};
  for (std::size_t seat = 0; seat < view_->columns.size(); ++seat) {
    const auto& prefix = view_->columns[seat].generation.prefix;
    fields[ui::PanelState::prefix + seat] = prefix ? &*prefix : &kNone;
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const ui::PanelState::FieldPlace& place = result.fields[i];
    const int which = static_cast<int>(i);
    if (place.shown || shown_.fields[i].shown) host::place_box(which, place.shown ? scaled(place.rect) : ui::Rect{}, scaled(place.clip), ui::kBody.size * z);
    if (!place.shown) continue;
    const std::string words = Json{{"label", fields[i]->label}, {"placeholder", fields[i]->placeholder}, {"value", fields[i]->value}}.dump();
    if (words != shown_words_[i]) host::box_words(which, words);
    shown_words_[i] = words;
    if (place.enter) host::focus_box(which);
  }
}

const std::string& Page::snapshot() {
  snapshot_ = "{}";
  if (!store_) return snapshot_;
  if (const view::Strings* words = words_now()) snapshot_ = view::snapshot_json(store_->state(), *words, {.frames = frames_});
  return snapshot_;
}

}  // namespace trilens::app
