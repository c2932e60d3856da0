// The used parts of the peers, so that the repository compiles without them.

declare module 'bullmq' {
  export interface Connection {
    readonly host: string;
    readonly port: number;
    readonly db?: number;
    readonly maxRetriesPerRequest: null;
  }
  export interface JobOptions {
    readonly removeOnComplete?: boolean;
    /** In milliseconds, from the timestamp. */
    readonly delay?: number;
    readonly timestamp?: number;
  }
  export class Queue<Data> {
    constructor(name: string, options: { connection: Connection });
    add(name: string, data: Data, options?: JobOptions): Promise<unknown>;
    addBulk(
      jobs: readonly { readonly name: string; readonly data: Data; readonly opts?: JobOptions }[],
    ): Promise<unknown>;
    obliterate(options: { force: boolean }): Promise<void>;
    close(): Promise<void>;
    waitUntilReady(): Promise<unknown>;
  }
  export class Worker<Data> {
    constructor(
      name: string,
      processor: (job: { readonly data: Data }) => Promise<void>,
      options: { connection: Connection; concurrency: number },
    );
    on(event: 'completed' | 'failed', listener: () => void): this;
    close(): Promise<void>;
    waitUntilReady(): Promise<unknown>;
  }
}

declare module 'pg-boss' {
  export default class PgBoss {
    constructor(options: { connectionString: string; schema: string });
    on(event: 'error', listener: (error: Error) => void): this;
    start(): Promise<unknown>;
    createQueue(name: string): Promise<void>;
    send(name: string, data: object): Promise<string | null>;
    work<Data>(
      name: string,
      options: { pollingIntervalSeconds: number; batchSize: number },
      handler: (jobs: readonly { readonly data: Data }[]) => Promise<void>,
    ): Promise<string>;
    stop(options: { graceful: boolean }): Promise<void>;
  }
}
