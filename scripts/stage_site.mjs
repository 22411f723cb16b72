// Copies what the page is made of into BUILD/site, as it is served: node scripts/stage_site.mjs BUILD DEPENDENCIES
// Files that are already there unchanged are left alone; what no longer belongs is removed.

import { cp, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const kModules = path.join(kRoot, 'node_modules');

// The two builds of ONNX Runtime Web that web/load_ort.mjs chooses from, with their source maps left out.
const kOrt = [
  'ort.jspi.bundle.min.mjs', 'ort-wasm-simd-threaded.jspi.wasm',
  'ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm',
];
const kFonts = {
  'Inter-Regular.ttf': '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  'Inter-SemiBold.ttf': '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
  'JetBrainsMono-Regular.ttf': '@expo-google-fonts/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf',
  // fetched by the browser when a text has letters that neither the fonts above nor the device's own have
  'NotoEmoji-Regular.ttf': '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf',
  'DejaVuSans.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
};
/** Licence texts that go with what is served. `deps`: the folder that scripts/bootstrap filled. @param {string} deps */
const licences = (deps) => ({
  'LICENSE.txt': path.join(kRoot, 'LICENSE'),
  'NOTICE.txt': path.join(kRoot, 'NOTICE'),
  'licenses/dear-imgui.txt': path.join(deps, 'imgui/LICENSE.txt'),
  'licenses/utf8proc.md': path.join(deps, 'utf8proc/LICENSE.md'),
  'licenses/inter.txt': path.join(kModules, '@expo-google-fonts/inter/LICENSE_FONT'),
  'licenses/jetbrains-mono.txt': path.join(kModules, '@expo-google-fonts/jetbrains-mono/LICENSE_FONT'),
  'licenses/noto-emoji.txt': path.join(kModules, '@expo-google-fonts/noto-emoji/LICENSE_FONT'),
  'licenses/hash-wasm.txt': path.join(kModules, 'hash-wasm/LICENSE'),
  'licenses/js-yaml.txt': path.join(kModules, 'js-yaml/LICENSE'),
  'licenses/dejavu.txt': path.join(kModules, 'dejavu-fonts-ttf/LICENSE'),
});
const kFolders = ['web', 'shaders', 'assets'];

/** @param {string} folder @returns {Promise<string[]>} files below, relative */
async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
}

/** @param {string} build @param {string} deps @returns {Promise<Map<string, string>>} place in the site → file that belongs there */
export async function siteFiles(build, deps) {
  /** @type {Map<string, string>} */
  const files = new Map([['index.html', path.join(kRoot, 'index.html')]]);
  for (const folder of kFolders) {
    for (const file of await filesBelow(path.join(kRoot, folder))) files.set(path.join(folder, file), path.join(kRoot, folder, file));
  }
  for (const name of kOrt) files.set(path.join('ort', name), path.join(kModules, 'onnxruntime-web/dist', name));
  files.set('vendor/sha256.umd.min.js', path.join(kModules, 'hash-wasm/dist/sha256.umd.min.js')); // web/sha256.mjs
  files.set('vendor/js-yaml.mjs', path.join(kModules, 'js-yaml/dist/js-yaml.mjs')); // web/model_card.mjs
  for (const [name, from] of Object.entries(kFonts)) files.set(path.join('assets/fonts', name), path.join(kModules, from));
  for (const [name, from] of Object.entries(licences(deps))) files.set(name, from);
  for (const module of ['trilens_engine', 'trilens_page']) {
    for (const ending of ['mjs', 'wasm']) files.set(`${module}.${ending}`, path.join(build, `${module}.${ending}`));
  }
  return files;
}

/** @param {string} build @param {string} deps @returns {Promise<{copied: number, removed: number, missing: string[]}>} */
export async function stageSite(build, deps) {
  const site = path.join(build, 'site');
  const files = await siteFiles(build, deps);
  const missing = [];
  let copied = 0;
  let removed = 0;
  for (const [place, from] of files) {
    const to = path.join(site, place);
    const [wanted, there] = await Promise.all([stat(from).catch(() => null), stat(to).catch(() => null)]);
    if (!wanted) {
      missing.push(path.relative(kRoot, from));
      continue;
    }
    if (there && there.size === wanted.size && Math.abs(there.mtimeMs - wanted.mtimeMs) < 2) continue;
    await mkdir(path.dirname(to), { recursive: true });
    await cp(from, to);
    await utimes(to, wanted.atime, wanted.mtime);
    copied++;
  }
  for (const place of await filesBelow(site)) {
    if (files.has(place)) continue;
    await rm(path.join(site, place));
    removed++;
  }
  return { copied, removed, missing };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [build, deps] = process.argv.slice(2);
  if (!build || !deps) {
    console.error('usage: node scripts/stage_site.mjs BUILD_FOLDER DEPENDENCIES_FOLDER');
    process.exit(2);
  }
  const { copied, removed, missing } = await stageSite(path.resolve(build), path.resolve(deps));
  console.log(`site: ${copied} files copied, ${removed} removed`);
  if (missing.length > 0) {
    console.error(`site: MISSING ${missing.join(', ')}`);
    process.exit(1);
  }
}
