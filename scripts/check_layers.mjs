// Holds the includes of src/ and tests/ to the rooms of CMakeLists.txt, and keeps platform and library headers in the rooms
// that own them. Prints "file:line: what is wrong" for each finding; exit status 1 if there is one.
//
//   scripts/check_layers [REPOSITORY]
//
// The rooms are read from CMakeLists.txt (`trilens_room(view DEPENDS state)`, `trilens_app(page … DEPENDS ui)`): a room may
// include itself, what it depends on, and what those depend on. Not here: cycles between files of one room.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Headers and names that only some places may use. `in`: prefixes of paths. */
const kOwned = [
  { what: 'the browser', header: /^(emscripten|GLES[23]\/|GL\/|EGL\/|webgl\/|html5)/, in: ['src/app/'] },
  { what: 'Dear ImGui', header: /^(imgui|imstb|backends\/imgui)/, in: ['src/ui/', 'src/app/', 'tests/ui/'] },
  { what: 'utf8proc', header: /^utf8proc/, in: ['src/tokenize/', 'tests/tokenize/'] },
];

/**
 * @param {string} cmake text of CMakeLists.txt
 * @returns {Map<string, Set<string>>} place ("view", "app/page") → rooms that it may include
 */
export function roomsOf(cmake) {
  /** @type {Map<string, string[]>} */
  const direct = new Map();
  const text = cmake.replace(/#.*$/gm, '');
  for (const [, kind, body] of text.matchAll(/\btrilens_(room|app)\s*\(([^)]*)\)/g)) {
    const [name, ...words] = body.trim().split(/\s+/);
    const from = words.indexOf('DEPENDS');
    const after = from < 0 ? [] : words.slice(from + 1);
    const end = after.findIndex((word) => /^[A-Z]+$/.test(word));
    direct.set(kind === 'app' ? `app/${name}` : name, end < 0 ? after : after.slice(0, end));
  }
  /** @type {Map<string, Set<string>>} */
  const allowed = new Map();
  /** @param {string} name @param {string[]} path_here @returns {Set<string>} */
  const reach = (name, path_here) => {
    const known = allowed.get(name);
    if (known) return known;
    if (path_here.includes(name)) throw new Error(`CMakeLists.txt: rooms depend on each other in a circle: ${[...path_here, name].join(' -> ')}`);
    const all = new Set([name]);
    for (const below of direct.get(name) ?? []) {
      if (!direct.has(below)) throw new Error(`CMakeLists.txt: ${name} depends on ${below}, which is no room`);
      for (const room of reach(below, [...path_here, name])) all.add(room);
    }
    allowed.set(name, all);
    return all;
  };
  for (const name of direct.keys()) reach(name, []);
  return allowed;
}

/** Comments blanked, lines and strings kept. @param {string} source */
export function withoutComments(source) {
  return source.replace(/"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (part) => (part.startsWith('"') ? part : part.replace(/[^\n]/g, ' ')));
}

/**
 * What is wrong in one C++ file.
 * @param {string} file path from the repository's root, with /
 * @param {string} source
 * @param {{rooms: Map<string, Set<string>>, exists: (path: string) => boolean}} house
 * @returns {{line: number, problem: string}[]}
 */
export function findingsIn(file, source, { rooms, exists }) {
  const [top, room, sub] = file.split('/');
  const place = room === 'app' ? `app/${sub}` : room;
  const allowed = rooms.get(place);
  const everyRoom = new Set([...rooms.keys()].map((name) => name.split('/')[0]));
  /** @type {{line: number, problem: string}[]} */
  const findings = [];
  if (top === 'src' && !everyRoom.has(room)) findings.push({ line: 1, problem: `src/${room} is no room of CMakeLists.txt` });

  withoutComments(source).split('\n').forEach((text, index) => {
    /** @param {string} problem */
    const add = (problem) => findings.push({ line: index + 1, problem });
    const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(text);
    if (!include) {
      if (top === 'src' && (/\bort\s*\.\s*\w/.test(text) || /onnxruntime/i.test(text.replace(/"[^"]*"/g, '""')))) {
        add('calls ONNX Runtime: only web/ does that');
      }
      return;
    }
    const [, quote, header] = include;
    for (const owned of kOwned) {
      if (owned.header.test(header) && !owned.in.some((prefix) => file.startsWith(prefix))) {
        add(`includes <${header}>: only ${owned.in.filter((p) => p.startsWith('src/')).join(' and ')} may know of ${owned.what}`);
      }
    }
    if (quote === '<') return;
    const target = header.split('/')[0];
    if (header.includes('..') || header.startsWith('./')) return add(`includes "${header}": write the path from src/, as "room/file.hpp"`);
    if (top === 'tests' && !exists(`src/${header}`) && (exists(`tests/${header}`) || exists(`${path.posix.dirname(file)}/${header}`))) return;
    if (!everyRoom.has(target)) {
      if (!kOwned.some((owned) => owned.header.test(header))) add(`includes "${header}": no such room; write the path from src/, as "room/file.hpp"`);
      return;
    }
    if (target === room) {
      const [, part, ...rest] = header.split('/');
      if (room === 'app' && rest.length > 0 && part !== sub) add(`includes "${header}": the page and the engine do not include each other`);
      return;
    }
    if (allowed && !allowed.has(target)) {
      add(`includes "${header}": ${place} may include ${[...allowed].filter((name) => name !== place).join(', ') || 'no other room'}`);
    }
  });
  return findings;
}

/** @param {string} root @returns {string[]} C++ files, from the root */
function sourcesBelow(root) {
  return ['src', 'tests'].flatMap((top) => {
    if (!existsSync(path.join(root, top))) return [];
    return readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(cpp|hpp|h|inc)$/.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'));
  }).sort();
}

/** @param {string} root @returns {{files: number, findings: string[]}} */
export function checkRepository(root) {
  const rooms = roomsOf(readFileSync(path.join(root, 'CMakeLists.txt'), 'utf8'));
  const files = sourcesBelow(root);
  /** @param {string} name */
  const exists = (name) => existsSync(path.join(root, name));
  const findings = files.flatMap((file) => findingsIn(file, readFileSync(path.join(root, file), 'utf8'), { rooms, exists })
    .map(({ line, problem }) => `${file}:${line}: ${problem}`));
  return { files: files.length, findings };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '..'));
  const { files, findings } = checkRepository(root);
  for (const finding of findings) console.error(finding);
  console.log(`check_layers: ${files} files, ${findings.length} wrong`);
  process.exit(findings.length === 0 && files > 0 ? 0 : 1);
}
