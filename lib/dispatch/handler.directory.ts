import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { EventInterests } from './event-interests.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerStore, type KnownHandler } from './handler.store.js';
import { HANDLERS_OPTIONS, type ResolvedHandlersOptions } from './handlers.options.js';

/** How often a process says which handlers it has. */
const NOTE_EVERY_MS = 60_000;

/** How often a process that plans for others looks which handlers they have. */
const LOOK_EVERY_MS = 10_000;

/** How soon it looks again while it has not seen any yet: until then it takes no events. */
const FIRST_LOOK_AGAIN_MS = 1_000;

/** A process that has a handler has said so within this time, twice missed. */
const SEEN_WITHIN_MS = 3 * NOTE_EVERY_MS;

/**
 * Which handlers other processes have. Those that run jobs say so in the database, now and then; those
 * that run none, or have no handlers at all, plan jobs for them. A process that has handlers and runs them
 * plans for its own only: it would give a handler that was renamed its events twice.
 *
 * @internal
 */
@Injectable()
export class HandlerDirectory implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly others = new EventInterests<KnownHandler>();
  private readonly announcers: (() => readonly KnownHandler[])[] = [];
  private known: readonly KnownHandler[] = [];
  private hasLooked = false;
  private startedAt = 0;
  private started: Promise<void> | undefined;
  private running: Promise<void> = Promise.resolve();
  private cancelNext: CancelTimer | undefined;
  private isStopped = false;

  constructor(
    private readonly registry: HandlerRegistry,
    private readonly store: HandlerStore,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly queue: ResolvedQueueOptions,
    @Inject(HANDLERS_OPTIONS.token) private readonly options: ResolvedHandlersOptions,
  ) {}

  /** Whether this process has jobs planned for handlers of other processes. */
  get plansForOthers(): boolean {
    return !this.queue.enabled || this.registry.isEmpty;
  }

  /** Whether this process knows all handlers that it has jobs planned for. */
  get isKnown(): boolean {
    return this.hasLooked || !this.plansForOthers;
  }

  /** Adds methods that no event runs, for which processes look by {@link isRunning} and {@link find}. */
  announce(all: () => readonly KnownHandler[]): void {
    this.announcers.push(all);
  }

  onApplicationBootstrap(): Promise<void> {
    this.started ??= this.start();
    return this.started;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.cancelNext?.();
    await this.running;
  }

  /** The handlers of other processes, as they were known when last looked at. */
  all(): readonly KnownHandler[] {
    return this.known;
  }

  /**
   * Those that want an event of this source and type.
   *
   * @throws {Error} while they are not known: the event would be stored for too few of them, for good
   */
  wanting(source: string, type: string): readonly KnownHandler[] {
    if (!this.isKnown) throw new Error('it is not known yet which handlers other processes have');
    return this.others.wanting(source, type);
  }

  /** Whether a process that is running now has the handler. */
  isRunning(name: string): Promise<boolean> {
    return this.store.isSeen(name, this.clock.now() - SEEN_WITHIN_MS);
  }

  /** What a process has announced with this name, and is not forgotten yet. */
  find(
    manager: EntityManager,
    name: string,
  ): Promise<Pick<KnownHandler, 'maxAttempts'> | undefined> {
    return this.store.find(manager, name);
  }

  private async start(): Promise<void> {
    this.startedAt = this.clock.now();
    await this.exchange();
    this.exchangeLater();
  }

  private exchangeLater(): void {
    if (this.isStopped) return;
    this.cancelNext = this.clock.schedule(() => {
      this.running = this.exchange().finally(() => this.exchangeLater());
    }, this.nextInMs());
  }

  private nextInMs(): number {
    if (!this.isKnown) return FIRST_LOOK_AGAIN_MS;
    return this.plansForOthers ? LOOK_EVERY_MS : NOTE_EVERY_MS;
  }

  /** While the database is away, what was known before holds. */
  private async exchange(): Promise<void> {
    try {
      if (this.plansForOthers) await this.look();
      else this.replaceOthers([]);
      if (this.queue.enabled) await this.note();
    } catch (error) {
      const work = 'Exchanging the names of handlers with other processes';
      this.occurrences.failed(HandlerDirectory.name, work, error);
    }
  }

  private async look(): Promise<void> {
    const own = new Set(this.registry.all().map(({ name }) => name));
    this.replaceOthers(
      (await this.store.load(SEEN_WITHIN_MS)).filter(({ name }) => !own.has(name)),
    );
    this.hasLooked = true;
  }

  private replaceOthers(others: readonly KnownHandler[]): void {
    if (others.length === 0 && this.known.length === 0) return;
    this.known = others;
    this.others.replace(others);
  }

  private async note(): Promise<void> {
    const handlers = this.registry.all().map(({ name, source, patterns, maxAttempts, lane }) => ({
      name,
      source,
      patterns,
      maxAttempts,
      hasLanes: lane !== undefined,
    }));
    const own = [...handlers, ...this.announcers.flatMap((all) => all())];
    if (own.length === 0) return;
    const now = this.clock.now();
    await this.store.note(own, now);
    // After a standstill of all, the others may not have started yet.
    if (now - this.startedAt >= Math.min(SEEN_WITHIN_MS, this.options.forgetAfterMs)) {
      await this.store.forget(now - this.options.forgetAfterMs);
    }
  }
}
