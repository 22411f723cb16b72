// Parts of the panel of writing: what a step was chosen from, and where an encoder-decoder looked. Each returns where it ended.
#pragma once

#include "ui/panels/panels.hpp"

namespace trilens::ui {

float draw(const view::DistributionView& view, const view::FamilyView& family, Frame& frame, Place place);
float draw(const view::CrossView& view, const view::FamilyView& family, Frame& frame, Place place);
float draw(const view::BeamsView& view, Frame& frame, Place place);

}  // namespace trilens::ui
