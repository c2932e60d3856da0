import asyncHooks from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import { LegacyFakeTimers, ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

const { AsyncLocalStorage } = asyncHooks;

/** The storages of the applications that tests have started. */
const storages = new Set();

class TrackedStorage extends AsyncLocalStorage {
  constructor(...args) {
    super(...args);
    storages.add(this);
  }
}

asyncHooks.AsyncLocalStorage = TrackedStorage;
syncBuiltinESMExports();

/**
 * Up to Node.js 22, each promise of the process costs more for every storage that was ever used,
 * until it is disabled. A storage that is used again enables itself.
 */
function disableStorages() {
  for (const storage of storages) storage.disable();
  storages.clear();
}

function restoreKeys(object, keys) {
  const before = new Set(keys);
  for (const key of Object.getOwnPropertyNames(object)) {
    if (!before.has(key)) delete object[key];
  }
}

/**
 * Runs spec files in the realm of their worker. In a realm of its own, a file would look up each
 * global (`Reflect`, `Promise`) through two proxies, and could not share a package with others.
 *
 * After each file, its additions to the globals and to `process.env` are removed.
 */
export default class OneRealmEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  #properties = Object.getOwnPropertyNames(globalThis);
  #console = globalThis.console;
  #exit = process.exit;
  #env = { ...process.env };

  constructor({ projectConfig: config }) {
    const { global, moduleMocker } = this;
    const timerConfig = { idToRef: (timer) => timer, refToId: (timer) => timer };
    this.fakeTimers = new LegacyFakeTimers({ config, global, moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers({ config, global });
    Object.assign(global, config.globals);
  }

  async setup() {}

  handleTestEvent({ name }) {
    if (name === 'test_done') disableStorages();
  }

  async teardown() {
    disableStorages();
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    globalThis.console = this.#console;
    process.exit = this.#exit;
    restoreKeys(process.env, Object.keys(this.#env));
    Object.assign(process.env, this.#env);
    restoreKeys(globalThis, this.#properties);
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
}
