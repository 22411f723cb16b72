#include "lab/graph_bytes.hpp"

#include <utility>

namespace trilens::lab {

std::string graph_file(const LoadedModel& model, std::initializer_list<model::GraphRole> roles) {
  for (const model::GraphRole role : roles) {
    if (const model::SourceGraph* graph = model.source.graph(role)) return graph->file;
  }
  return {};
}

Task<Result<std::vector<std::uint8_t>>> graph_bytes(Context& context, std::string file) {
  const LoadedModel& model = context.model;
  const model::SourceFile* listed = model.source.file(file);
  Files::Options options{.path = model.source.path + "/" + file, .sha256 = listed == nullptr ? std::string{} : listed->sha256, .on_bytes = {}, .cancel = context.cancel};
  co_return co_await context.services.files.fetch(std::move(options));
}

}  // namespace trilens::lab
