// One description of a struct's fields serves both directions: Writer makes JSON of it, Reader fills it from JSON.
//
//   template <class IO> void describe(IO& io, Piece& p) { io("id", p.id); io("text", p.text); }
//   Json j = written(piece);
//   Result<Piece> back = read_back<Piece>(j);
//
// Optional members are left out when empty. Enumerations, ranges: not here (requests.cpp). Reader keeps its first error.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace trilens::protocol {

using Json = nlohmann::json;

class Writer {
 public:
  template <class T>
  void operator()(const char* name, T& value) {
    json_[name] = of(value);
  }
  template <class T>
  void operator()(const char* name, std::optional<T>& value) {
    if (value) json_[name] = of(*value);
  }
  [[nodiscard]] Json take() { return std::move(json_); }

  template <class T>
  static Json of(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return value;
    } else {
      Writer inner;
      describe(inner, value);
      return inner.take();
    }
  }
  template <class T>
  static Json of(std::vector<T>& values) {
    Json list = Json::array();
    for (T& value : values) list.push_back(of(value));
    return list;
  }

 private:
  Json json_ = Json::object();
};

class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  template <class T>
  void operator()(const char* name, T& value) {
    if (!ok()) return;
    if (!json_.is_object() || !json_.contains(name)) return refuse(name);
    get(name, json_.at(name), value);
  }
  template <class T>
  void operator()(const char* name, std::optional<T>& value) {
    if (!ok() || !json_.is_object() || !json_.contains(name)) return;
    get(name, json_.at(name), value.emplace());
  }
  [[nodiscard]] bool ok() const { return error_.empty(); }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void refuse(const char* name) {
    if (ok()) error_ = std::string("The field `") + name + "` of an answer is missing or of the wrong type.";
  }
  template <class T>
  void get(const char* name, const Json& json, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      if (!json.is_boolean()) return refuse(name);
      value = json.get<bool>();
    } else if constexpr (std::is_integral_v<T>) {
      if (!json.is_number_integer()) return refuse(name);
      value = json.get<T>();
    } else if constexpr (std::is_arithmetic_v<T>) {
      if (!json.is_number()) return refuse(name);
      value = json.get<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!json.is_string()) return refuse(name);
      value = json.get<std::string>();
    } else {
      Reader inner(json);
      describe(inner, value);
      if (!inner.ok() && ok()) error_ = inner.error();
    }
  }
  template <class T>
  void get(const char* name, const Json& json, std::vector<T>& values) {
    if (!json.is_array()) return refuse(name);
    values.clear();
    values.reserve(json.size());
    for (const Json& item : json) get(name, item, values.emplace_back());
  }

  const Json& json_;
  std::string error_;
};

template <class T>
[[nodiscard]] Json written(const T& value) {
  T copy = value;
  return Writer::of(copy);
}

template <class T>
[[nodiscard]] Result<T> read_back(const Json& json) {
  T value;
  Reader reader(json);
  describe(reader, value);
  if (!reader.ok()) return fail(ErrorCode::internal, reader.error());
  return value;
}

}  // namespace trilens::protocol
