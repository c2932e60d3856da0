// REQ-247 An application has one copy of every class, whether it imports or requires the package.
import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

for (const entry of ['nestjs-hookline', 'nestjs-hookline/signatures', 'nestjs-hookline/testing']) {
  const imported = await import(entry);
  const required = require(entry);
  assert.deepEqual(new Set(Object.keys(required)), new Set(Object.keys(imported)));
  for (const [name, value] of Object.entries(imported)) assert.equal(required[name], value, name);
}

const requireOfPackage = createRequire(require.resolve('nestjs-hookline'));
for (const peer of ['@nestjs/common', '@nestjs/core', '@nestjs/typeorm', 'typeorm', 'rxjs']) {
  const ofHost = realpathSync(require.resolve(peer));
  assert.equal(realpathSync(requireOfPackage.resolve(peer)), ofHost, peer);
}
