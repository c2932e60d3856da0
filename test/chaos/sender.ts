import { sign } from '../support/game.js';
import type { Ledger } from './ledger.js';
import { pause } from './waiting.js';
import type { Random } from './random.js';
import { request } from './request.js';
import { Walk } from './walk.js';

export interface SenderSettings {
  /**
   * Where to send the next one; `undefined` while no application listens. A walker keeps to one application, as far
   * as there are several.
   */
  readonly url: (walker?: number) => string | undefined;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Prefix of the ids of its events. */
  readonly name: string;
  /** Most requests at the same time. */
  readonly parallel?: number;
  /** Longest time between an answer and the next request of the same loop, in milliseconds. */
  readonly pauseMs?: number;
  /** Bytes that are added to each event. */
  readonly padding?: number;
}

/** Where a single event goes while no application listens. */
const NOWHERE = 'http://127.0.0.1:9';

const FORGER = Buffer.alloc(32, 1);

/** The part of the load with a forged signature. */
const FORGED_PART = 0.1;

/** How often a sender repeats an event without a 2xx answer, before a new event. */
const AGAIN_PART = 0.3;

/**
 * The load: sends events all the time, some forged, and repeats some without a 2xx answer, with the same id.
 * At the end it gives up the unanswered ones, like a sender that shuts down. Beside it, a walk brings lanes, firings
 * and timers.
 */
export class Sender {
  private count = 0;
  private isStopped = false;
  private loops: Promise<void>[] = [];
  private readonly unanswered: string[] = [];
  private walk: Walk | undefined;

  constructor(private readonly settings: SenderSettings) {}

  start(): this {
    const { parallel = 8, url, random, name, ledger } = this.settings;
    this.walk = new Walk({ url, random, name }).start();
    ledger.walks.push(this.walk);
    this.loops = Array.from({ length: parallel }, () => this.loop());
    return this;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.loops, this.walk?.stop()]);
  }

  /** Stops, though no application may accept anything any more. */
  async abandon(): Promise<void> {
    this.walk?.abandon();
    await this.stop();
  }

  /** Sends one event of another type than the load's. @returns its id */
  async send(type: string, data: object = {}): Promise<string> {
    const id = this.nextId(type);
    this.settings.ledger.probes.add(id);
    await this.post(this.settings.url() ?? NOWHERE, id, type, data, false);
    return id;
  }

  private async loop(): Promise<void> {
    const { random, pauseMs = 10, padding = 0, url } = this.settings;
    while (!this.isStopped) {
      await pause(random() * pauseMs);
      const target = url();
      if (target === undefined) continue;
      const isAgain = random() < AGAIN_PART;
      const again = isAgain ? this.unanswered.shift() : undefined;
      const isForged = random() < FORGED_PART && again === undefined;
      const id = again ?? this.nextId(isForged ? 'forged' : 'work');
      const isDone = await this.post(
        target,
        id,
        'work',
        { padding: 'x'.repeat(padding) },
        isForged,
      );
      if (!isDone && !isForged) this.unanswered.push(id);
    }
  }

  private nextId(word: string): string {
    return `${this.settings.name}-${word}-${++this.count}`;
  }

  private async post(
    url: string,
    id: string,
    type: string,
    data: object,
    isForged: boolean,
  ): Promise<boolean> {
    const { ledger } = this.settings;
    const { body, headers } = sign(JSON.stringify({ type, data }), {
      id,
      ...(isForged ? { key: FORGER } : {}),
    });
    const answered = await request(`${url}/webhooks/game`, body, headers);
    ledger.enter(id, isForged, answered);
    return answered.kind === 'answered' && answered.status < 300;
  }
}
