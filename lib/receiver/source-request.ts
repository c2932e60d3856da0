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

/** A request as the host's framework gives it, Express or Fastify. */
export interface FrameworkRequest {
  /** The target as it arrived, before a router has taken its part. */
  readonly originalUrl: string;
  /** As the host trusts its proxies. */
  readonly protocol?: string;
  readonly host?: string;
}

/** @internal */
export function sourceRequest(
  source: string,
  request: FrameworkRequest,
  raw: RawRequest,
): SourceRequest {
  return { source, url: originForm(request.originalUrl), origin: originOf(request), raw };
}
