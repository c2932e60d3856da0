import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';

/** A character with a meaning for path-to-regexp. */
const PATTERN_CHARACTER = /[:*{}()[\]?+!]/;

/**
 * Where the receiver is: the one segment below its path, which names the source.
 *
 * @internal
 */
export class ReceiverRoute {
  /** @param base path of the receiver with a slash at both ends, such as `/webhooks/` */
  constructor(readonly base: string) {}

  /**
   * Puts the path below the host's global prefix, unless the host excludes it from that.
   *
   * @param path the receiver's path, such as `webhooks`
   * @param config where Nest keeps the prefix; complete once modules are initialised
   * @throws {ConfigurationError} when the prefix is a pattern
   */
  static of(path: string, config: ApplicationConfig): ReceiverRoute {
    const prefix = config.getGlobalPrefix().replace(/^\/+|\/+$/g, '');
    if (prefix === '' || isExcluded(path, config)) return new ReceiverRoute(`/${path}/`);
    if (PATTERN_CHARACTER.test(prefix)) {
      throw ConfigurationError.because(
        'path',
        'The global prefix of the application is a pattern, and the receiver needs a fixed path.',
        `Exclude it: app.setGlobalPrefix(prefix, { exclude: ['${path}/:source'] }).`,
      );
    }
    return new ReceiverRoute(`/${prefix}/${path}/`);
  }

  /**
   * The source that a request is for, decoded where that is possible.
   *
   * @param url path and query of the request
   * @returns `undefined` for a path that is not the receiver's
   */
  match(url: string): string | undefined {
    if (!url.startsWith(this.base)) return undefined;
    const query = url.indexOf('?', this.base.length);
    let segment = query < 0 ? url.slice(this.base.length) : url.slice(this.base.length, query);
    if (segment.endsWith('/')) segment = segment.slice(0, -1);
    if (segment === '' || segment.includes('/')) return undefined;
    return segment.includes('%') ? decoded(segment) : segment;
  }
}

/** As Nest does it for the path of a controller. */
function isExcluded(path: string, config: ApplicationConfig): boolean {
  const excluded = config.getGlobalPrefixOptions().exclude ?? [];
  return excluded.some(
    ({ pathRegex, requestMethod }) =>
      [RequestMethod.ALL, RequestMethod.POST].includes(requestMethod) &&
      pathRegex.test(`/${path}/:source`),
  );
}

/** No source has a `%` in its name, so a name that cannot be decoded stays as it is and is unknown. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
