import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const kProgram = fileURLToPath(new URL('../../scripts/catalog', import.meta.url));

test('the catalog lists the bundled models as they lie there, with size and SHA-256', () => {
  const { status, stderr } = spawnSync(kProgram, ['--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
