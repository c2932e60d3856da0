import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve as absolute } from 'node:path';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Call, Methods, Reply } from './remote.js';

export interface Spawn {
  /** Below this folder, such as `apps/library.app.js`. */
  readonly file: string;
  /** The core to pin it to, if the machine can do that. */
  readonly core?: number;
  /** The value that {@link configuration} returns in it; must fit into JSON. */
  readonly config?: unknown;
  readonly nodeOptions?: readonly string[];
  /** The checkout of the file. @default this one */
  readonly checkout?: string;
}

/** Whether processes can be pinned to a core. */
export const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** A process of the benchmark, and the methods that it offers. */
export class Child<Api extends Methods> {
  private readonly pending = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private lastId = 0;

  private constructor(private readonly process: ChildProcess) {}

  static async start<Api extends Methods>({
    file,
    core,
    config = {},
    nodeOptions = [],
    checkout,
  }: Spawn): Promise<Child<Api>> {
    const node = [...nodeOptions, fileURLToPath(new URL(file, folderOf(checkout)))];
    const command =
      canPin && core !== undefined
        ? ['taskset', '-c', String(core), process.execPath, ...node]
        : [process.execPath, ...node];
    const spawned = spawn(command[0] as string, command.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, NODE_ENV: 'production', BENCH_CONFIG: JSON.stringify(config) },
    });
    const child = new Child<Api>(spawned);
    const ready = child.expect(0);
    spawned.on('message', (reply: Reply) => child.settle(reply));
    spawned.on('exit', (code) => child.failAll(new Error(`${file} ended with code ${code}.`)));
    await ready;
    return child;
  }

  call<Name extends keyof Api & string>(
    method: Name,
    ...args: Parameters<Api[Name]>
  ): Promise<Awaited<ReturnType<Api[Name]>>> {
    const id = ++this.lastId;
    const reply = this.expect(id);
    this.process.send({ id, method, args } satisfies Call);
    return reply as Promise<Awaited<ReturnType<Api[Name]>>>;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }

  private expect(id: number): Promise<never> {
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  private settle(reply: Reply): void {
    const caller = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.ok) caller?.resolve(reply.value as never);
    else caller?.reject(new Error(reply.error));
  }

  private failAll(error: Error): void {
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

/** The folder of a checkout's compiled benchmarks. */
export function folderOf(checkout: string | undefined): URL {
  if (checkout === undefined) return new URL('./', import.meta.url);
  return new URL('test/bench/dist/', pathToFileURL(`${absolute(checkout)}/`));
}
