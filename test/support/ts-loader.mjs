// Lets Node.js run the TypeScript of this repository as native ES modules:
//   node --import ./test/support/ts-loader.mjs app.ts
// Processes that a test starts, and kills, run the library in this way.
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
