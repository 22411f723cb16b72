// The fields of a request as JSON, without its id and type. Internal to this room: requests.cpp reads them back.
#pragma once

#include "protocol/fields.hpp"
#include "protocol/requests.hpp"

namespace trilens::protocol {

[[nodiscard]] Json request_fields_of(const Request& request);

}  // namespace trilens::protocol
