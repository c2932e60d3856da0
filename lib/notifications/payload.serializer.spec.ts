import { Readable } from 'node:stream';
import { InvalidNotificationError } from './invalid-notification.error.js';
import { serializePayload } from './payload.serializer.js';

describe(serializePayload.name, () => {
  it('gives JSON that reads back as it was', () => {
    const payload = {
      to: 'a@example.com',
      list: [1, null, 'x\u0000\ud800'],
      nested: { yes: true },
    };
    expect(JSON.parse(serializePayload(payload))).toEqual(payload);
  });

  it('takes what has a JSON form, and leaves out what is undefined', () => {
    const payload = { at: new Date(0), url: new URL('https://example.com/'), none: undefined };
    expect(serializePayload(payload)).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","url":"https://example.com/"}',
    );
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'payload'],
    ['a function', { a: [() => 1] }, 'payload.a[0]'],
    ['a symbol', { a: Symbol('a') }, 'payload.a'],
    ['a bigint', { a: 1n }, 'payload.a'],
    ['a number that JSON has not', { a: NaN }, 'payload.a'],
    [
      'a Buffer',
      { attachments: [{ content: Buffer.from('x') }] },
      'payload.attachments[0].content',
    ],
    ['an ArrayBuffer', { a: new ArrayBuffer(1) }, 'payload.a'],
    ['a stream', { a: Readable.from(['x']) }, 'payload.a'],
    ['a Map', { a: new Map([[1, 2]]) }, 'payload.a'],
    ['a Promise', { a: Promise.resolve(1) }, 'payload.a'],
    ['a circle', circular, 'payload.self'],
  ])('refuses %s and names its place', (_, payload, field) => {
    expect(() => serializePayload(payload)).toThrow(InvalidNotificationError);
    expect(() => serializePayload(payload)).toThrow(expect.objectContaining({ field }) as Error);
  });

  it('takes one object in two places', () => {
    const shared = { points: 1 };
    expect(serializePayload([shared, shared])).toBe('[{"points":1},{"points":1}]');
  });

  it('tells the cure for bytes, and never a value', () => {
    expect(() => serializePayload({ content: Buffer.from('secret') })).toThrow(
      "Expected `payload.content` of the notification to be text (bytes as base64, with `encoding: 'base64'` " +
        'in an attachment), got bytes. It is stored as JSON until it is sent: give what it says instead.',
    );
  });
});
