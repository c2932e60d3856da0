import type { RawRequest } from './raw-request.js';
import { originOf } from './request-origin.js';
import { originForm } from './request-target.js';

/** A request that came in at the receiver's path. */
export interface SourceRequest {
  /** The source that the path names, decoded; known or not. */
  readonly source: string;
  /** Path and query as they arrived. */
  readonly url: string;
  /** Such as `https://example.com`, where the host's framework knows it. */
  readonly origin?: string | undefined;
  readonly raw: RawRequest;
}

/** What Express and Fastify say of a request, by the host's `trust proxy` (`trustProxy`). */
export interface FrameworkRequest {
  /** The target as it arrived, whatever the framework has cut off its path since. */
  readonly originalUrl: string;
  readonly protocol?: string;
  readonly host?: string;
}

/**
 * Makes what the receiver takes of a request, by whichever framework it came.
 *
 * @param source the source that the path names
 * @param raw the request of Node.js under that of the framework
 * @internal
 */
export function sourceRequest(
  source: string,
  request: FrameworkRequest,
  raw: RawRequest,
): SourceRequest {
  return { source, url: originForm(request.originalUrl), origin: originOf(request), raw };
}
