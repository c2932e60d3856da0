import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { canPin } from './child.process.js';

/** The machine of the measurement. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  /** How server and load share the cores. */
  readonly placement: string;
}

export function machine(): Machine {
  const cores = availableParallelism();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    placement: canPin
      ? 'server on core 0, load on core 1'
      : cores === 1
        ? 'server and load share the only core'
        : 'server and load on any core: there is no taskset',
  };
}
