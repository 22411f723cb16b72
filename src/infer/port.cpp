#include "infer/port.hpp"

namespace trilens::infer {

std::size_t RemoteTensor::size_bytes() const {
  return element_count(shape_).value_or(0) * element_bytes(type_);
}

}  // namespace trilens::infer
