import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** A request as the Node.js server gives it, below any framework. */
export interface RawRequest extends Readable {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Whether all of it has arrived. */
  readonly complete?: boolean;
  readonly httpVersionMajor?: number;
  /** The bytes, where something that read the request before has kept them. */
  readonly rawBody?: unknown;
}
