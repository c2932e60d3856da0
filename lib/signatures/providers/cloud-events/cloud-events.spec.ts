import { describeAcceptedUnsigned } from '../../../../test/signatures/contract/accepted-unsigned.contract.js';
import {
  at,
  ISO,
  postJson,
  refused,
  request,
  SECRET,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { cloudEvents } from './cloud-events.js';

describeAcceptedUnsigned('cloudEvents', cloudEvents);

describe('cloudEvents', () => {
  const event = {
    specversion: '1.0',
    source: '/shop',
    id: '7',
    type: 'com.example.sold',
    time: ISO,
    data: { price: 1 },
  };
  const facts = { eventId: '/shop 7', eventType: 'com.example.sold', occurredAt: THEN };
  const open = cloudEvents({ unsigned: true });
  const ofType = (type: string, body: unknown, headers = {}): SignedRequest =>
    postJson(body, { 'content-type': type, ...headers });

  it('reads binary mode, and takes an array in it for data', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-source': '/shop',
      'ce-id': '7',
      'ce-type': 'com.example.sold',
      'ce-time': ISO,
    };
    for (const body of ['{"price":1}', '[{"id":"8"}]']) {
      expect(open.verify(postJson(body, headers), at())).toEqual({
        ok: true,
        keyIndex: 0,
        ...facts,
      });
    }
  });

  it('reads structured mode', () => {
    const given = ofType('application/cloudevents+json; charset=utf-8', event);
    expect(open.verify(given, at())).toEqual({ ok: true, keyIndex: 0, ...facts, dataPath: 'data' });
  });

  it('reads batched mode', () => {
    const given = ofType('application/cloudevents-batch+json', [event, { ...event, id: '8' }]);
    expect(open.verify(given, at())).toEqual({
      ok: true,
      keyIndex: 0,
      events: [
        { ...facts, dataPath: '0.data' },
        { ...facts, eventId: '/shop 8', dataPath: '1.data' },
      ],
    });
  });

  it.each([
    'application/json',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
  ])('REQ-1 REQ-2 refuses a request of the type %s without the token', (type) => {
    const scheme = cloudEvents({ secret: ['old', 'token'] });
    const verdict = (headers = {}): unknown => scheme.verify(ofType(type, '[]', headers), at());
    expect(verdict()).toEqual(refused('missing-signature'));
    expect(verdict({ authorization: 'Bearer other' })).toEqual(refused('signature-mismatch'));
    expect(verdict({ authorization: 'Bearer token' })).toMatchObject({ ok: true, keyIndex: 1 });
  });

  it('REQ-1 refuses an unset secret, also beside `unsigned`', () => {
    expect(() => cloudEvents({ secret: undefined })).toThrow(ConfigurationError);
    expect(() => cloudEvents({ secret: '', unsigned: true } as never)).toThrow(ConfigurationError);
  });
});

describe('the handshake of cloudEvents', () => {
  const scheme = cloudEvents({ secret: SECRET, allowedOrigins: ['events.example.com'] });
  const options = (headers: Record<string, string>): SignedRequest =>
    request('OPTIONS', { headers });

  it('lets the senders post that are named', async () => {
    expect(scheme.handshakeMethods).toEqual(['OPTIONS']);
    const asked = { 'webhook-request-origin': 'events.example.com' };
    expect(await answerTo(scheme, options(asked))).toEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'events.example.com' },
      body: '',
    });
    expect(await answerTo(scheme, options({ ...asked, 'webhook-request-rate': '120' }))).toEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'events.example.com', 'webhook-allowed-rate': '*' },
      body: '',
    });
  });

  it('answers no other senders', async () => {
    const asked = { 'webhook-request-origin': 'evil.example' };
    expect(await answerTo(scheme, options(asked))).toBeUndefined();
    expect(await answerTo(scheme, options({}))).toBeUndefined();
    expect(await answerTo(cloudEvents({ unsigned: true }), options(asked))).toBeUndefined();
  });
});

describeHandshake('cloudEvents', cloudEvents({ secret: SECRET }));
