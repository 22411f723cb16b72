#include <catch2/catch_test_macros.hpp>

#include "state/scripted_engine.hpp"

namespace trilens {
namespace {

using protocol::MaskChoice;
using protocol::Switches;
using testing::Page;

Switches causal() { return {{MaskChoice::causal, 0, {}}, {}, {}, 1}; }

const Switches& wanted(const Page& page, Seat seat) { return page.state().document.switches[seat_index(seat)]; }

}  // namespace

TEST_CASE("a change of the switches is sent, and the seat is read anew under it; the others are left alone") {
  Page page;
  page.apply(state::SetSwitches{Seat::left, causal()});
  REQUIRE(page.engine.count<protocol::SetSwitches>() == 1);
  CHECK(std::get<protocol::SetSwitches>(page.engine.find<protocol::SetSwitches>()->request).switches == causal());
  CHECK(page.engine.count<protocol::Read>() == 1);
  CHECK(page.column(Seat::left).reading_stale);
  CHECK(page.column(Seat::left).map(protocol::AttentionKind::self).stale);
  CHECK_FALSE(page.column(Seat::middle).reading_stale);
  CHECK(page.engine.waiting.front().request.index() == protocol::Request(protocol::SetSwitches{}).index());  // before it reads
  page.engine.run();
  CHECK_FALSE(page.column(Seat::left).reading_stale);
  CHECK(page.column(Seat::left).switches_in_force == causal());
}

TEST_CASE("switches are undone and redone, one press at a time, and reset in one") {
  Page page;
  page.apply(state::SetHead{Seat::middle, protocol::AttentionKind::self, 1, 1, 0});
  page.apply(state::SetHead{Seat::middle, protocol::AttentionKind::self, 1, 1, 0.5F});
  page.apply(state::SetSwitches{Seat::left, causal()});
  page.engine.run();
  CHECK(wanted(page, Seat::middle).self.heads == std::vector<std::vector<float>>{{}, {1, 0.5F}});
  page.apply(state::ResetSwitches{});
  page.engine.run();
  for (const Seat seat : kSeats) CHECK(page.column(seat).switches_in_force.at_rest());
  page.apply(state::Undo{});
  page.engine.run();
  CHECK(page.column(Seat::left).switches_in_force == causal());
  page.apply(state::Undo{});
  page.apply(state::Undo{});
  CHECK(wanted(page, Seat::middle).self.heads == std::vector<std::vector<float>>{{}, {1, 0}});
  page.apply(state::Redo{});
  page.engine.run();
  CHECK(page.column(Seat::middle).switches_in_force.self.heads[1][1] == 0.5F);
  SECTION("a head put back to 1 is at rest again, and nothing is left of it") {
    page.apply(state::SetHead{Seat::middle, protocol::AttentionKind::self, 1, 1, 1});
    CHECK(wanted(page, Seat::middle).at_rest());
  }
}

TEST_CASE("a model that is loaded begins at rest, says so, and undo does not give it another one's settings") {
  Page page;
  page.apply(state::SetSwitches{Seat::left, causal()});
  page.engine.run();
  page.apply(state::SetText{"Another text."});
  page.apply(state::CommitText{});
  page.engine.run();
  page.apply(state::LoadModel{Seat::left, {}, "other"});
  CHECK(page.engine.count<protocol::SetSwitches>() == 0);
  page.engine.run();
  CHECK(wanted(page, Seat::left).at_rest());
  REQUIRE(page.state().notice);
  CHECK(page.state().notice->key == "notice.switches_rest");
  while (page.state().can_undo) {
    const std::string before = page.state().document.text;
    page.apply(state::Undo{});
    CHECK(page.state().document.text != before);  // no press that does nothing
    CHECK(wanted(page, Seat::left).at_rest());
  }
}

TEST_CASE("settings that a graph cannot have are refused with its reason, and the old ones stand") {
  Page page;
  page.apply(state::SetSwitches{Seat::left, causal()});
  page.engine.run();
  page.script(R"({"type":"set_switches","seat":"left","self":{"mask":"window","window":2}})", 5);
  page.engine.fail(page.engine.find<protocol::SetSwitches>()->id, ErrorCode::unsupported_task, "It cannot.");
  CHECK(page.engine.rejected.at(5) == "unsupported_task");
  CHECK(wanted(page, Seat::left) == causal());
  REQUIRE(page.column(Seat::left).switches_trouble);
  CHECK(page.column(Seat::left).switches_trouble->error.message == "It cannot.");
  page.engine.run();
  CHECK(page.engine.waiting.empty());
}

TEST_CASE("the comparison runs while its tab is open and something is switched, and is asked anew with other settings") {
  Page page;
  page.apply(state::SelectTab{state::Tab::masks});
  CHECK(page.engine.count<protocol::CompareSwitches>() == 0);  // at rest there is nothing to compare
  page.apply(state::SetSwitches{Seat::left, causal()});
  REQUIRE(page.engine.count<protocol::CompareSwitches>() == 1);
  CHECK(std::get<protocol::CompareSwitches>(page.engine.find<protocol::CompareSwitches>()->request).switches == causal());
  page.apply(state::Undo{});
  CHECK(page.engine.count<protocol::CompareSwitches>() == 0);
}

TEST_CASE("a script sets switches and hears what is in force; what was computed before is asked again") {
  Page page;
  page.apply(state::SelectTab{state::Tab::leak});
  page.engine.run();
  page.script(R"({"type":"set_switches","seat":"left","self":{"mask":"causal","heads":[[1,1],[1,0]]}})", 7);
  CHECK(page.engine.find<protocol::Leak>(Seat::left) != nullptr);
  CHECK(page.engine.find<protocol::Leak>(Seat::middle) == nullptr);
  page.engine.run();
  CHECK(page.engine.resolved.at(7).find("causal") != std::string::npos);
  CHECK(wanted(page, Seat::left).self.heads == std::vector<std::vector<float>>{{}, {1, 0}});
  page.script(R"({"type":"set_switches","seat":"left","self":{"mask":"window"}})", 8);
  CHECK(page.engine.rejected.at(8) == "invalid_argument");
  page.script(R"({"type":"reset_switches"})", 9);
  page.engine.run();
  CHECK(page.engine.resolved.contains(9));
  CHECK(wanted(page, Seat::left).at_rest());
}

TEST_CASE("after the engine was lost its models are at rest, and so is what is shown") {
  Page page;
  page.apply(state::SetSwitches{Seat::right, {{}, {}, {}, 0}});
  page.engine.run();
  page.store.engine_lost({ErrorCode::runtime_failed, "It died.", {}}, true, page.engine.now);
  page.engine.run();
  CHECK(wanted(page, Seat::right).at_rest());
  CHECK(page.column(Seat::right).switches_in_force.at_rest());
}

}  // namespace trilens
