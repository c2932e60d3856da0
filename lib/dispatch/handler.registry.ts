import { Injectable } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { EventInterests } from './event-interests.js';
import type { Handler } from './handler.js';

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
  private readonly interests = new EventInterests<Handler>();
  private readonly finders: HandlerFinder[] = [];

  /** @throws {ConfigurationError} when what it finds is not well configured */
  addFinder(finder: HandlerFinder): void {
    this.finders.push(finder);
    this.refresh();
  }

  /** Looks for handlers of modules that were loaded since; cheap without such modules. */
  refresh(): void {
    for (const finder of this.finders) {
      for (const handler of finder.findNew()) this.add(handler);
    }
  }

  find(name: string): Handler | undefined {
    return this.handlers.get(name);
  }

  get isEmpty(): boolean {
    return this.handlers.size === 0;
  }

  all(): readonly Handler[] {
    return [...this.handlers.values()];
  }

  /** The handlers that want an event of this source and type. */
  wanting(source: string, type: string): readonly Handler[] {
    return this.interests.wanting(source, type);
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
    this.interests.replace(this.all());
  }
}
