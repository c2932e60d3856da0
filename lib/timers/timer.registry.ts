import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HandlerDirectory } from '../dispatch/handler.directory.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { TimerExplorer } from './timer.explorer.js';
import type { TimerMethod } from './timer.method.js';
import { UnknownTimerError } from './unknown-timer.error.js';

/**
 * The methods of timers by name, and what is known of those of other processes.
 *
 * @internal
 */
@Injectable()
export class TimerRegistry implements OnModuleInit {
  private readonly methods = new Map<string, TimerMethod>();

  constructor(
    private readonly explorer: TimerExplorer,
    private readonly directory: HandlerDirectory,
  ) {}

  /** @throws {ConfigurationError} when a method is not well configured */
  onModuleInit(): void {
    this.refresh();
    this.directory.announce(() =>
      this.all().map(({ name, maxAttempts }) => ({
        name: announcedName(name),
        source: undefined,
        patterns: [],
        hasLanes: false,
        maxAttempts,
      })),
    );
  }

  get isEmpty(): boolean {
    return this.methods.size === 0;
  }

  /** Also finds those of modules that were loaded since. */
  find(name: string): TimerMethod | undefined {
    const known = this.methods.get(name);
    if (known !== undefined) return known;
    this.refresh();
    return this.methods.get(name);
  }

  all(): readonly TimerMethod[] {
    this.refresh();
    return [...this.methods.values()];
  }

  /**
   * How often a timer of this name is tried; `undefined` for the queue's `maxAttempts`. A process without
   * any timers may set those of others, even if no process has announced them yet.
   *
   * @throws {UnknownTimerError} if this process has timers, but not this one, and no other has announced it
   */
  async maxAttemptsOf(manager: EntityManager, name: string): Promise<number | undefined> {
    const own = this.find(name);
    if (own !== undefined) return own.maxAttempts;
    const known = await this.directory.find(manager, announcedName(name));
    if (known === undefined && !this.isEmpty) {
      throw new UnknownTimerError(name, [...this.methods.keys()]);
    }
    return known?.maxAttempts;
  }

  /** Looks for methods of modules that were loaded since; cheap without such modules. */
  private refresh(): void {
    for (const method of this.explorer.findNew()) {
      if (this.methods.has(method.name)) {
        throw ConfigurationError.duplicateName(
          '@OnTimer',
          'timers',
          method.name,
          'Their jobs could not be told apart: give one of them another name.',
        );
      }
      this.methods.set(method.name, method);
    }
  }
}

/** The name by which processes announce that they have the timer, beside the names of handlers. */
export function announcedName(name: string): string {
  return `timer:${name}`;
}
