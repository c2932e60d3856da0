import { createHmac } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';
import {
  AT,
  factsOf,
  KEY,
  NOW,
  OK,
  refused,
  request,
  SECONDS,
  signed,
  STANDARD_SECRET,
} from '../../../test/signatures/signed-requests.js';
import { github } from '../providers/github/github.js';
import { standardWebhooks } from '../providers/standard-webhooks/standard-webhooks.js';
import { stripe } from '../providers/stripe/stripe.js';
import type { SignedRequest } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';

describe('standardWebhooks', () => {
  const scheme = standardWebhooks({ secret: STANDARD_SECRET });

  it("agrees with the specification's example", () => {
    const example = standardWebhooks({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const then = new Date(1_614_265_330_000);
    expect(example.verify(request('{"test": 2432232314}', headers), { now: then })).toMatchObject(
      OK,
    );
  });

  it('takes any v1 signature of a list, and passes other versions over', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers['webhook-signature'] as string;
    const other = `v1,${Buffer.alloc(32).toString('base64')}`;
    const list = `v1a,whatever ${other} ${good}`;
    expect(
      scheme.verify(request(body, { ...headers, 'webhook-signature': list }), AT),
    ).toMatchObject(OK);
    const none = request(body, { ...headers, 'webhook-signature': 'v1a,whatever' });
    expect(scheme.verify(none, AT)).toEqual(refused('unsupported-algorithm'));
  });

  it.each(['{body}', '{timestamp}', '$&'])('REQ-9 takes the id %s literally', (id) => {
    expect(scheme.verify(signed(scheme, '{"a":1}', { id }), AT)).toMatchObject(OK);
  });

  it('REQ-9 refuses an id with a dot, which could be moved into the timestamp', () => {
    // By hand, as sign() refuses it too.
    const digest = createHmac('sha256', KEY).update(`msg.1.${SECONDS}.{}`).digest('base64');
    const headers = {
      'webhook-id': 'msg.1',
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': `v1,${digest}`,
    };
    expect(scheme.verify(request('{}', headers), AT)).toEqual(refused('malformed-signature'));
    expect(() => signed(scheme, '{}', { id: 'msg.1' })).toThrow(
      expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
    );
  });

  it('REQ-9 refuses one signature for another id and time, where the characters between them moved', () => {
    const { headers, body } = signed(scheme, '{}');
    for (const moved of [
      { 'webhook-id': `msg_1.${SECONDS}`, 'webhook-timestamp': '' },
      { 'webhook-id': 'msg_1.', 'webhook-timestamp': String(SECONDS) },
      { 'webhook-id': 'msg', 'webhook-timestamp': `_1.${SECONDS}` },
    ]) {
      expect(scheme.verify(request(body, { ...headers, ...moved }), AT)).toMatchObject({
        ok: false,
      });
    }
  });

  it.each(['', 'a b', 'é', 'a\n', '\u{1f600}', 'a'.repeat(4_097)])(
    'does not sign the id %j, which could not be sent or would be refused',
    (id) => {
      expect(() => signed(scheme, '{}', { id })).toThrow(
        expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
      );
    },
  );

  it.each([new Date(Number.NaN), new Date(-1_000), new Date(0), new Date(8.64e15)])(
    'does not sign the time %p, which it would refuse',
    (timestamp) => {
      expect(() => signed(scheme, '{}', { timestamp })).toThrow(
        expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
      );
    },
  );

  it('REQ-17 refuses a repeated header that stands behind an entry of an unknown version', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers['webhook-signature'] as string;
    for (const repeated of [`v2,abc, ${good}`, `v2, ${good}`, `${good} v2,abc,`, ` ${good}`]) {
      const bad = request(body, { ...headers, 'webhook-signature': repeated });
      expect(scheme.verify(bad, AT)).toEqual(refused('malformed-signature'));
    }
  });

  it.each(['AAAAA', 'AA=A', 'A===', 'AAAA====', ' AAAA', 'AA AA', 'AAAA\n', '\u00e9AAA'])(
    'REQ-14 refuses the secret %j, of which a lenient decoder would take a part',
    (secret) => {
      expect(() => standardWebhooks({ secret })).toThrow(ConfigurationError);
    },
  );

  it('refuses a missing id and a missing timestamp', () => {
    const { headers, body } = signed(scheme, '{}');
    expect(scheme.verify(request(body, { ...headers, 'webhook-id': undefined }), AT)).toMatchObject(
      { ok: false },
    );
    const untimed = request(body, { ...headers, 'webhook-timestamp': undefined });
    expect(scheme.verify(untimed, AT)).toEqual(refused('timestamp-missing'));
  });

  it('REQ-14 takes keys as they are given: base64url keeps its length, the label goes once', () => {
    const key = Buffer.from([0xfb, 0xff, 0xbf, 1, 2, 3]);
    const bare = standardWebhooks({ secret: key.toString('base64url') });
    const labelled = standardWebhooks({ secret: `whsec_${key.toString('base64')}` });
    expect(labelled.verify(signed(bare, '{}'), AT)).toMatchObject(OK);
    const expected = createHmac('sha256', key).update(`msg_1.${SECONDS}.{}`).digest('base64');
    expect(signed(bare, '{}').headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(() => standardWebhooks({ secret: 'not base64!' })).toThrow(ConfigurationError);
    expect(() => standardWebhooks({ secret: 'whsec_' })).toThrow(ConfigurationError);
  });

  it('never puts the secret into an error', () => {
    expect(() => standardWebhooks({ secret: 'my-secret!' })).toThrow(
      expect.not.stringContaining('my-secret') as never,
    );
  });

  it('reads the facts, and the data where the body has the envelope', async () => {
    const payload = {
      type: 'points.updated',
      timestamp: '2026-03-01T11:59:00Z',
      data: { points: 1 },
    };
    expect(await factsOf(scheme, signed(scheme, JSON.stringify(payload)))).toEqual({
      eventId: 'msg_1',
      eventType: 'points.updated',
      occurredAt: new Date('2026-03-01T11:59:00Z'),
      dataPath: 'data',
    });
    expect(await factsOf(scheme, signed(scheme, 'plain'))).toEqual({ eventId: 'msg_1' });
  });
});

describe('stripe', () => {
  const scheme = stripe({ secret: 'whsec_test' });

  it('takes the whole text of the secret for the key', () => {
    const expected = createHmac('sha256', 'whsec_test').update(`${SECONDS}.{}`).digest('hex');
    expect(signed(scheme, '{}').headers).toEqual({
      'stripe-signature': `t=${SECONDS},v1=${expected}`,
    });
  });

  it('takes any v1, passes v0 over, and refuses two timestamps', () => {
    const { headers, body } = signed(scheme, '{}');
    const [time, good] = (headers['stripe-signature'] as string).split(',');
    const verify = (value: string): unknown =>
      scheme.verify(request(body, { 'stripe-signature': value }), AT);
    expect(verify(`${time},v1=${'0'.repeat(64)},${good},v0=abc`)).toMatchObject(OK);
    expect(verify(`${time},${time},${good}`)).toEqual(refused('malformed-signature'));
    expect(verify(`${good}`)).toEqual(refused('timestamp-missing'));
    expect(verify(`${time}`)).toEqual(refused('unsupported-algorithm'));
  });

  it('REQ-24 REQ-25 REQ-26 takes the id of the event, not of its object or of the call that caused it', async () => {
    const payload = (id: string, type: string) => ({
      id,
      type,
      created: SECONDS,
      request: { idempotency_key: 'same' },
      data: { object: { id: 'in_1' } },
    });
    const factsWithKey = (body: object): Promise<object> => {
      const { headers, ...rest } = signed(scheme, JSON.stringify(body));
      return factsOf(scheme, { ...rest, headers: { ...headers, 'idempotency-key': 'same' } });
    };
    expect(await factsWithKey(payload('evt_1', 'invoice.paid'))).toEqual({
      eventId: 'evt_1',
      eventType: 'invoice.paid',
      occurredAt: NOW,
      dataPath: 'data',
    });
    expect(await factsWithKey(payload('evt_2', 'invoice.payment_failed'))).toMatchObject({
      eventId: 'evt_2',
    });
  });
});

describe('github', () => {
  const scheme = github({ secret: "It's a Secret to Everybody" });

  it("agrees with GitHub's documented example", () => {
    const headers = {
      'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    expect(scheme.verify(request('Hello, World!', headers), AT)).toMatchObject(OK);
  });

  it('REQ-12 REQ-22 refuses SHA-1, in the old header alone and under the new one', () => {
    const sha1 = createHmac('sha1', "It's a Secret to Everybody").update('{}').digest('hex');
    expect(scheme.verify(request('{}', { 'x-hub-signature': `sha1=${sha1}` }), AT)).toEqual(
      refused('missing-signature'),
    );
    expect(scheme.verify(request('{}', { 'x-hub-signature-256': `sha1=${sha1}` }), AT)).toEqual(
      refused('malformed-signature'),
    );
  });

  /** The body, signed, with the headers that GitHub does not sign. */
  const delivery = (by: SigningScheme, event: string, body: object): SignedRequest => {
    const { headers, ...rest } = signed(by, JSON.stringify(body));
    return {
      ...rest,
      headers: { ...headers, 'x-github-event': event, 'x-github-delivery': 'd1' },
    };
  };

  it('names the type with the action of the body', async () => {
    expect(await factsOf(scheme, delivery(scheme, 'issues', { action: 'opened' }))).toEqual({
      eventId: 'd1',
      eventType: 'issues.opened',
    });
    expect(await factsOf(scheme, delivery(scheme, 'push', {}))).toEqual({
      eventId: 'd1',
      eventType: 'push',
    });
  });

  it('REQ-23 leaves the unsigned id out where the body is to decide', async () => {
    const byBody = github({ secret: 'x', deduplicateByBody: true });
    expect(await factsOf(byBody, delivery(byBody, 'push', {}))).toEqual({ eventType: 'push' });
  });
});
