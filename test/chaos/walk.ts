import { deliver } from './deliver.js';
import type { Random } from './random.js';
import { pause } from './waiting.js';

const WALKERS = [0, 1, 2, 3];

/** The timers that are set in a round are fired or cancelled by its end. */
const STEPS_OF_ROUND = 3;

/** How far in the past the events begin, in milliseconds: those that occur in the future would be out of order. */
const AGO_MS = 3_600_000;

export interface WalkSettings {
  /** The application of a walker: the order of its steps is that of one application's clock. */
  readonly url: (walker: number) => string | undefined;
  readonly random: Random;
  /** Prefix of the names of its walkers. */
  readonly name: string;
  /**
   * Longest time between an answer and the next step of a walker, in milliseconds.
   * @default 800: each step is several jobs, which must not cost a busy machine the leases of the load
   */
  readonly pauseMs?: number;
}

/** Goes beside a load: walkers send their steps, one after the other, each until it is accepted. */
export class Walk {
  /** How many steps each walker has gone. */
  readonly steps = new Map<string, number>();
  private readonly beganAt = Date.now() - AGO_MS;
  private isStopped = false;
  private isAbandoned = false;
  private walking: Promise<unknown> = Promise.resolve();

  constructor(private readonly settings: WalkSettings) {}

  /** Goes on until it is stopped. */
  start(): this {
    this.walking = Promise.all(WALKERS.map((walker) => this.walk(walker)));
    // `stop()` reports the error.
    this.walking.catch(() => undefined);
    return this;
  }

  /** Resolves when the rounds that have begun have been accepted. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.walking;
  }

  /** Stops, and gives up what was not accepted. */
  abandon(): void {
    this.isStopped = true;
    this.isAbandoned = true;
  }

  /** Resolves when all walkers have gone some steps. */
  async round(): Promise<void> {
    await Promise.all(WALKERS.map((walker) => this.goRound(walker)));
  }

  private async walk(walker: number): Promise<void> {
    do await this.goRound(walker);
    while (!this.isStopped);
  }

  private async goRound(index: number): Promise<void> {
    const { name, url, random, pauseMs = 800 } = this.settings;
    const walker = `${name}-walker-${index}`;
    const before = this.steps.get(walker) ?? 0;
    for (let step = before + 1; step <= before + STEPS_OF_ROUND; step++) {
      await deliver({
        url: () => url(index),
        id: stepId(walker, step),
        type: 'step',
        data: { walker, step },
        occurredAt: new Date(this.beganAt + step),
        isOver: () => this.isAbandoned,
      });
      this.steps.set(walker, step);
      await pause(random() * pauseMs);
    }
  }
}

/** The id of a step's event. */
export function stepId(walker: string, step: number): string {
  return `${walker}-${step}`;
}
