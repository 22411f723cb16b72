#include "model/catalog.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch_test_macros.hpp>

namespace trilens::model {
namespace {

constexpr std::string_view kOne =
    R"({"models":[{"id":"a","family":"encoder","title":"A","tasks":["embed"],"path":"m/a","files":[{"name":"config.json","bytes":12,"sha256":"00"},{"name":"onnx/model.onnx","bytes":30}]}]})";

Error refused(std::string_view text) {
  const auto parsed = Catalog::parse(text);
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error();
}

TEST_CASE("the bundled catalog lists one model of each family, and its files are there in their size") {
  const std::string root(TRILENS_SOURCE_DIR);
  std::ifstream in(root + "/assets/models/catalog.json", std::ios::binary);
  const auto catalog = Catalog::parse(std::string(std::istreambuf_iterator<char>(in), {}));
  REQUIRE(catalog.has_value());
  for (const Family family : {Family::encoder, Family::decoder, Family::encoder_decoder}) {
    const CatalogModel* model = catalog->find(family, {});
    REQUIRE(model != nullptr);
    CHECK_FALSE(model->tasks.empty());
    const Source source = model->source();
    CHECK(source.file("config.json") != nullptr);
    CHECK(source.file("tokenizer.json") != nullptr);
    for (const SourceGraph& graph : source.graphs) CHECK(source.file(graph.file) != nullptr);
    CHECK(source.graph(family == Family::encoder_decoder ? GraphRole::encoder : GraphRole::model) != nullptr);
    CHECK((source.graph(GraphRole::decoder) != nullptr) == (family == Family::encoder_decoder));
    for (const SourceFile& file : model->files) {
      INFO("if this differs, run scripts/catalog: " << model->path << "/" << file.name);
      std::error_code none;
      CHECK(static_cast<std::int64_t>(std::filesystem::file_size(root + "/" + model->path + "/" + file.name, none)) == file.bytes);
      CHECK(file.sha256.size() == 64);
    }
  }
}

TEST_CASE("a model is found by id, or as the first of its family") {
  const auto catalog = Catalog::parse(kOne);
  REQUIRE(catalog.has_value());
  CHECK(catalog->find(Family::encoder, {})->id == "a");
  CHECK(catalog->find(Family::encoder, "a")->source().bytes() == 42);
  CHECK(catalog->find(Family::encoder, "b") == nullptr);
  CHECK(catalog->find(Family::decoder, {}) == nullptr);
  CHECK(catalog->find(Family::encoder, "a")->source().file("nothing") == nullptr);
}

TEST_CASE("a model of the catalog may say its variant, its graphs and where it runs") {
  std::string text(kOne);
  text.insert(text.find("\"id\""), R"("variant":"q8","only_on":"wasm","why":"It is so.","graphs":[{"role":"decoder","file":"x.onnx"},)"
                                    R"({"role":"decoder_with_past","file":"y.onnx"}],)");
  const auto catalog = Catalog::parse(text);
  REQUIRE(catalog.has_value());
  const Source source = catalog->models.front().source();
  CHECK(source.variant == "q8");
  CHECK(source.only_on == "wasm");
  CHECK(source.why == "It is so.");
  REQUIRE(source.graphs.size() == 2);
  CHECK(source.graph(GraphRole::decoder)->file == "x.onnx");
  CHECK(source.graph(GraphRole::decoder_with_past)->file == "y.onnx");
  CHECK(refused(text.replace(text.find("decoder_with_past"), 7, "another")).message.find("role") != std::string::npos);
}

TEST_CASE("a catalog with a wrong field is refused, and the field named") {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string text(kOne);
    return refused(text.replace(text.find(from), from.size(), to)).message;
  };
  CHECK(with("\"encoder\"", "\"transformer\"").find("family") != std::string::npos);
  CHECK(with("\"bytes\":12", "\"bytes\":-12").find("bytes") != std::string::npos);
  CHECK(with("\"bytes\":12", "\"bytes\":1.5").find("bytes") != std::string::npos);
  CHECK(with("\"id\":\"a\",", "").find("id") != std::string::npos);
  CHECK(with("\"files\":[", "\"files\":[7,").find("files") != std::string::npos);
  CHECK(with("\"models\"", "\"others\"").find("models") != std::string::npos);
}

TEST_CASE("a catalog cut short at any byte is refused") {
  for (std::size_t n = 0; n < kOne.size(); ++n) CHECK(refused(kOne.substr(0, n)).code == ErrorCode::model_malformed);
}

}  // namespace
}  // namespace trilens::model
