import { ConfigurationError } from '../errors/configuration.error.js';
import type { ApiPollOptions, TablePollOptions } from './poll.options.js';

const POLL = Symbol('hookline:poll');

/** What `@Poll` says of a method. */
export type PollMetadata = ApiPollOptions | TablePollOptions<object>;

/** @internal */
export function setPollMetadata(
  target: object,
  methodName: string | symbol,
  method: unknown,
  options: PollMetadata,
): void {
  if (typeof method !== 'function') return;
  if (Reflect.hasOwnMetadata(POLL, method)) {
    throw ConfigurationError.because(
      '@Poll',
      `${target.constructor.name}.${String(methodName)} has two @Poll decorators.`,
      'Give each poller a method of its own.',
    );
  }
  Reflect.defineMetadata(POLL, options, method);
}

/** @internal */
export function getPollMetadata(method: object): PollMetadata | undefined {
  return Reflect.getMetadata(POLL, method) as PollMetadata | undefined;
}
