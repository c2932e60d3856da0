import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { contentEncodings } from './content-encoding.js';

/** A request as the Node.js server gives it, below any framework. */
export interface RawRequest extends Readable {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The bytes, where something that read the request before has kept them. */
  readonly rawBody?: unknown;
}

/** What reading a body came to. */
export type BodyReading =
  | { readonly kind: 'read'; readonly body: Buffer }
  /** It is over the limit. */
  | { readonly kind: 'too-large' }
  /** Its content encoding is unknown. */
  | { readonly kind: 'unsupported-encoding' }
  /** It is not what its content encoding says. */
  | { readonly kind: 'corrupt' }
  /** The client went away: there is nobody to answer. */
  | { readonly kind: 'aborted' }
  /** Something else has read the request and has not kept the bytes. */
  | { readonly kind: 'consumed' };

type Decoder = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** For the `Accept-Encoding` of a refusal. */
export const SUPPORTED_ENCODINGS = 'gzip, deflate, br';

/** How much of a refused body is read away, so that a client that still sends gets its answer. */
const MAX_DISCARDED_BYTES = 32 * 1_048_576;

/**
 * Reads a request's body, no further than the limit allows, and undoes its content encoding. The
 * limit applies to what comes out; nothing that a client sends makes it throw.
 *
 * @param request the raw request
 * @param limitBytes most bytes that the decoded body may have
 * @internal
 */
export async function readBody(request: RawRequest, limitBytes: number): Promise<BodyReading> {
  if (isConsumed(request)) return keptBody(request.rawBody, limitBytes);

  const [encoding, ...others] = contentEncodings(request.headers['content-encoding']);
  if (encoding === undefined) return collect(request, limitBytes);

  const decode = DECODERS.get(encoding);
  if (decode === undefined || others.length > 0) return { kind: 'unsupported-encoding' };
  const reading = await collect(request, encodedLimit(limitBytes));
  return reading.kind === 'read' ? inflated(decode, reading.body, limitBytes) : reading;
}

/** Whether bytes are gone, or were turned into text, before they came here. */
function isConsumed(request: RawRequest): boolean {
  return request.readableEnded || request.readableDidRead || request.readableEncoding !== null;
}

function keptBody(bytes: unknown, limitBytes: number): BodyReading {
  if (!Buffer.isBuffer(bytes)) return { kind: 'consumed' };
  return bytes.length > limitBytes ? { kind: 'too-large' } : { kind: 'read', body: bytes };
}

/** What cannot be compressed grows a little when it is, and must not be refused for that. */
function encodedLimit(limitBytes: number): number {
  return limitBytes + Math.ceil(limitBytes / 20) + 1_024;
}

function collect(request: RawRequest, limitBytes: number): Promise<BodyReading> {
  if (request.destroyed) return Promise.resolve({ kind: 'aborted' });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    discard(request);
    return Promise.resolve({ kind: 'too-large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;

    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      settle({ kind: 'too-large' });
      discard(request);
    };
    const onEnd = (): void => {
      const [only] = chunks;
      const body = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length);
      settle({ kind: 'read', body });
    };
    const onClose = (): void => settle({ kind: 'aborted' });
    const settle = (reading: BodyReading): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(reading);
    };

    // The listener for errors stays: an error that comes later must not end the process.
    request.on('error', onClose).on('data', onData).on('end', onEnd).on('close', onClose);
    request.resume();
  });
}

/**
 * Reads the rest away without keeping it: a connection that was closed on a client that is still
 * sending would be reset, and the answer lost with it. There is an end to that patience.
 */
function discard(request: RawRequest): void {
  let left = MAX_DISCARDED_BYTES;
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.resume();
}

async function inflated(decode: Decoder, bytes: Buffer, limitBytes: number): Promise<BodyReading> {
  try {
    // Stops as soon as more comes out, however much the rest would inflate to.
    return { kind: 'read', body: await decode(bytes, { maxOutputLength: limitBytes }) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { kind: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'corrupt' };
  }
}
