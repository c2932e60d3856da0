import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { SignatureScheme, SignedRequest } from '../../signature-scheme.js';
import { cloudEvents } from '../cloud-events/cloud-events.js';
import { dockerHub } from '../docker-hub/docker-hub.js';
import { mollieClassic } from '../mollie-classic/mollie-classic.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const THEN = new Date('2026-03-01T11:59:30Z');
const JSON_TYPE = 'application/json';

const post = (body: string, contentType: string, headers = {}): SignedRequest => ({
  method: 'POST',
  url: '/webhooks/shop',
  headers: { 'content-type': contentType, ...headers },
  body: Buffer.from(body),
});

const verify = (scheme: SignatureScheme, request: SignedRequest): unknown =>
  scheme.verify(request, { now: NOW });

describe.each<[string, (options: never) => SignatureScheme]>([
  ['mollieClassic', mollieClassic],
  ['dockerHub', dockerHub],
  ['cloudEvents', cloudEvents],
])('%s', (name, create) => {
  it.each([undefined, {}, { unsigned: false }, { unsigned: 'true' }, { unsigned: 1 }])(
    'REQ-1 does not leave verification out for %j',
    (options) => {
      expect(() => create((options ?? {}) as never)).toThrow(ConfigurationError);
    },
  );

  it('goes by its name', () => {
    expect(create({ unsigned: true } as never).name).toBe(name);
  });
});

describe('mollieClassic', () => {
  it('REQ-24 makes each delivery an event: the next change has the same form', () => {
    const scheme = mollieClassic({ unsigned: true });
    const request = post('id=tr_1', 'application/x-www-form-urlencoded');
    const first = verify(scheme, request);
    expect(first).toMatchObject({ ok: true, eventId: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(verify(scheme, request)).not.toEqual(first);
  });
});

describe('dockerHub', () => {
  it('reads the type and the time', () => {
    const body = JSON.stringify({
      push_data: { pushed_at: THEN.getTime() / 1_000, tag: 'latest' },
    });
    expect(verify(dockerHub({ unsigned: true }), post(body, JSON_TYPE))).toEqual({
      ok: true,
      keyIndex: 0,
      eventType: 'push',
      occurredAt: THEN,
    });
  });
});

describe('cloudEvents', () => {
  const event = {
    specversion: '1.0',
    source: '/shop',
    id: '7',
    type: 'com.example.sold',
    time: THEN.toISOString(),
    data: { price: 1 },
  };
  const facts = { eventId: '/shop 7', eventType: 'com.example.sold', occurredAt: THEN };
  const open = cloudEvents({ unsigned: true });

  it('reads binary mode, and takes an array in it for data', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-source': '/shop',
      'ce-id': '7',
      'ce-type': 'com.example.sold',
      'ce-time': THEN.toISOString(),
    };
    for (const body of ['{"price":1}', '[{"id":"8"}]']) {
      expect(verify(open, post(body, JSON_TYPE, headers))).toEqual({
        ok: true,
        keyIndex: 0,
        ...facts,
      });
    }
  });

  it('reads structured mode', () => {
    const request = post(JSON.stringify(event), 'application/cloudevents+json; charset=utf-8');
    expect(verify(open, request)).toEqual({ ok: true, keyIndex: 0, ...facts, dataPath: 'data' });
  });

  it('reads batched mode', () => {
    const batch = JSON.stringify([event, { ...event, id: '8' }]);
    expect(verify(open, post(batch, 'application/cloudevents-batch+json'))).toEqual({
      ok: true,
      keyIndex: 0,
      events: [
        { ...facts, dataPath: '0.data' },
        { ...facts, eventId: '/shop 8', dataPath: '1.data' },
      ],
    });
  });

  it('REQ-1 REQ-2 refuses who does not show the token, in each mode', () => {
    const scheme = cloudEvents({ secret: ['old', 'token'] });
    for (const type of [
      JSON_TYPE,
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ]) {
      expect(verify(scheme, post('[]', type))).toEqual({ ok: false, reason: 'missing-signature' });
      expect(verify(scheme, post('[]', type, { authorization: 'Bearer other' }))).toEqual({
        ok: false,
        reason: 'signature-mismatch',
      });
      expect(verify(scheme, post('[]', type, { authorization: 'Bearer token' }))).toMatchObject({
        ok: true,
        keyIndex: 1,
      });
    }
    expect(() => cloudEvents({ secret: undefined })).toThrow(ConfigurationError);
    expect(() => cloudEvents({ secret: '', unsigned: true } as never)).toThrow(ConfigurationError);
  });
});
