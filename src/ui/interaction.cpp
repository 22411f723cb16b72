#include "ui/interaction.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace trilens::ui {

void Interaction::begin() {
  press_began_ = released_ = false;
  bool leave_after = false;
  while (!events_.empty()) {
    const PointerEvent event = events_.front();
    events_.pop_front();
    touch_ = event.touch;
    if (event.kind == PointerKind::leave) {
      inside_ = down_ = false;
      active_ = 0;
      pointer_ = {-1e6F, -1e6F};
      continue;
    }
    inside_ = true;
    pointer_ = event.at;
    if (event.kind == PointerKind::down) {
      down_ = press_began_ = true;
      pressed_at_ = event.at;
      ring_ = false;
      break;
    }
    if (event.kind == PointerKind::up) {
      down_ = false;
      released_ = true;
      leave_after = event.touch;  // a finger that has left points at nothing
      break;
    }
  }
  hot_ = 0;
  if (inside_) {
    for (auto it = last_.rbegin(); it != last_.rend(); ++it) {
      if (it->seen.contains(pointer_)) {
        hot_ = it->id;
        break;
      }
    }
  }
  if (press_began_) {
    active_ = hot_;
    const Target* target = find(hot_);
    if (target != nullptr && target->focusable) focus_ = hot_;
  }
  activated_ = activated_next_;
  activated_next_ = 0;
  arrow_ = std::exchange(arrow_next_, std::nullopt);
  if (released_ && active_ != 0 && active_ == hot_ && std::hypot(pointer_.x - pressed_at_.x, pointer_.y - pressed_at_.y) < 24) activated_ = active_;
  if (leave_after) events_.push_front({PointerKind::leave, {}, true});
  targets_.clear();
  modal_from_ = first_from_ = 0;
  region_ = 0;
  cursor_ = Cursor::arrow;
  clip_ = {-1e6F, -1e6F, 2e6F, 2e6F};
}

void Interaction::end() {
  if (released_) active_ = 0;
  last_.swap(targets_);
  last_modal_from_ = modal_from_;
  last_first_from_ = std::min(first_from_, last_.size());
  const Target* target = find(focus_);
  focus_label_ = target != nullptr && ring_visible() ? target->label : std::string();
}

Hit Interaction::target(Id id, Rect rect, const TargetOptions& options) {
  targets_.push_back({id, region_, rect, rect.intersect(clip_), options.focusable && options.enabled, options.takes_arrows, std::string(options.label)});
  Hit hit;
  hit.hovered = hot_ == id && (active_ == 0 || active_ == id);
  hit.focused = focus_ == id && ring_visible();
  if (!options.enabled) return hit;
  hit.held = active_ == id && down_;
  hit.pressed = activated_ == id;
  if (hit.focused && options.takes_arrows) hit.arrow = arrow_;
  if (hit.hovered) cursor_ = options.cursor;
  return hit;
}

void Interaction::block(Rect rect) {
  targets_.push_back({0, region_, rect, rect.intersect(clip_), false, false, {}});
}

void Interaction::scrolled(float dy, float below_y) {
  for (Target& target : last_) {
    if (target.seen.y >= below_y) {
      target.rect.y -= dy;
      target.seen.y -= dy;
    }
  }
}

void Interaction::focus_changed(bool focused) {
  has_focus_ = focused;
  if (focused && !down_ && events_.empty()) ring_ = true;  // by Tab; a press turns it off again
}

std::optional<Rect> Interaction::take_reveal() {
  if (!reveal_) return std::nullopt;
  reveal_ = false;
  const Target* target = find(focus_);
  return target != nullptr ? std::optional(target->rect) : std::nullopt;
}

bool Interaction::focus_scrolls() const {
  const Target* target = find(focus_);
  return target != nullptr && target < last_.data() + last_first_from_;
}

const Interaction::Target* Interaction::find(Id id) const {
  if (id == 0) return nullptr;
  for (const Target& target : last_) {
    if (target.id == id) return &target;
  }
  return nullptr;
}

void Interaction::take_focus(const Target& target) {
  focus_ = target.id;
  ring_ = reveal_ = true;
}

bool Interaction::key(Key key) {
  switch (key) {
    case Key::enter:
    case Key::space: {
      if (!ring_ || find(focus_) == nullptr) return false;
      activated_next_ = focus_;
      return true;
    }
    case Key::next_region:
    case Key::previous_region: return move_region(key == Key::next_region);
    case Key::escape: return false;
    default: {
      const Target* target = ring_ ? find(focus_) : nullptr;
      if (target == nullptr || !target->takes_arrows) return move_focus(key);
      arrow_next_ = key;
      return true;
    }
  }
}

bool Interaction::move_region(bool forward) {
  const Target* now = ring_ ? find(focus_) : nullptr;
  std::vector<const Target*> starts;  // where one arrives in each region
  const auto collect = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = std::max(from, last_modal_from_); i < to; ++i) {
      const Target& target = last_[i];
      const bool known = std::ranges::any_of(starts, [&](const Target* start) { return start->region == target.region; });
      if (target.focusable && !known) starts.push_back(&target);
    }
  };
  collect(last_first_from_, last_.size());
  collect(0, last_first_from_);
  if (starts.empty()) return false;
  const Target* best = forward ? starts.front() : starts.back();
  for (std::size_t i = 0; now != nullptr && i < starts.size(); ++i) {
    if (starts[i]->region == now->region) {
      best = starts[(i + (forward ? 1 : starts.size() - 1)) % starts.size()];
      break;
    }
  }
  take_focus(*best);
  return true;
}

bool Interaction::move_focus(Key key) {
  const Target* now = find(focus_);
  if (now == nullptr || !ring_) {
    if (!ring_) return false;
    for (const Target& target : last_) {
      if (target.focusable) {
        take_focus(target);
        return true;
      }
    }
    return false;
  }
  const Target* best = nullptr;
  float least = 1e12F;
  const Point from = now->rect.centre();
  for (std::size_t i = last_modal_from_; i < last_.size(); ++i) {
    const Target& target = last_[i];
    if (!target.focusable || target.id == now->id) continue;
    const Point to = target.rect.centre();
    const float dx = to.x - from.x;
    const float dy = to.y - from.y;
    float along = 0, across = 0;
    switch (key) {
      case Key::left: along = -dx; across = std::abs(dy); break;
      case Key::right: along = dx; across = std::abs(dy); break;
      case Key::up: along = -dy; across = std::abs(dx); break;
      case Key::down: along = dy; across = std::abs(dx); break;
      case Key::home: along = target.region == now->region ? 1e5F + from.x - to.x + (from.y - to.y) * 1e3F : -1; across = 0; break;
      case Key::end: along = target.region == now->region ? 1e5F + to.x - from.x + (to.y - from.y) * 1e3F : -1; across = 0; break;
      default: return false;
    }
    if (along <= 1) continue;
    const bool far = key == Key::home || key == Key::end;
    const float cost = far ? -along : along + across * ((key == Key::left || key == Key::right) ? 6.0F : 2.0F);
    if (cost < least) {
      least = cost;
      best = &target;
    }
  }
  if (best != nullptr) take_focus(*best);
  return true;  // ours even at an edge, so that the page does not scroll away under it
}

}  // namespace trilens::ui
