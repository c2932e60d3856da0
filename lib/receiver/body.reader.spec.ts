import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { PassThrough } from 'node:stream';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { SystemClock } from '../clock/system.clock.js';
import { FakeClock } from '../testing/fake.clock.js';
import { BodyReader, type BodyReading } from './body.reader.js';
import type { RawRequest } from './raw-request.js';
import { RECEIVER_OPTIONS } from './receiver.options.js';

const LIMIT = 1_000;
const MIB = 1_048_576;

function request(headers: IncomingHttpHeaders = {}): PassThrough & RawRequest {
  return Object.assign(new PassThrough(), { method: 'POST', headers });
}

const options = {
  ...RECEIVER_OPTIONS.defaults,
  maxUnfinishedBytes: 64 * MIB,
  contentEncodings: ['gzip', 'deflate', 'br'],
} as const;
const reader = new BodyReader(new SystemClock(), options);
const readBody = (stream: RawRequest, limit: number) => reader.read(stream, limit);

async function read(bytes: Buffer | string, headers: IncomingHttpHeaders = {}, limit = LIMIT) {
  const stream = request(headers);
  const reading = readBody(stream, limit);
  stream.end(bytes);
  return reading;
}

describe(BodyReader.name, () => {
  describe('bytes', () => {
    it.each([
      ['a BOM', Buffer.from('\ufeff{"a":1}')],
      ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0xc3, 0x22])],
      ['NUL and control characters', Buffer.from([0, 1, 2, 13, 10, 0])],
      ['\\u2028 and an emoji', Buffer.from('"\u2028😀"')],
      ['nothing', Buffer.alloc(0)],
    ])('REQ-7 gives %s as it came', async (_name, bytes) => {
      expect(await read(bytes)).toEqual({ kind: 'read', body: bytes });
    });

    it('REQ-7 joins an emoji that was split over two chunks', async () => {
      const bytes = Buffer.from('{"text":"😀"}');
      const stream = request();
      const reading = readBody(stream, LIMIT);
      stream.write(bytes.subarray(0, 11));
      stream.end(bytes.subarray(11));
      expect(await reading).toEqual({ kind: 'read', body: bytes });
    });

    it('reads a stream that something has paused', async () => {
      const stream = request();
      stream.pause();
      const reading = readBody(stream, LIMIT);
      stream.end('late');
      expect(await reading).toEqual({ kind: 'read', body: Buffer.from('late') });
    });
  });

  describe('limit', () => {
    it('REQ-38 takes a body of exactly the limit', async () => {
      expect(await read(Buffer.alloc(LIMIT))).toMatchObject({ kind: 'read' });
    });

    it('REQ-38 refuses one byte more', async () => {
      expect(await read(Buffer.alloc(LIMIT + 1))).toEqual({ kind: 'too-large' });
    });

    it('REQ-38 refuses while the client is still sending', async () => {
      const stream = request();
      const reading = readBody(stream, LIMIT);
      stream.write(Buffer.alloc(LIMIT));
      stream.write(Buffer.alloc(1));
      expect(await reading).toEqual({ kind: 'too-large' });
      expect(stream.destroyed).toBe(false);
    });

    it('REQ-38 refuses a declared length over the limit before anything was sent', async () => {
      const stream = request({ 'content-length': String(LIMIT + 1) });
      expect(await readBody(stream, LIMIT)).toEqual({ kind: 'too-large' });
    });

    it('survives a client that goes away after it was refused', async () => {
      const stream = request();
      const closed = new Promise((resolve) => stream.once('close', resolve));
      const reading = readBody(stream, LIMIT);
      stream.write(Buffer.alloc(LIMIT + 1));
      await reading;
      stream.destroy(new Error('aborted'));
      await closed;
      expect(stream.destroyed).toBe(true);
    });
  });

  describe('content encoding', () => {
    const text = Buffer.from('{"n":1.0,"text":"😀"}');

    it.each([
      ['gzip', gzipSync(text)],
      ['x-gzip', gzipSync(text)],
      [' GZIP ', gzipSync(text)],
      ['deflate', deflateSync(text)],
      ['br', brotliCompressSync(text)],
      ['identity', text],
    ])('undoes %s', async (encoding, bytes) => {
      expect(await read(bytes, { 'content-encoding': encoding })).toEqual({
        kind: 'read',
        body: text,
      });
    });

    it.each(['zstd', 'gzip, gzip', 'gzip, br', 'constructor', 'x'])(
      'refuses %s',
      async (encoding) => {
        expect(await read(text, { 'content-encoding': encoding })).toEqual({
          kind: 'unsupported-encoding',
        });
      },
    );

    it.each([
      ['what is no gzip', text],
      ['cut off', gzipSync(text).subarray(0, -10)],
      ['empty', Buffer.alloc(0)],
    ])('finds a body corrupt that is %s', async (_name, bytes) => {
      expect(await read(bytes, { 'content-encoding': 'gzip' })).toEqual({ kind: 'corrupt' });
    });

    it('REQ-38 applies the limit to what comes out', async () => {
      const gzip = { 'content-encoding': 'gzip' };
      expect(await read(gzipSync(Buffer.alloc(LIMIT)), gzip)).toMatchObject({ kind: 'read' });
      expect(await read(gzipSync(Buffer.alloc(LIMIT + 1)), gzip)).toEqual({ kind: 'too-large' });
    });

    it('REQ-38 takes bytes of exactly the limit that compression only made longer', async () => {
      const bytes = randomBytes(LIMIT);
      const compressed = gzipSync(bytes);
      expect(compressed.length).toBeGreaterThan(LIMIT);
      const headers = {
        'content-encoding': 'gzip',
        'content-length': String(compressed.length),
      };
      expect(await read(compressed, headers)).toEqual({ kind: 'read', body: bytes });
    });

    const zeros = Buffer.alloc(64 * MIB);
    it.each([
      ['gzip', gzipSync(zeros, { level: 9 })],
      ['deflate', deflateSync(zeros, { level: 9 })],
      ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ])('REQ-38 defuses a bomb in %s', async (encoding, bomb) => {
      expect(bomb.length).toBeLessThan(MIB);
      expect(await read(bomb, { 'content-encoding': encoding }, MIB)).toEqual({
        kind: 'too-large',
      });
    });

    it('REQ-38 refuses members without content that never end', async () => {
      const stream = request({ 'content-encoding': 'gzip' });
      const reading = readBody(stream, LIMIT);
      const empty = gzipSync(Buffer.alloc(0));
      for (let sent = 0; sent < 10 * LIMIT; sent += empty.length) stream.write(empty);
      expect(await reading).toEqual({ kind: 'too-large' });
    });
  });

  describe('F-9 inflation', () => {
    const text = Buffer.from('{"n":1}');
    const gzip = { 'content-encoding': 'gzip' };

    it('F-9 takes a gzip of several members', async () => {
      const members = Buffer.concat([gzipSync(text.subarray(0, 3)), gzipSync(text.subarray(3))]);
      expect(await read(members, gzip)).toEqual({ kind: 'read', body: text });
    });

    it.each([
      ['gzip', gzipSync(text), Buffer.from('x')],
      ['gzip', gzipSync(text), Buffer.alloc(4)],
      ['deflate', deflateSync(text), Buffer.from('x')],
      ['br', brotliCompressSync(text), Buffer.from('x')],
    ])('F-9 refuses what follows the end of %s', async (encoding, bytes, rest) => {
      const headers = { 'content-encoding': encoding };
      expect(await read(Buffer.concat([bytes, rest]), headers)).toEqual({ kind: 'corrupt' });
    });

    it('F-9 knows no br by default', async () => {
      const byDefault = new BodyReader(new SystemClock(), {
        ...options,
        contentEncodings: RECEIVER_OPTIONS.defaults.contentEncodings,
      });
      const stream = request({ 'content-encoding': 'br' });
      expect(await byDefault.read(stream, LIMIT)).toEqual({ kind: 'unsupported-encoding' });
      expect(byDefault.supported).toBe('gzip, deflate, identity');
    });

    it('F-9 takes little memory for 300 bombs at once', async () => {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      };
      const bomb = brotliCompressSync(Buffer.alloc(32 * MIB), { params });
      expect(bomb.length).toBeLessThan(1_000);
      const before = process.resourceUsage().maxRSS;
      const headers = { 'content-encoding': 'br' };
      const readings = await Promise.all(
        Array.from({ length: 300 }, () => read(bomb, headers, 16 * MIB)),
      );
      // Some may have waited too long for their turn, on a machine that has a lot to do.
      expect(readings.map(({ kind }) => kind)).toEqual(
        readings.map(() => expect.stringMatching(/^(?:too-large|overloaded)$/)),
      );
      // In KiB. All at once would take 300 windows of 16 MiB, and as much again for what comes out.
      expect(process.resourceUsage().maxRSS - before).toBeLessThan(1_024 * 1_024);
    });

    it('F-9 a body that waits for its turn counts as unfinished', async () => {
      const small = new BodyReader(new FakeClock(0), { ...options, maxUnfinishedBytes: 10_000 });
      const bytes = gzipSync(randomBytes(4_000));
      const send = (): Promise<BodyReading> => {
        const stream = request(gzip);
        const reading = small.read(stream, 5_000);
        stream.end(bytes);
        return reading;
      };
      const kinds = (await Promise.all(Array.from({ length: 8 }, send))).map(({ kind }) => kind);
      expect(kinds).toContain('overloaded');
      expect(kinds).toContain('read');
      expect((await send()).kind).toBe('read');
    });
  });

  describe('F-11 unfinished bodies', () => {
    it('F-11 have so much time from their start, whatever comes meanwhile', async () => {
      const clock = new FakeClock(0);
      const timed = new BodyReader(clock, options);
      const first = request();
      const one = timed.read(first, LIMIT);
      clock.advance(20_000);
      first.write('a');
      const second = request();
      const two = timed.read(second, LIMIT);
      clock.advance(10_000);
      expect(await one).toEqual({ kind: 'timed-out' });
      clock.advance(19_999);
      second.end('done');
      expect(await two).toEqual({ kind: 'read', body: Buffer.from('done') });
    });

    it('F-11 have so many bytes together, of which the oldest makes room', async () => {
      const bounded = new BodyReader(new FakeClock(0), { ...options, maxUnfinishedBytes: 2_000 });
      const streams = Array.from({ length: 3 }, () => request());
      const readings = streams.map((stream) => bounded.read(stream, LIMIT));
      for (const stream of streams) stream.write(Buffer.alloc(900));
      expect(await readings[0]).toEqual({ kind: 'overloaded' });
      for (const stream of streams) stream.end();
      expect((await readings[1]!).kind).toBe('read');
      expect((await readings[2]!).kind).toBe('read');
      const later = [request(), request()];
      const more = later.map((stream) => bounded.read(stream, LIMIT));
      for (const stream of later) stream.end(Buffer.alloc(900));
      expect((await Promise.all(more)).map(({ kind }) => kind)).toEqual(['read', 'read']);
    });

    it('F-11 of many small chunks are joined as they came', async () => {
      const stream = request();
      const reading = readBody(stream, LIMIT);
      const bytes = randomBytes(LIMIT);
      for (const byte of bytes) stream.write(Buffer.from([byte]));
      stream.end();
      expect(await reading).toEqual({ kind: 'read', body: bytes });
    });
  });

  describe('client that goes away', () => {
    it('is told from an end', async () => {
      const stream = request();
      const reading = readBody(stream, LIMIT);
      stream.write('{"half":');
      stream.destroy();
      expect(await reading).toEqual({ kind: 'aborted' });
    });

    it('raises no unhandled error', async () => {
      const stream = request({ 'content-encoding': 'gzip' });
      const reading = readBody(stream, LIMIT);
      stream.write(gzipSync('half').subarray(0, 5));
      stream.destroy(new Error('aborted'));
      expect(await reading).toEqual({ kind: 'aborted' });
    });

    it('is noticed when it went before reading began', async () => {
      const stream = request();
      stream.destroy();
      expect(await readBody(stream, LIMIT)).toEqual({ kind: 'aborted' });
    });
  });

  describe('request that something else has read', () => {
    async function consumed(rawBody?: unknown): Promise<RawRequest> {
      const stream = Object.assign(request(), { rawBody });
      const ended = new Promise((resolve) => stream.once('end', resolve));
      stream.resume().end('{"a": 1.0}');
      await ended;
      return stream;
    }

    it('REQ-35 is told at once', async () => {
      expect(await readBody(await consumed(), LIMIT)).toEqual({ kind: 'consumed' });
    });

    it('REQ-35 is told where its beginning is missing', async () => {
      const stream = request();
      stream.write('{"a":');
      const first = new Promise((resolve) => stream.once('data', resolve));
      await first;
      stream.pause();
      expect(await readBody(stream, LIMIT)).toEqual({ kind: 'consumed' });
    });

    it('REQ-37 is not put together from text', async () => {
      expect(await readBody(await consumed('{"a":1}'), LIMIT)).toEqual({ kind: 'consumed' });
      const stream = request();
      stream.setEncoding('utf8');
      stream.end('{}');
      expect(await readBody(stream, LIMIT)).toEqual({ kind: 'consumed' });
    });

    it('is taken from rawBody where that has the bytes', async () => {
      const body = Buffer.from('{"a": 1.0}');
      expect(await readBody(await consumed(body), LIMIT)).toEqual({ kind: 'read', body });
    });

    it('REQ-38 has the same limit', async () => {
      const reading = await readBody(await consumed(Buffer.alloc(LIMIT + 1)), LIMIT);
      expect(reading).toEqual({ kind: 'too-large' });
    });
  });
});
