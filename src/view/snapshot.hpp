// Every field of every view under its own name, for snapshot.cpp alone: what is drawn and what is told cannot differ.
#pragma once

#include "protocol/archive.hpp"
#include "view/page.hpp"

namespace trilens::view {

using protocol::Writer;

void describe(protocol::Writer& io, OfferView& v);
void describe(protocol::Writer& io, TroubleView& v);
void describe(protocol::Writer& io, PanelHead& v);
void describe(protocol::Writer& io, ChoiceView& v);
void describe(protocol::Writer& io, BarView& v);
void describe(protocol::Writer& io, FamilyView& v);

void describe(protocol::Writer& io, ButtonView& v);
void describe(protocol::Writer& io, TabView& v);
void describe(protocol::Writer& io, FamilyTabView& v);
void describe(protocol::Writer& io, HeaderView& v);
void describe(protocol::Writer& io, KeyView& v);
void describe(protocol::Writer& io, KeysView& v);
void describe(protocol::Writer& io, ExampleView& v);
void describe(protocol::Writer& io, ExampleGroupView& v);
void describe(protocol::Writer& io, ExamplesView& v);
void describe(protocol::Writer& io, OptionView& v);
void describe(protocol::Writer& io, OptionsView& v);
void describe(protocol::Writer& io, StatusView& v);

void describe(protocol::Writer& io, ProgressView& v);
void describe(protocol::Writer& io, ColumnHeadView& v);
void describe(protocol::Writer& io, TokenView& v);
void describe(protocol::Writer& io, TokensView& v);
void describe(protocol::Writer& io, TokenRulerView& v);
void describe(protocol::Writer& io, TokenAccountView& v);
void describe(protocol::Writer& io, MeasureView& v);
void describe(protocol::Writer& io, LabelView& v);
void describe(protocol::Writer& io, PointedView& v);
void describe(protocol::Writer& io, AttentionView& v);
void describe(protocol::Writer& io, BlankView& v);
void describe(protocol::Writer& io, PredictionView& v);
void describe(protocol::Writer& io, StepView& v);
void describe(protocol::Writer& io, OtherView& v);
void describe(protocol::Writer& io, DistributionView& v);
void describe(protocol::Writer& io, CrossView& v);
void describe(protocol::Writer& io, BeamsView& v);
void describe(protocol::Writer& io, GenerationIntroView& v);
void describe(protocol::Writer& io, GenerationView& v);
void describe(protocol::Writer& io, CostRowView& v);
void describe(protocol::Writer& io, CostView& v);
void describe(protocol::Writer& io, CurvesView& v);
void describe(protocol::Writer& io, CostTableView& v);
void describe(protocol::Writer& io, MachineIntroView& v);
void describe(protocol::Writer& io, MasksIntroView& v);
void describe(protocol::Writer& io, MasksView& v);
void describe(protocol::Writer& io, AnswerIntroView& v);
void describe(protocol::Writer& io, AnswerCellView& v);
void describe(protocol::Writer& io, ProbeTableView& v);
void describe(protocol::Writer& io, LeakIntroView& v);
void describe(protocol::Writer& io, LeakView& v);
void describe(protocol::Writer& io, SpaceIntroView& v);
void describe(protocol::Writer& io, SpaceView& v);
void describe(protocol::Writer& io, LensView& v);
void describe(protocol::Writer& io, MachineView& v);
void describe(protocol::Writer& io, HeadsIntroView& v);
void describe(protocol::Writer& io, HeadTileView& v);
void describe(protocol::Writer& io, HeadRowView& v);
void describe(protocol::Writer& io, HeadsView& v);
void describe(protocol::Writer& io, LinkView& v);
void describe(protocol::Writer& io, LinksView& v);
void describe(protocol::Writer& io, NumberStrip& v);
void describe(protocol::Writer& io, NumberBar& v);
void describe(protocol::Writer& io, NumberCheck& v);
void describe(protocol::Writer& io, NumberStep& v);
void describe(protocol::Writer& io, NumberChooser& v);
void describe(protocol::Writer& io, NumbersView& v);
void describe(protocol::Writer& io, ColumnView& v);

void describe(protocol::Writer& io, PlanFactView& v);
void describe(protocol::Writer& io, PlanVariantView& v);
void describe(protocol::Writer& io, PlanCardView& v);
void describe(protocol::Writer& io, ShelfRowView& v);
void describe(protocol::Writer& io, FilterView& v);
void describe(protocol::Writer& io, FieldView& v);
void describe(protocol::Writer& io, ShelfView& v);

}  // namespace trilens::view
