import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));

test('the small world: its French, its reader, what it tells and what it holds out (tests/world, in Python)', () => {
  const { status, stderr, error } = spawnSync('python3', ['-m', 'unittest', 'discover', '-s', 'tests/world'], { cwd: kRoot, encoding: 'utf8' });
  assert.equal(error, undefined);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /Ran [1-9]\d* tests/);
});
