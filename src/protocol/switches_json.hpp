// Reading switches out of a request: everything may be left out, and is at rest then. For requests.cpp and scripts of the page.
#pragma once

#include "protocol/fields.hpp"
#include "protocol/switches.hpp"

namespace trilens::protocol {

// Of `in`: {"self": {"mask", "window", "heads"}, "decoder_self", "cross", "connection"}
[[nodiscard]] Switches switches_from(Fields& in);
[[nodiscard]] SetSwitches read_set_switches(Fields& in);
[[nodiscard]] CompareSwitches read_compare_switches(Fields& in);
[[nodiscard]] Json request_fields(const SetSwitches& r);
[[nodiscard]] Json request_fields(const CompareSwitches& r);

}  // namespace trilens::protocol
