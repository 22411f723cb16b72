// Names and lists, with an API and without, against tests/support/hub_server.mjs.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Hub, kPublicHub, parseBase, parseModelName, parsePointer } from '../../web/hub.mjs';
import { FakeClock } from '../support/fake_clock.mjs';
import { noise, sha256, startHub } from '../support/hub_server.mjs';

const kModel = noise(5000);
const kFiles = { 'config.json': '{"model_type":"bert"}', 'tokenizer.json': '{}', 'README.md': '# card', 'onnx/model.onnx': kModel, 'onnx/model_quantized.onnx': noise(900), 'onnx/model.onnx_data': noise(70) };
/** @type {Awaited<ReturnType<typeof startHub>>[]} */
const started = [];
afterEach(() => Promise.all(started.splice(0).map((hub) => hub.close())));

/** @param {object} [options] @param {object} [repo] */
async function hubWith(options = {}, repo = {}) {
  const server = await startHub({ repos: { 'owner/name': { files: kFiles, ...repo } }, ...options });
  started.push(server);
  const clock = new FakeClock();
  return { server, clock, hub: new Hub({ base: server.base, fetch, clock }) };
}
const name = parseModelName('owner/name');
/** @param {() => unknown} work @param {string} code @param {RegExp} message */
const fails = (work, code, message) => assert.rejects(async () => work(), (/** @type {any} */ error) => {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
});

test('a name is owner/name or owner/name@revision', () => {
  assert.deepEqual(parseModelName(' Xenova/distilgpt2 '), { repo: 'Xenova/distilgpt2', revision: 'main' });
  assert.deepEqual(parseModelName('a_b/c.d-e@v1.0'), { repo: 'a_b/c.d-e', revision: 'v1.0' });
  assert.deepEqual(parseModelName('o/n@refs/pr/3'), { repo: 'o/n', revision: 'refs/pr/3' });
  assert.deepEqual(parseModelName('o/n@0123456789abcdef0123456789abcdef01234567').revision.length, 40);
});

test('anything else is refused with the reason', async () => {
  for (const [text, why] of /** @type {[string, RegExp][]} */ ([
    ['', /empty/], ['gpt2', /owner before the \//], ['a/b/c', /more than one/], ['https://x.example/a/b', /an address/], ['//x/y', /an address/], ['../b', /made of/], ['a/..', /made of/],
    ['a b/c', /made of/], ['a/b--c', /made of/], ['a/b?x', /made of/], ['a/é', /made of/], ['-a/b', /made of/], ['a/b.git', /\.git/], [`a/${'b'.repeat(97)}`, /longer/],
    ['a/b@', /revision/], ['a/b@../c', /revision/], ['a/b@x y', /revision/], ['a/b@x@y', /revision/], ['a/b@x//y', /revision/], ['a/b%2f..@main', /made of/], ['file:a/b', /an address/],
  ])) await fails(() => parseModelName(text), 'invalid_argument', why);
});

test('a base address is https or http and carries neither password nor query', async () => {
  assert.equal(parseBase(' https://models.example.org/hub/ '), 'https://models.example.org/hub');
  for (const bad of ['models.example.org', 'ftp://x.example', 'javascript:alert(1)', 'https://u:p@x.example', 'https://x.example/?a']) await fails(() => parseBase(bad), 'invalid_argument', /address/);
  assert.equal(new Hub({ fetch, clock: new FakeClock() }).base, kPublicHub.base);
});

describe('with an API', () => {
  test('one request gives the commit, lengths, hashes of large files, and what the host says of the model', async () => {
    const { server, hub } = await hubWith({}, { info: { pipeline_tag: 'fill-mask', config: { model_type: 'bert' }, cardData: { license: 'mit', language: 'en' } } });
    const listing = await hub.list(name);
    assert.equal(server.log.length, 1);
    assert.equal(listing.commit, server.commit);
    assert.equal(listing.how, 'api');
    assert.deepEqual(listing.about, { task: 'fill-mask', modelType: 'bert', license: 'mit', languages: ['en'] });
    assert.deepEqual(listing.files.find((file) => file.path === 'onnx/model.onnx'), { path: 'onnx/model.onnx', bytes: 5000, sha256: sha256(kModel), url: `${server.base}/owner/name/resolve/${server.commit}/onnx/model.onnx` });
    assert.deepEqual(listing.files.find((file) => file.path === 'config.json')?.sha256, '');
    assert.equal(await hub.readText(listing, 'README.md'), '# card');
  });

  test('a host that gives no lengths is asked for its tree, over several pages and never elsewhere', async () => {
    const { server, hub } = await hubWith({ blobs: false, pageSize: 2 });
    const listing = await hub.list(name);
    assert.equal(listing.how, 'tree');
    assert.deepEqual(listing.files.map((file) => file.path), Object.keys(kFiles));
    assert.deepEqual(listing.files.map((file) => file.bytes), Object.values(kFiles).map((bytes) => bytes.length));
    assert.equal(listing.files[3].sha256, sha256(kModel));
    assert.equal(server.log.length, 4);
    assert.ok(server.log.slice(1).every((one) => one.path.includes(`/tree/${server.commit}`)));
  });

  test('what is not there, not public, or not this revision is told apart as far as the host does', async () => {
    const { hub } = await hubWith();
    await fails(() => hub.list(parseModelName('owner/nothing')), 'model_gated', /does not exist \(check the spelling\)/);
    await fails(() => hub.list(parseModelName('owner/name@v9')), 'model_missing', /no such revision.*@v9/);
  });

  test('a gated model says so in its list', async () => {
    const { hub } = await hubWith({}, { gated: true });
    const listing = await hub.list(name);
    assert.equal(listing.gated, true);
    await fails(() => hub.readText(listing, 'config.json'), 'model_gated', /asks for a log-in at its host/);
  });

  test('lists that make no sense or lead out of the folder are refused', async () => {
    const { server, hub } = await hubWith();
    for (const body of ['[]', '"x"', '{"sha":"0","siblings":[{"rfilename":"../../etc","size":1}]}', '{"siblings":[{"rfilename":"a\\\\b","size":1}]}', '{"siblings":[{"rfilename":"","size":1}]}', '{"siblings":[{"size":1}]}', '{"sib']) {
      server.behave();
      server.misbehave({ path: /api/, body });
      await fails(() => hub.list(name), 'model_malformed', /makes no sense/);
    }
    server.behave();
    server.misbehave({ path: /api/, body: JSON.stringify({ siblings: Array.from({ length: 10_001 }, (_, i) => ({ rfilename: `f${i}`, size: 1 })) }) });
    await fails(() => hub.list(name), 'model_unsupported', /10001 files/);
    server.behave();
    server.misbehave({ path: /api/, body: `"${'x'.repeat(9 << 20)}"` });
    await fails(() => hub.list(name), 'model_malformed', /longer than/);
  });

  test('a cut list is asked for again', async () => {
    const { server, clock, hub } = await hubWith();
    server.misbehave({ path: /api/, times: 1, cutAfter: 20 });
    assert.equal((await hub.list(name)).files.length, 6);
    assert.deepEqual(clock.waits, [1000]);
  });
});

describe('without an API', () => {
  for (const html404 of [false, true]) {
    test(`the usual names are tried, and pointers give hash and length${html404 ? '; a web page for what is not there is no file' : ''}`, async () => {
      const { server, hub } = await hubWith({ api: false, html404 });
      const listing = await hub.list(name);
      assert.equal(listing.how, 'probe');
      assert.equal(listing.commit, server.commit);
      assert.deepEqual(listing.files.map((file) => [file.path, file.bytes, file.sha256]), Object.entries(kFiles)
        .map(([path, bytes]) => [path, bytes.length, /onnx/.test(path) ? sha256(bytes) : '']).sort());
      const probes = server.log.filter((one) => one.path.includes('/resolve/'));
      assert.ok(probes.every((one) => one.method === 'HEAD' && one.sent === 0));
      assert.ok(probes.slice(1).every((one) => one.path.includes(server.commit) || one.origin === 'storage'), 'all of one commit');
    });
  }

  test('a plain file server without commits and pointers will do', async () => {
    const { server, hub } = await hubWith({ api: false, commits: false });
    server.misbehave({ path: /\/raw\//, status: 404 });
    const listing = await hub.list(name);
    assert.equal(listing.commit, '');
    assert.deepEqual(listing.files.find((file) => file.path === 'onnx/model.onnx'), { path: 'onnx/model.onnx', bytes: 5000, sha256: '', url: `${server.base}/owner/name/resolve/main/onnx/model.onnx` });
  });

  test('where `raw` sends the file itself, it is not read', async () => {
    const { server, hub } = await hubWith({ api: false });
    server.misbehave({ path: /\/raw\//, body: kModel });
    assert.equal((await hub.list(name)).files.find((file) => file.path === 'onnx/model.onnx')?.sha256, '');
  });

  test('a server of another kind is recognised', async () => {
    const { server, hub } = await hubWith({ api: false });
    server.misbehave({ path: /./, status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>' });
    await fails(() => hub.list(name), 'model_missing', /a web page where owner\/name\/config\.json/);
    await fails(async () => (await hubWith({ api: false })).hub.list(parseModelName('no/body')), 'model_missing', /no no\/body\/config\.json/);
  });
});

test('a pointer is known by its three lines', () => {
  const oid = 'ab'.repeat(32);
  assert.deepEqual(parsePointer(`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`), { bytes: 12, sha256: oid });
  for (const text of ['', '{}', `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\n`, `version https://git-lfs.github.com/spec/v1\noid sha256:xyz\nsize 12\n`]) assert.equal(parsePointer(text), null);
});
