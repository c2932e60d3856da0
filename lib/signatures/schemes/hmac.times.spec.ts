import { createHmac } from 'node:crypto';
import {
  AT,
  NOW,
  OK,
  refused,
  request,
  SECONDS,
  signed,
} from '../../../test/signatures/signed-requests.js';
import type { SignedRequest } from '../signature-scheme.js';
import { hmac } from './hmac.scheme.js';

describe('hmac', () => {
  const base = { secret: 'secret', signature: { header: 'X-Signature' } } as const;
  const dated = hmac({
    ...base,
    timestamp: { header: 'x-time', unit: 'iso' },
    content: '{timestamp}.{body}',
  });
  const sentAt = (text: string): SignedRequest => {
    const digest = createHmac('sha256', 'secret').update(`${text}.{}`).digest('hex');
    return request('{}', { 'x-signature': digest, 'x-time': text });
  };

  it.each([
    '2026-03-01T12:00:00Z',
    '2026-03-01t12:00:00.123456789z',
    '2026-03-01 13:00:00+01:00',
    '2026-03-01T06:30:00-0530',
  ])('REQ-10 takes the RFC 3339 time %s', (text) => {
    expect(dated.verify(sentAt(text), AT)).toMatchObject(OK);
    const later = { now: new Date(NOW.getTime() + 301_000) };
    expect(dated.verify(sentAt(text), later)).toEqual(refused('timestamp-too-old'));
  });

  it.each([
    '2026-03-01T12:00:00',
    '2026-03-01',
    '2026-13-01T12:00:00Z',
    'Sun, 01 Mar 2026 12:00:00 GMT',
    '1772366400',
    '2026-03-01T12:00:00Z ',
    '+002026-03-01T12:00:00Z',
  ])('REQ-10 refuses the time %j, where RFC 3339 is due', (text) => {
    expect(dated.verify(sentAt(text), AT)).toEqual(refused('malformed-signature'));
  });

  describe('with its time in the body', () => {
    const scheme = hmac({
      ...base,
      timestamp: { path: 'meta.at', unit: 'ms', toleranceSeconds: 60 },
    });
    const sent = (at: unknown): SignedRequest => {
      const body = Buffer.from(JSON.stringify({ meta: { at } }));
      const digest = createHmac('sha256', 'secret').update(body).digest('hex');
      return request(body, { 'x-signature': digest });
    };

    it('REQ-11 judges it after the signature', () => {
      const at = NOW.getTime();
      expect(scheme.verify(sent(at), AT)).toMatchObject(OK);
      expect(scheme.verify(sent(String(at + 60_000)), AT)).toMatchObject(OK);
      expect(scheme.verify(sent(at - 60_001), AT)).toEqual(refused('timestamp-too-old'));
      expect(scheme.verify(sent(at + 60_001), AT)).toEqual(refused('timestamp-too-new'));
      const forged = { ...sent(at - 60_001), headers: { 'x-signature': '0'.repeat(64) } };
      expect(scheme.verify(forged, AT)).toEqual(refused('signature-mismatch'));
    });

    it.each([
      [undefined, 'timestamp-missing'],
      [null, 'timestamp-missing'],
      ['', 'timestamp-missing'],
      [SECONDS, 'malformed-signature'],
      [1.5, 'malformed-signature'],
      [{}, 'malformed-signature'],
      [[NOW.getTime()], 'malformed-signature'],
    ])('REQ-10 refuses %j', (at, reason) => {
      expect(scheme.verify(sent(at), AT)).toEqual(refused(reason));
    });

    it('signs a body that has one, and no other', () => {
      expect(scheme.verify(signed(scheme, `{"meta":{"at":${NOW.getTime()}}}`), AT)).toMatchObject(
        OK,
      );
      expect(() => signed(scheme, '{}')).toThrow(
        expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
      );
    });
  });
});
