import { PassThrough } from 'node:stream';
import { FakeClock } from '../testing/fake.clock.js';
import type { RawRequest } from './raw-request.js';
import { discardBody, hasUnreadBody } from './unread-body.js';

const MIB = 1_048_576;

const request = (headers = {}, complete = false): PassThrough & RawRequest =>
  Object.assign(new PassThrough(), { method: 'POST', headers, complete });

describe(discardBody.name, () => {
  const discarded = (stream: RawRequest, clock = new FakeClock(0)): Promise<string> =>
    new Promise((resolve) => discardBody(stream, clock, () => resolve('ended')));

  it('F-11 discards all of a body', async () => {
    const stream = request();
    const end = discarded(stream);
    stream.end(Buffer.alloc(MIB));
    expect(await end).toBe('ended');
    expect(stream.readableLength).toBe(0);
  });

  it('F-11 gives up on a client that never stops', async () => {
    const stream = request();
    const end = discarded(stream);
    for (let sent = 0; sent < 33; sent++) stream.write(Buffer.alloc(MIB));
    expect(await end).toBe('ended');
  });

  it('F-11 gives up on a client that sends nothing', async () => {
    const clock = new FakeClock(0);
    const end = discarded(request(), clock);
    clock.advance(10_000);
    expect(await end).toBe('ended');
  });

  it('F-11 survives a client that goes away', async () => {
    const stream = request();
    const end = discarded(stream);
    stream.destroy(new Error('aborted'));
    expect(await end).toBe('ended');
  });
});

describe(hasUnreadBody.name, () => {
  it.each([
    [{ 'content-length': '1' }, false, true],
    [{ 'transfer-encoding': 'chunked' }, false, true],
    [{ 'content-length': '1' }, true, false],
    [{ 'content-length': '0' }, false, false],
    [{}, false, false],
  ])('F-11 headers %j, all arrived %s: %s', (headers, complete, unread) => {
    expect(hasUnreadBody(request(headers, complete))).toBe(unread);
  });
});
