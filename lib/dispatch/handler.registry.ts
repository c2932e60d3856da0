import { Injectable } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { Handler } from './handler.js';

/** How many (source, type) pairs the registry remembers the handlers of. */
const MAX_REMEMBERED = 1_000;

/** Somebody who knows where handlers are: each call gives those not given before. */
export interface HandlerFinder {
  findNew(): readonly Handler[];
}

/**
 * All handlers by name, and which of them want an event.
 *
 * @internal
 */
@Injectable()
export class HandlerRegistry {
  private readonly handlers = new Map<string, Handler>();
  private readonly remembered = new Map<string, readonly Handler[]>();
  private readonly finders: HandlerFinder[] = [];

  /** @throws {ConfigurationError} when what it finds is not well configured */
  addFinder(finder: HandlerFinder): void {
    this.finders.push(finder);
    this.refresh();
  }

  /** Looks for handlers of modules that were loaded since; cheap when there are none. */
  refresh(): void {
    for (const finder of this.finders) {
      for (const handler of finder.findNew()) this.add(handler);
    }
  }

  find(name: string): Handler | undefined {
    return this.handlers.get(name);
  }

  all(): readonly Handler[] {
    return [...this.handlers.values()];
  }

  /** The handlers that want an event of this source and type. */
  wanting(source: string, type: string): readonly Handler[] {
    const pair = `${source}\n${type}`;
    let wanting = this.remembered.get(pair);
    if (wanting === undefined) {
      wanting = this.all().filter(
        (handler) =>
          (handler.source === undefined || handler.source === source) &&
          handler.patterns.some((pattern) => pattern.matches(type)),
      );
      // Types are the senders' to choose: without a bound they could fill the memory.
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.set(pair, wanting);
    }
    return wanting;
  }

  private add(handler: Handler): void {
    if (this.handlers.has(handler.name)) {
      throw ConfigurationError.duplicateName(
        '@OnWebhook',
        'handlers',
        handler.name,
        'Their jobs could not be told apart: give one of them another `name` in its options.',
      );
    }
    this.handlers.set(handler.name, handler);
    this.remembered.clear();
  }
}
