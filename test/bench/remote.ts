/** The methods of a process for the one that started it. */
export type Methods = Record<string, (...args: never[]) => unknown>;

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** Answers the calls of the process that started this one, and ends with it. */
export function serve(methods: Methods): void {
  process.on('message', ({ id, method, args }: Call) => {
    void answer(id, () => methods[method]?.(...(args as never[])));
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ id: 0, ok: true, value: undefined } satisfies Reply);
}

/** The configuration from the starting process. */
export function configuration<Config>(): Config {
  return JSON.parse(process.env['BENCH_CONFIG'] ?? '{}') as Config;
}

async function answer(id: number, work: () => unknown): Promise<void> {
  try {
    send({ id, ok: true, value: await work() });
  } catch (error) {
    send({ id, ok: false, error: (error as Error).stack ?? String(error) });
  }
}

function send(reply: Reply): void {
  process.send?.(reply);
}
