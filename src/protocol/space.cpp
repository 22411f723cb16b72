#include "protocol/space.hpp"

#include <array>

namespace trilens::protocol {
namespace {

constexpr std::array<std::string_view, 5> kPoolings{"usual", "words", "mean", "first", "last"};  // by Pooling
constexpr std::array<std::string_view, 2> kProjections{"pca", "tsne"};                           // by Projection

template <class E, std::size_t N>
std::optional<E> from_name(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view pooling_name(Pooling pooling) { return kPoolings[static_cast<std::size_t>(pooling)]; }
std::optional<Pooling> pooling_from_name(std::string_view name) { return from_name<Pooling>(kPoolings, name); }
std::string_view projection_name(Projection projection) { return kProjections[static_cast<std::size_t>(projection)]; }
std::optional<Projection> projection_from_name(std::string_view name) { return from_name<Projection>(kProjections, name); }

}  // namespace trilens::protocol
