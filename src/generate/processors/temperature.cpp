#include "generate/processors/temperature.hpp"

namespace trilens::generate {

bool Temperature::apply(ScoreRow& row) const {
  row.map([t = temperature](float s) { return s / t; });
  return true;
}

}  // namespace trilens::generate
