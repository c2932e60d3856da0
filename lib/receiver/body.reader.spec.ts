import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  LIMIT,
  readBody,
  READER_OPTIONS,
  readWhole,
  streamed,
} from '../../test/support/streamed-bodies.js';
import { FakeClock } from '../testing/fake.clock.js';
import { BodyReader } from './body.reader.js';
import type { RawRequest } from './raw-request.js';

describe(BodyReader.name, () => {
  describe('bytes', () => {
    it.each([
      ['a BOM', Buffer.from('\ufeff{"a":1}')],
      ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0xc3, 0x22])],
      ['NUL and control characters', Buffer.from([0, 1, 2, 13, 10, 0])],
      ['\\u2028 and an emoji', Buffer.from('"\u2028😀"')],
      ['nothing', Buffer.alloc(0)],
    ])('REQ-7 returns %s unchanged', async (_name, bytes) => {
      expect(await readWhole(bytes)).toEqual({ kind: 'read', body: bytes });
    });

    it('REQ-7 joins an emoji that was split over two chunks', async () => {
      const bytes = Buffer.from('{"text":"😀"}');
      const stream = streamed();
      const reading = readBody(stream);
      stream.write(bytes.subarray(0, 11));
      stream.end(bytes.subarray(11));
      expect(await reading).toEqual({ kind: 'read', body: bytes });
    });

    it('reads a stream that something has paused', async () => {
      const stream = streamed();
      stream.pause();
      const reading = readBody(stream);
      stream.end('late');
      expect(await reading).toEqual({ kind: 'read', body: Buffer.from('late') });
    });
  });

  describe('limit', () => {
    it('REQ-38 takes a body of exactly the limit', async () => {
      expect(await readWhole(Buffer.alloc(LIMIT))).toMatchObject({ kind: 'read' });
    });

    it('REQ-38 refuses one byte more', async () => {
      expect(await readWhole(Buffer.alloc(LIMIT + 1))).toEqual({ kind: 'too-large' });
    });

    it('REQ-38 refuses while the client is still sending', async () => {
      const stream = streamed();
      const reading = readBody(stream);
      stream.write(Buffer.alloc(LIMIT));
      stream.write(Buffer.alloc(1));
      expect(await reading).toEqual({ kind: 'too-large' });
      expect(stream.destroyed).toBe(false);
    });

    it('REQ-38 refuses a declared length over the limit before anything was sent', async () => {
      const stream = streamed({ 'content-length': String(LIMIT + 1) });
      expect(await readBody(stream)).toEqual({ kind: 'too-large' });
    });

    it('survives a client that goes away after it was refused', async () => {
      const stream = streamed();
      const closed = new Promise((resolve) => stream.once('close', resolve));
      const reading = readBody(stream);
      stream.write(Buffer.alloc(LIMIT + 1));
      await reading;
      stream.destroy(new Error('aborted'));
      await closed;
      expect(stream.destroyed).toBe(true);
    });
  });

  describe('F-11 unfinished bodies', () => {
    it('F-11 have a time limit from their start, whatever arrives meanwhile', async () => {
      const clock = new FakeClock(0);
      const timed = new BodyReader(clock, READER_OPTIONS);
      const first = streamed();
      const one = timed.read(first, LIMIT);
      clock.advance(20_000);
      first.write('a');
      const second = streamed();
      const two = timed.read(second, LIMIT);
      clock.advance(10_000);
      expect(await one).toEqual({ kind: 'timed-out' });
      clock.advance(19_999);
      second.end('done');
      expect(await two).toEqual({ kind: 'read', body: Buffer.from('done') });
    });

    it('F-11 have a limit of bytes together, beyond which the oldest is given up', async () => {
      const bounded = new BodyReader(new FakeClock(0), {
        ...READER_OPTIONS,
        maxUnfinishedBytes: 2_000,
      });
      const streams = Array.from({ length: 3 }, () => streamed());
      const readings = streams.map((stream) => bounded.read(stream, LIMIT));
      for (const stream of streams) stream.write(Buffer.alloc(900));
      expect(await readings[0]).toEqual({ kind: 'overloaded' });
      for (const stream of streams) stream.end();
      expect((await readings[1]!).kind).toBe('read');
      expect((await readings[2]!).kind).toBe('read');
      const later = [streamed(), streamed()];
      const more = later.map((stream) => bounded.read(stream, LIMIT));
      for (const stream of later) stream.end(Buffer.alloc(900));
      expect((await Promise.all(more)).map(({ kind }) => kind)).toEqual(['read', 'read']);
    });

    it('F-11 that come in many small chunks keep their bytes in order', async () => {
      const stream = streamed();
      const reading = readBody(stream);
      const bytes = randomBytes(LIMIT);
      for (const byte of bytes) stream.write(Buffer.from([byte]));
      stream.end();
      expect(await reading).toEqual({ kind: 'read', body: bytes });
    });
  });

  describe('client that goes away', () => {
    it('is not taken for the end of a body', async () => {
      const stream = streamed();
      const reading = readBody(stream);
      stream.write('{"half":');
      stream.destroy();
      expect(await reading).toEqual({ kind: 'aborted' });
    });

    it('raises no unhandled error', async () => {
      const stream = streamed({ 'content-encoding': 'gzip' });
      const reading = readBody(stream);
      stream.write(gzipSync('half').subarray(0, 5));
      stream.destroy(new Error('aborted'));
      expect(await reading).toEqual({ kind: 'aborted' });
    });

    it('is noticed when it went away before reading began', async () => {
      const stream = streamed();
      stream.destroy();
      expect(await readBody(stream)).toEqual({ kind: 'aborted' });
    });
  });

  describe('request that something else has read', () => {
    async function consumed(rawBody?: unknown): Promise<RawRequest> {
      const stream = Object.assign(streamed(), { rawBody });
      const ended = new Promise((resolve) => stream.once('end', resolve));
      stream.resume().end('{"a": 1.0}');
      await ended;
      return stream;
    }

    it('REQ-35 is reported at once', async () => {
      expect(await readBody(await consumed())).toEqual({ kind: 'consumed' });
    });

    it('REQ-35 is reported where its beginning is missing', async () => {
      const stream = streamed();
      stream.write('{"a":');
      const first = new Promise((resolve) => stream.once('data', resolve));
      await first;
      stream.pause();
      expect(await readBody(stream)).toEqual({ kind: 'consumed' });
    });

    it('REQ-37 is not rebuilt from text', async () => {
      expect(await readBody(await consumed('{"a":1}'))).toEqual({ kind: 'consumed' });
      const stream = streamed();
      stream.setEncoding('utf8');
      stream.end('{}');
      expect(await readBody(stream)).toEqual({ kind: 'consumed' });
    });

    it('is taken from rawBody where that has the bytes', async () => {
      const body = Buffer.from('{"a": 1.0}');
      expect(await readBody(await consumed(body))).toEqual({ kind: 'read', body });
    });

    it('REQ-38 has the same limit', async () => {
      const reading = await readBody(await consumed(Buffer.alloc(LIMIT + 1)));
      expect(reading).toEqual({ kind: 'too-large' });
    });
  });
});
