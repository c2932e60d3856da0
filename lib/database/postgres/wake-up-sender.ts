import type { Clock } from '../../clock/clock.js';
import type { WakeUp } from '../wake-ups.js';
import { PendingWakeUp } from './pending-wake-up.js';

/** The shortest time between two notifications of a process, in milliseconds: a flood sends few. */
const MIN_GAP_MS = 20;

/**
 * Sends wake-ups one after the other: at once after a quiet time, and those of a flood together.
 *
 * @internal
 */
export class WakeUpSender {
  private readonly pending = new PendingWakeUp();
  private sending: Promise<void> | undefined;
  private state: 'idle' | 'started' | 'stopped' = 'idle';
  private isScheduled = false;
  private lastSentAt = -Infinity;

  /** @param send sends the text of a wake-up; never rejects */
  constructor(
    private readonly clock: Clock,
    private readonly send: (text: string) => Promise<void>,
  ) {}

  /** Sends from now on, first what was added before. */
  start(): void {
    this.state = 'started';
    this.sendSoon();
  }

  add(wakeUp: WakeUp): void {
    if (this.state === 'stopped') return;
    this.pending.add(wakeUp);
    this.sendSoon();
  }

  /** Resolves when everything is sent. */
  async stop(): Promise<void> {
    const wasStarted = this.state === 'started';
    this.state = 'stopped';
    await this.sending;
    if (wasStarted && !this.pending.isEmpty) await this.send(this.pending.take());
  }

  private sendSoon(): void {
    if (this.state !== 'started' || this.pending.isEmpty) return;
    if (this.isScheduled || this.sending !== undefined) return;
    this.isScheduled = true;
    const inMs = Math.max(0, this.lastSentAt + MIN_GAP_MS - performance.now());
    this.clock.schedule(() => {
      this.isScheduled = false;
      if (this.state === 'started') this.sendNow();
    }, inMs);
  }

  private sendNow(): void {
    this.lastSentAt = performance.now();
    this.sending = this.send(this.pending.take()).finally(() => {
      this.sending = undefined;
      this.sendSoon();
    });
  }
}
