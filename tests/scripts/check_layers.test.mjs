import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findingsIn, roomsOf, withoutComments } from '../../scripts/check_layers.mjs';

const kProgram = fileURLToPath(new URL('../../scripts/check_layers', import.meta.url));

const rooms = roomsOf(`
  trilens_room(base)
  trilens_room(tensor   DEPENDS base)
  trilens_room(onnx     DEPENDS tensor EXCEPTIONS)   # DEPENDS ui
  trilens_room(model    DEPENDS tensor)
  trilens_room(protocol DEPENDS tensor)
  trilens_room(lab      DEPENDS onnx model protocol)
  trilens_room(state    DEPENDS protocol)
  trilens_room(ui       DEPENDS state LIBRARIES imgui)
  trilens_app(engine createEngine DEPENDS lab)
  trilens_app(page createPage DEPENDS ui LIBRARIES imgui)`);

/** @param {string} file @param {string} source @param {string[]} [there] */
const problems = (file, source, there = []) => findingsIn(file, source, { rooms, exists: (name) => there.includes(name) });

test('a room may include itself and everything below it', () => {
  assert.deepEqual(problems('src/lab/engine.cpp', '#include "lab/engine.hpp"\n#include "onnx/surgery.hpp"\n#include "base/error.hpp"\n#include <vector>\n'), []);
});

test('an include of a room above is reported with its line', () => {
  const [finding, ...more] = problems('src/base/error.cpp', '// error\n\n#include "ui/theme.hpp"\n');
  assert.equal(finding.line, 3);
  assert.match(finding.problem, /"ui\/theme.hpp".*may include no other room/);
  assert.deepEqual(more, []);
});

test('rooms side by side do not include each other', () => {
  assert.match(problems('src/onnx/graph.cpp', '#include "model/family.hpp"\n')[0].problem, /onnx may include tensor, base/);
});

test('a folder inside a room has the rights of its room', () => {
  assert.equal(problems('src/onnx/deep/er.cpp', '#include "model/family.hpp"\n').length, 1);
  assert.equal(problems('src/onnx/deep/er.cpp', '#include "tensor/tensor.hpp"\n').length, 0);
});

test('the engine does not include the page, nor the page the engine', () => {
  assert.equal(problems('src/app/engine/main.cpp', '#include "lab/engine.hpp"\n').length, 0);
  assert.equal(problems('src/app/engine/main.cpp', '#include "ui/theme.hpp"\n').length, 1);
  assert.equal(problems('src/app/page/main.cpp', '#include "lab/engine.hpp"\n').length, 1);
  assert.equal(problems('src/app/page/main.cpp', '#include "app/engine/runtime.hpp"\n').length, 1);
  assert.equal(problems('src/app/page/main.cpp', '#include "app/page/input.hpp"\n').length, 0);
});

test('the browser is known in src/app only, Dear ImGui in ui and app, utf8proc in tokenize', () => {
  for (const header of ['<emscripten.h>', '<emscripten/html5.h>', '<GLES3/gl3.h>']) {
    assert.equal(problems('src/ui/frame.cpp', `#include ${header}\n`).length, 1, header);
    assert.equal(problems('src/app/page/main.cpp', `#include ${header}\n`).length, 0, header);
  }
  assert.equal(problems('src/state/store.cpp', '#include <imgui.h>\n').length, 1);
  assert.equal(problems('src/ui/frame.cpp', '#include <imgui.h>\n').length, 0);
  assert.equal(problems('src/lab/engine.cpp', '#include <utf8proc.h>\n').length, 1);
});

test('ONNX Runtime is not called from C++', () => {
  assert.equal(problems('src/app/engine/main.cpp', 'EM_JS(void, run, (), { ort.InferenceSession.create(); });\n').length, 1);
  assert.equal(problems('src/lab/port.cpp', 'port.name = 1;  // as in ort.Tensor\n').length, 0);
});

test('a comment or a string is no include, and a block comment does not shift the lines', () => {
  assert.deepEqual(problems('src/base/a.cpp', '// #include "ui/theme.hpp"\n/* #include "ui/theme.hpp"\n */\nauto s = "#include <emscripten.h>";\n'), []);
  assert.equal(problems('src/base/a.cpp', '/*\n*/ #include "ui/theme.hpp"\n')[0].line, 2);
  assert.equal(withoutComments('a /* b\nc */ d // e').split('\n').length, 2);
});

test('a relative include and an unknown folder are reported', () => {
  assert.match(problems('src/base/a.cpp', '#include "../tensor/tensor.hpp"\n')[0].problem, /path from src/);
  assert.match(problems('src/base/a.cpp', '#include "helper.hpp"\n')[0].problem, /no such room/);
  assert.match(problems('src/attic/a.cpp', '\n')[0].problem, /no room of CMakeLists/);
});

test('tests include what their room may, and helpers of their own', () => {
  assert.equal(problems('tests/onnx/a.cpp', '#include "onnx/surgery.hpp"\n').length, 0);
  assert.equal(problems('tests/onnx/a.cpp', '#include "onnx/toy.hpp"\n', ['tests/onnx/toy.hpp']).length, 0);
  assert.equal(problems('tests/onnx/a.cpp', '#include "toy.hpp"\n', ['tests/onnx/toy.hpp']).length, 0);
  assert.equal(problems('tests/onnx/a.cpp', '#include "model/family.hpp"\n').length, 1);
});

test('rooms that depend on each other in a circle, or on no room, are refused', () => {
  assert.throws(() => roomsOf('trilens_room(a DEPENDS b)\ntrilens_room(b DEPENDS a)'), /circle: a -> b -> a/);
  assert.throws(() => roomsOf('trilens_room(a DEPENDS nowhere)'), /no room/);
});

test('the program prints file:line and fails; on a tidy tree it succeeds', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'trilens-layers-'));
  try {
    mkdirSync(path.join(root, 'src/base'), { recursive: true });
    writeFileSync(path.join(root, 'CMakeLists.txt'), 'trilens_room(base)\ntrilens_room(view DEPENDS base)\n');
    writeFileSync(path.join(root, 'src/base/a.cpp'), '#include "base/a.hpp"\n');
    assert.match(execFileSync(kProgram, [root], { encoding: 'utf8' }), /1 files, 0 wrong/);
    writeFileSync(path.join(root, 'src/base/a.cpp'), '\n#include "view/a.hpp"\n');
    const { status, stderr } = spawnSync(kProgram, [root], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /^src\/base\/a\.cpp:2: includes "view\/a\.hpp"/);
  } finally {
    rmSync(root, { recursive: true });
  }
});
