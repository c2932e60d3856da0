#!/usr/bin/env node
import { createRequire } from 'node:module';
import { run } from './program.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

process.exitCode = await run(process.argv.slice(2), {
  version,
  env: process.env,
  now: () => new Date(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
