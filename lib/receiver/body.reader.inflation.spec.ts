import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import {
  LIMIT,
  MIB,
  readBody,
  READER_OPTIONS,
  readWhole,
  streamed,
} from '../../test/support/streamed-bodies.js';
import { SystemClock } from '../clock/system.clock.js';
import { FakeClock } from '../testing/fake.clock.js';
import { BodyReader, type BodyReading } from './body.reader.js';
import { RECEIVER_OPTIONS } from './receiver.options.js';

describe(BodyReader.name, () => {
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
      expect(await readWhole(bytes, { 'content-encoding': encoding })).toEqual({
        kind: 'read',
        body: text,
      });
    });

    it.each(['zstd', 'gzip, gzip', 'gzip, br', 'constructor', 'x'])(
      'refuses %s',
      async (encoding) => {
        expect(await readWhole(text, { 'content-encoding': encoding })).toEqual({
          kind: 'unsupported-encoding',
        });
      },
    );

    it.each([
      ['not gzip at all', text],
      ['cut off', gzipSync(text).subarray(0, -10)],
      ['empty', Buffer.alloc(0)],
    ])('finds a body corrupt that is %s', async (_name, bytes) => {
      expect(await readWhole(bytes, { 'content-encoding': 'gzip' })).toEqual({ kind: 'corrupt' });
    });

    it('REQ-38 applies the limit to the decoded body', async () => {
      const gzip = { 'content-encoding': 'gzip' };
      expect(await readWhole(gzipSync(Buffer.alloc(LIMIT)), gzip)).toMatchObject({ kind: 'read' });
      expect(await readWhole(gzipSync(Buffer.alloc(LIMIT + 1)), gzip)).toEqual({
        kind: 'too-large',
      });
    });

    it('REQ-38 takes bytes of exactly the limit that compression only made longer', async () => {
      const bytes = randomBytes(LIMIT);
      const compressed = gzipSync(bytes);
      expect(compressed.length).toBeGreaterThan(LIMIT);
      const headers = {
        'content-encoding': 'gzip',
        'content-length': String(compressed.length),
      };
      expect(await readWhole(compressed, headers)).toEqual({ kind: 'read', body: bytes });
    });

    const zeros = Buffer.alloc(64 * MIB);
    it.each([
      ['gzip', gzipSync(zeros, { level: 9 })],
      ['deflate', deflateSync(zeros, { level: 9 })],
      ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ])('REQ-38 defuses a bomb in %s', async (encoding, bomb) => {
      expect(bomb.length).toBeLessThan(MIB);
      expect(await readWhole(bomb, { 'content-encoding': encoding }, MIB)).toEqual({
        kind: 'too-large',
      });
    });

    it('REQ-38 refuses members without content that never end', async () => {
      const stream = streamed({ 'content-encoding': 'gzip' });
      const reading = readBody(stream);
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
      expect(await readWhole(members, gzip)).toEqual({ kind: 'read', body: text });
    });

    it.each([
      ['gzip', gzipSync(text), Buffer.from('x')],
      ['gzip', gzipSync(text), Buffer.alloc(4)],
      ['deflate', deflateSync(text), Buffer.from('x')],
      ['br', brotliCompressSync(text), Buffer.from('x')],
    ])('F-9 refuses bytes after the end of %s', async (encoding, bytes, rest) => {
      const headers = { 'content-encoding': encoding };
      expect(await readWhole(Buffer.concat([bytes, rest]), headers)).toEqual({ kind: 'corrupt' });
    });

    it('F-9 does not undo br by default', async () => {
      const byDefault = new BodyReader(new SystemClock(), {
        ...READER_OPTIONS,
        contentEncodings: RECEIVER_OPTIONS.defaults.contentEncodings,
      });
      const stream = streamed({ 'content-encoding': 'br' });
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
        Array.from({ length: 300 }, () => readWhole(bomb, headers, 16 * MIB)),
      );
      // Some may have waited too long for their turn, on a machine that has a lot to do.
      expect(readings.map(({ kind }) => kind)).toEqual(
        readings.map(() => expect.stringMatching(/^(?:too-large|overloaded)$/)),
      );
      // In KiB. All at once would take 300 windows of 16 MiB, and as much again for what comes out.
      expect(process.resourceUsage().maxRSS - before).toBeLessThan(1_024 * 1_024);
    });

    it('F-9 a body that waits for its turn counts as unfinished', async () => {
      const small = new BodyReader(new FakeClock(0), {
        ...READER_OPTIONS,
        maxUnfinishedBytes: 10_000,
      });
      const bytes = gzipSync(randomBytes(4_000));
      const send = (): Promise<BodyReading> => {
        const stream = streamed(gzip);
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
});
