#include "onnx/border.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "onnx/graph.hpp"
#include "onnx/schema.hpp"
#include "onnx/wire.hpp"

namespace trilens::onnx {
namespace {

using wire::Buffer;

constexpr std::string_view kInner = "f16 inside/";
constexpr std::uint64_t kInteger = 2;  // AttributeProto.AttributeType

std::string_view text(wire::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
std::string inner(std::string_view name) { return std::string(kInner) + std::string(name); }

// A ValueInfoProto's name, and whether it is an f16 tensor's.
struct Info {
  std::string_view name;
  bool half = false;
};

Info info_of(wire::Bytes bytes) {
  Info out;
  for (wire::Reader info(bytes); info.next();) {
    if (const auto name = info.field().text_of(schema::value_info::name)) out.name = *name;
    const auto type = info.field().bytes_of(schema::value_info::type);
    if (!type) continue;
    for (wire::Reader kinds(*type); kinds.next();) {
      const auto tensor = kinds.field().bytes_of(schema::type::tensor_type);
      if (!tensor) continue;
      for (wire::Reader r(*tensor); r.next();) {
        if (const auto e = r.field().varint_of(schema::tensor_type::elem_type)) out.half = *e == static_cast<std::uint64_t>(DataType::f16);
      }
    }
  }
  return out;
}

// Copies a message; of the field `number` (a message too) what `change` makes of it.
template <class Change>
void copy_message(Buffer& out, wire::Bytes bytes, std::uint32_t number, const Change& change) {
  for (wire::Reader r(bytes); r.next();) {
    const auto found = r.field().bytes_of(number);
    if (!found) {
      wire::put_raw(out, r.field().raw);
      continue;
    }
    const std::size_t begun = wire::begin_message(out, number);
    change(out, *found);
    wire::end_message(out, begun);
  }
}

// The same ValueInfoProto as f32.
void put_as_f32(Buffer& out, wire::Bytes info) {
  copy_message(out, info, schema::value_info::type, [](Buffer& in_info, wire::Bytes type) {
    copy_message(in_info, type, schema::type::tensor_type, [](Buffer& in_type, wire::Bytes tensor) {
      for (wire::Reader r(tensor); r.next();) {
        if (!r.field().varint_of(schema::tensor_type::elem_type)) wire::put_raw(in_type, r.field().raw);
      }
      wire::put_varint_field(in_type, schema::tensor_type::elem_type, static_cast<std::uint64_t>(DataType::f32));
    });
  });
}

void put_cast(Buffer& out, std::string_view from, std::string_view to, DataType type) {
  const std::size_t node = wire::begin_message(out, schema::graph::node);
  wire::put_text_field(out, schema::node::input, from);
  wire::put_text_field(out, schema::node::output, to);
  wire::put_text_field(out, schema::node::op_type, "Cast");
  const std::size_t attribute = wire::begin_message(out, schema::node::attribute);
  wire::put_text_field(out, schema::attribute::name, "to");
  wire::put_varint_field(out, schema::attribute::i, static_cast<std::uint64_t>(type));
  wire::put_varint_field(out, schema::attribute::type, kInteger);
  wire::end_message(out, attribute);
  wire::end_message(out, node);
}

class Border {
 public:
  // Names at the border of the main graph that are f16.
  void look(wire::Bytes graph) {
    std::set<std::string_view> weights;  // old files list them among the inputs
    for (wire::Reader r(graph); r.next();) {
      if (const auto tensor = r.field().bytes_of(schema::graph::initializer)) {
        for (wire::Reader parts(*tensor); parts.next();) {
          if (const auto name = parts.field().text_of(schema::tensor::name)) weights.insert(*name);
        }
      }
      const bool in = r.field().number == schema::graph::input;
      const auto info = r.field().bytes_of(in ? schema::graph::input : schema::graph::output);
      if (!info) continue;
      const Info port = info_of(*info);
      if (port.half) (in ? inputs_ : outputs_).insert(port.name);
    }
    std::erase_if(inputs_, [&](std::string_view name) { return weights.contains(name); });
    std::erase_if(outputs_, [&](std::string_view name) { return weights.contains(name); });
  }

  void put_main(Buffer& out, wire::Bytes graph) const {
    for (const std::string_view name : inputs_) put_cast(out, name, inner(name), DataType::f16);
    for (wire::Reader r(graph); r.next();) {
      const wire::Field& field = r.field();
      const bool port = field.number == schema::graph::input || field.number == schema::graph::output;
      if (port && field.type == wire::Type::bytes &&
          (inputs_.contains(info_of(field.payload).name) || outputs_.contains(info_of(field.payload).name))) {
        const std::size_t begun = wire::begin_message(out, field.number);
        put_as_f32(out, field.payload);
        wire::end_message(out, begun);
      } else {
        put_graph_field(out, field, 0);
      }
    }
    for (const std::string_view name : outputs_) put_cast(out, inner(name), name, DataType::f32);
  }

 private:
  [[nodiscard]] bool renamed(std::string_view name) const { return inputs_.contains(name) || outputs_.contains(name); }

  // Whatever a node, a value_info or an output of a subgraph calls by a name of the border is what lies inside.
  void put_graph_field(Buffer& out, const wire::Field& field, std::size_t depth) const {
    const bool node = field.number == schema::graph::node;
    const bool info = field.number == schema::graph::value_info || (depth > 0 && field.number == schema::graph::output);
    if (field.type != wire::Type::bytes || (!node && !info) || depth > Limits::depth) return wire::put_raw(out, field.raw);
    const std::size_t begun = wire::begin_message(out, field.number);
    for (wire::Reader r(field.payload); r.next();) {
      const wire::Field& part = r.field();
      const bool name = node ? part.number == schema::node::input || part.number == schema::node::output : part.number == schema::value_info::name;
      if (name && part.type == wire::Type::bytes && renamed(text(part.payload))) {
        wire::put_text_field(out, part.number, inner(text(part.payload)));
      } else if (node && part.number == schema::node::attribute && part.type == wire::Type::bytes) {
        put_attribute(out, part.payload, depth);
      } else {
        wire::put_raw(out, part.raw);
      }
    }
    wire::end_message(out, begun);
  }

  void put_attribute(Buffer& out, wire::Bytes attribute, std::size_t depth) const {
    const std::size_t begun = wire::begin_message(out, schema::node::attribute);
    for (wire::Reader r(attribute); r.next();) {
      const wire::Field& field = r.field();
      const bool graph = field.number == schema::attribute::g || field.number == schema::attribute::graphs;
      if (!graph || field.type != wire::Type::bytes) {
        wire::put_raw(out, field.raw);
        continue;
      }
      const std::size_t inside = wire::begin_message(out, field.number);
      for (wire::Reader parts(field.payload); parts.next();) put_graph_field(out, parts.field(), depth + 1);
      wire::end_message(out, inside);
    }
    wire::end_message(out, begun);
  }

  std::set<std::string_view> inputs_, outputs_;
};

}  // namespace

bool has_f16_border(const Surgery& surgery) {
  const auto half = [](const Port& port) { return port.element_type == static_cast<std::int32_t>(DataType::f16); };
  return std::ranges::any_of(surgery.inputs, half) || std::ranges::any_of(surgery.outputs, half);
}

Result<std::vector<std::uint8_t>> f32_border(std::span<const std::uint8_t> model) {
  Border border;
  wire::Reader look(model);
  while (look.next()) {
    if (const auto graph = look.field().bytes_of(schema::model::graph)) border.look(*graph);
  }
  if (look.failed()) return malformed("its outermost message is broken");
  Buffer out;
  out.reserve(model.size() + model.size() / 64);
  copy_message(out, model, schema::model::graph, [&border](Buffer& in_model, wire::Bytes graph) { border.put_main(in_model, graph); });
  return out;
}

}  // namespace trilens::onnx
