import { payloadOf } from './request-payload.js';
import type { SignedRequest } from '../signature-scheme.js';

const request = (body: string, contentType?: string | string[]): SignedRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'content-type': contentType },
  body: Buffer.from(body),
});

describe(payloadOf.name, () => {
  it('parses a body once', () => {
    const given = request('{"a":1}', 'application/json');
    const reading = payloadOf(given);
    expect(reading).toEqual({ ok: true, format: 'json', payload: { a: 1 } });
    expect(payloadOf(given)).toBe(reading);
    expect(payloadOf({ ...given })).not.toBe(reading);
  });

  it('leaves nothing in the request that is seen, and takes one that is frozen', () => {
    const given = Object.freeze(request('{"a":1}', 'application/json'));
    expect(payloadOf(given)).toMatchObject({ payload: { a: 1 } });
    const open = request('{"a":1}', 'application/json');
    payloadOf(open);
    expect(Reflect.ownKeys(open)).toEqual(['method', 'url', 'headers', 'body']);
  });

  it('says that a body cannot be parsed, without quoting it', () => {
    expect(payloadOf(request('{"card":4242', 'application/json'))).toEqual({
      ok: false,
      format: 'json',
      reason: 'the body is not JSON',
    });
  });

  it('goes by the look of the body where the content type says nothing, or too much', () => {
    expect(payloadOf(request('[1]', ['text/plain', 'text/html']))).toMatchObject({ payload: [1] });
  });

  it('reads any bytes, also where they are part of a larger memory', () => {
    const memory = new TextEncoder().encode('xx{"a":1}yy');
    expect(payloadOf({ ...request(''), body: memory.subarray(2, 9) })).toMatchObject({
      payload: { a: 1 },
    });
  });
});
