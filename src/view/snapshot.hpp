// What the files of the snapshot share: each view is described once, in the file of its panel.
//
// Not here: the snapshot itself (page.hpp). For src/view/snapshot*.cpp alone.
#pragma once

#include "protocol/archive.hpp"
#include "view/common.hpp"
#include "view/answer.hpp"
#include "view/leak.hpp"

namespace trilens::view {

void describe(protocol::Writer& io, PanelHead& v);
void describe(protocol::Writer& io, ChoiceView& v);
void describe(protocol::Writer& io, TroubleView& v);
void describe(protocol::Writer& io, AnswerIntroView& v);
void describe(protocol::Writer& io, AnswerCellView& v);
void describe(protocol::Writer& io, LeakIntroView& v);
void describe(protocol::Writer& io, LeakView& v);

}  // namespace trilens::view
