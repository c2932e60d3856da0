import { refusalClassOf, type RefusalClass } from './refusal-class.js';

describe(refusalClassOf, () => {
  it.each<[boolean, number, string, RefusalClass]>([
    [false, 404, 'there is no such source', 'unknown-source'],
    [true, 401, 'signature-mismatch', 'signature'],
    [true, 401, 'what a scheme of the host says', 'signature'],
    // What some sources answer instead of 401.
    [true, 400, 'missing-signature', 'signature'],
    [true, 200, 'signature-mismatch', 'signature'],
    [true, 401, 'timestamp-too-old', 'timestamp'],
    [true, 403, 'timestamp-missing', 'timestamp'],
    [true, 405, 'the method is not POST', 'method'],
    [true, 408, 'the body took too long', 'body'],
    [true, 415, 'its content encoding is not supported', 'body'],
    [true, 413, 'it has more than 10000 events', 'size'],
    [true, 422, 'its data does not fit the schema (1 issue)', 'data'],
    [true, 503, 'key-unavailable', 'unavailable'],
    [true, 418, 'x'.repeat(10_000), 'other'],
  ])('known: %s, %d %s: %s', (isKnown, status, reason, expected) => {
    expect(refusalClassOf({ isKnown, status, reason })).toBe(expected);
  });
});
