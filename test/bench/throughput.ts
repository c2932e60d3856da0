import type { Child } from './child.process.js';
import type { WebhookApp } from './apps/webhook-app.js';
import type { LoadApi } from './load/load.process.js';
import { monotonicMs } from './monotonic.clock.js';
import type { BenchOptions } from './options.js';

/** One id in so many is posted again. */
const REPEAT_EVERY = 10;
const WARM_UP_SECONDS = 2;
/** No server here exceeds this; the size of later floods follows from the measured rate. */
const FIRST_GUESS_PER_SECOND = 40_000;
const HEADROOM = 1.3;

/** Floods one server repeatedly, and measures how many webhooks a second it completes. */
export class Throughput {
  /** New ids that were answered 2xx, after the warm-up. */
  distinct = 0;
  /** How many of them were handled. */
  handled = 0;
  private longestDrainMs = 0;
  private perSecond = FIRST_GUESS_PER_SECOND;

  private constructor(
    private readonly server: Child<WebhookApp>,
    private readonly load: Child<LoadApi>,
    private readonly port: number,
    private readonly options: BenchOptions,
  ) {}

  static async create(
    server: Child<WebhookApp>,
    load: Child<LoadApi>,
    options: BenchOptions,
  ): Promise<Throughput> {
    const throughput = new Throughput(server, load, await server.call('port'), options);
    await throughput.flood(WARM_UP_SECONDS);
    throughput.distinct = 0;
    throughput.handled = 0;
    throughput.longestDrainMs = 0;
    return throughput;
  }

  /** How long the handling went on after the last answer, at most. */
  get drained(): string {
    return `${Math.ceil(this.longestDrainMs)} ms`;
  }

  /**
   * Webhooks answered 2xx a second. Each accepted event must be handled and recorded: the time for this after
   * the flood counts.
   */
  round(): Promise<number> {
    return this.flood(this.options.seconds);
  }

  private async flood(seconds: number): Promise<number> {
    const { connections } = this.options;
    const before = await this.server.call('handled');
    const { answered, distinct, others, startedAtMs, elapsedMs } = await this.load.call('flood', {
      port: this.port,
      connections,
      seconds,
      requests: Math.ceil(this.perSecond * seconds * HEADROOM),
      repeatEvery: REPEAT_EVERY,
    });
    if (Object.keys(others).length > 0) {
      throw new Error(`Expected only 2xx, got also ${JSON.stringify(others)}.`);
    }
    await this.server.call('drain', before + distinct);
    const totalMs = monotonicMs() - startedAtMs;
    this.distinct += distinct;
    this.handled += (await this.server.call('handled')) - before;
    this.longestDrainMs = Math.max(this.longestDrainMs, totalMs - elapsedMs);
    this.perSecond = answered / (totalMs / 1_000);
    return this.perSecond;
  }
}
