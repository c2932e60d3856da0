import type { IncomingHttpHeaders } from 'node:http';
import { PassThrough } from 'node:stream';
import { SystemClock } from '../../lib/clock/system.clock.js';
import { BodyReader, type BodyReading } from '../../lib/receiver/body.reader.js';
import type { RawRequest } from '../../lib/receiver/raw-request.js';
import { RECEIVER_OPTIONS } from '../../lib/receiver/receiver.options.js';

export const LIMIT = 1_000;
export const MIB = 1_048_576;

export const READER_OPTIONS = {
  ...RECEIVER_OPTIONS.defaults,
  maxUnfinishedBytes: 64 * MIB,
  contentEncodings: ['gzip', 'deflate', 'br'],
} as const;

const reader = new BodyReader(new SystemClock(), READER_OPTIONS);

/** A request whose body the test writes, as a stream. */
export function streamed(headers: IncomingHttpHeaders = {}): PassThrough & RawRequest {
  return Object.assign(new PassThrough(), { method: 'POST', headers });
}

export function readBody(request: RawRequest, limit = LIMIT): Promise<BodyReading> {
  return reader.read(request, limit);
}

/** Reads a body that is sent as a whole. */
export function readWhole(
  bytes: Buffer | string,
  headers: IncomingHttpHeaders = {},
  limit = LIMIT,
): Promise<BodyReading> {
  const request = streamed(headers);
  const reading = readBody(request, limit);
  request.end(bytes);
  return reading;
}
