// Phenomena in bulk as JSON, under the names of their view's fields.
#include "view/probe_table.hpp"
#include "view/snapshot.hpp"

namespace trilens::view {

void describe(Writer& io, ProbeCellView& v) {
  io("known", v.known);
  io("share", v.share);
  io("low", v.low);
  io("high", v.high);
  io("chance", v.chance);
  io("percent", v.percent);
  io("interval", v.interval);
  io("cannot", v.cannot);
  io("status", v.status);
  io("queued", v.queued);
  io("running", v.running);
  io("stale", v.stale);
  io("better", v.better);
  io("trouble", v.trouble);
}

void describe(Writer& io, ProbeRowView& v) {
  io("id", v.id);
  io("title", v.title);
  io("why", v.why);
  io("example", v.example);
  io("chosen", v.chosen);
  io("cells", v.cells);
}

void describe(Writer& io, ProbeTableView& v) {
  io("title", v.title);
  io("intro", v.intro);
  io("items", v.items);
  io("button", v.button);
  io("running", v.running);
  io("can_run", v.can_run);
  io("progress", v.progress);
  io("part", v.part);
  io("legend", v.legend);
  io("rows", v.rows);
}

}  // namespace trilens::view
