import {
  createHash,
  createHmac,
  generateKeyPairSync,
  sign as signBytes,
  type KeyObject,
} from 'node:crypto';
import { inspect } from 'node:util';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { certificateOf } from '../samples/certificate.js';
import type { FetchFunction } from '../keys/guarded.fetch.js';
import type { SignatureScheme, SignedRequest } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';
import { adyen } from './adyen/adyen.js';
import { braintree } from './braintree/braintree.js';
import { contentful } from './contentful/contentful.js';
import { discord } from './discord/discord.js';
import { jiraConnect } from './jira-connect/jira-connect.js';
import { mailgun } from './mailgun/mailgun.js';
import { microsoftGraph } from './microsoft-graph/microsoft-graph.js';
import { paddleClassic } from './paddle-classic/paddle-classic.js';
import { paypal } from './paypal/paypal.js';
import { plaid } from './plaid/plaid.js';
import { sendgrid } from './sendgrid/sendgrid.js';
import { sns } from './sns/sns.js';
import { standardWebhooks } from './standard-webhooks/standard-webhooks.js';
import { twilio } from './twilio/twilio.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = { now: NOW };
const SECONDS = String(NOW.getTime() / 1_000);
const later = (seconds: number): { now: Date } => ({
  now: new Date(NOW.getTime() + seconds * 1_000),
});
const URL_HERE = 'https://example.com/hooks?tenant=a';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };
const refused = (reason: string): object => ({ ok: false, reason });

const ed = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();
const rawEd = (key: KeyObject): Buffer => spki(key).subarray(-32);

const request = (
  body: string | Uint8Array,
  headers: SignedRequest['headers'] = {},
  rest: Partial<SignedRequest> = {},
): SignedRequest => ({ method: 'POST', url: URL_HERE, headers, body: Buffer.from(body), ...rest });

const form = (fields: Record<string, string> | [string, string][]): string =>
  new URLSearchParams(fields).toString();

const adyenItem = (over = {}): object => ({
  NotificationRequestItem: {
    pspReference: 'P1',
    originalReference: '',
    merchantAccountCode: 'Shop',
    merchantReference: 'order-1',
    amount: { value: 1_130, currency: 'EUR' },
    eventCode: 'AUTHORISATION',
    success: 'true',
    eventDate: '2026-03-01T11:00:00+00:00',
    ...over,
  },
});

interface Row {
  readonly name: string;
  readonly scheme: SigningScheme;
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly facts: object;
}

const TWILIO_URL = 'https://example.com/hooks?tenant=a';
const SIGNING: Row[] = [
  {
    name: 'standardWebhooks v1a',
    scheme: standardWebhooks({
      publicKey: `whpk_${rawEd(ed.publicKey).toString('base64')}`,
      privateKey: `whsk_${pkcs8(ed.privateKey).subarray(-32).toString('base64')}`,
    }),
    body: '{"type":"a.b","data":1}',
    facts: { eventId: 'message-number-1', eventType: 'a.b', dataPath: 'data' },
  },
  {
    name: 'discord',
    scheme: discord({
      publicKey: rawEd(ed.publicKey).toString('hex'),
      privateKey: pkcs8(ed.privateKey).toString('base64'),
    }),
    body: '{"type":1,"event":{"type":"ENTITLEMENT_CREATE","timestamp":"2026-03-01T11:00:00Z","data":{}}}',
    facts: {
      eventType: 'ENTITLEMENT_CREATE',
      occurredAt: new Date('2026-03-01T11:00:00Z'),
      dataPath: 'event.data',
    },
  },
  {
    name: 'sendgrid',
    scheme: sendgrid({
      publicKey: spki(ec.publicKey).toString('base64'),
      privateKey: pkcs8(ec.privateKey).toString('base64'),
    }),
    body: '[{"event":"open","sg_event_id":"e1","timestamp":1772362800},{"event":"click","sg_event_id":"e2"}]\r\n',
    facts: {
      events: [
        {
          eventId: 'e1',
          eventType: 'open',
          occurredAt: new Date(1_772_362_800_000),
          dataPath: '0',
        },
        { eventId: 'e2', eventType: 'click', dataPath: '1' },
      ],
    },
  },
  {
    name: 'twilio form',
    scheme: twilio({ authToken: 'token', url: TWILIO_URL }),
    body: 'MessageSid=SM1&MessageStatus=delivered&Body=%C3%A9+%26',
    facts: { eventType: 'message.delivered' },
  },
  {
    name: 'twilio JSON',
    scheme: twilio({ authToken: 'token', url: TWILIO_URL }),
    body: '[{"id":"EZ1","type":"com.twilio.x","time":"2026-03-01T11:00:00Z","data":{}}]',
    headers: JSON_TYPE,
    facts: { events: [{ eventId: 'EZ1', eventType: 'com.twilio.x', dataPath: '0.data' }] },
  },
  {
    name: 'paddleClassic',
    scheme: paddleClassic({
      publicKey: pem(rsa.publicKey),
      privateKey: pkcs8(rsa.privateKey).toString('base64'),
    }),
    body: 'alert_name=payment_succeeded&alert_id=7&event_time=2026-03-01+11:00:00&z=%C3%A9',
    facts: {
      eventId: '7',
      eventType: 'payment_succeeded',
      occurredAt: new Date('2026-03-01T11:00:00Z'),
    },
  },
  {
    name: 'braintree',
    scheme: braintree({ keys: { publicKey: 'pub', privateKey: 'private' } }),
    body: '<notification><kind>subscription_expired</kind><timestamp type="datetime">2026-03-01T11:00:00Z</timestamp></notification>',
    facts: {
      eventType: 'subscription_expired',
      occurredAt: new Date('2026-03-01T11:00:00Z'),
      dataPath: 'bt_payload',
    },
  },
  {
    name: 'contentful',
    scheme: contentful({ secret: 's'.repeat(64) }),
    body: '{"sys":{"updatedAt":"2026-03-01T11:00:00Z"}}',
    headers: { 'x-contentful-topic': 'ContentManagement.Entry.publish' },
    facts: {
      eventId: 'message-number-1',
      eventType: 'ContentManagement.Entry.publish',
      occurredAt: new Date('2026-03-01T11:00:00Z'),
    },
  },
];

/** Those that sign less than the whole body. */
const PARTIAL: Row[] = [
  {
    name: 'mailgun',
    scheme: mailgun({ secret: 'key' }),
    body: '{"event-data":{"event":"opened","id":"x","timestamp":1772362800.5}}',
    facts: { eventId: 'message-number-1', eventType: 'opened', dataPath: 'event-data' },
  },
  {
    name: 'adyen',
    scheme: adyen({ secret: 'ab'.repeat(32) }),
    body: JSON.stringify({ notificationItems: [adyenItem(), adyenItem({ success: 'false' })] }),
    facts: {
      events: [
        {
          eventId: 'P1.AUTHORISATION.true',
          eventType: 'AUTHORISATION',
          dataPath: 'notificationItems.0.NotificationRequestItem',
        },
        { eventId: 'P1.AUTHORISATION.false' },
      ],
    },
  },
  {
    name: 'microsoftGraph',
    scheme: microsoftGraph({ clientState: 'state' }),
    body: '{"value":[{"id":"n1","changeType":"updated"},{"id":"n2","lifecycleEvent":"missed"}]}',
    facts: {
      events: [
        { eventId: 'n1', eventType: 'updated', dataPath: 'value.0' },
        { eventId: 'n2', eventType: 'missed', dataPath: 'value.1' },
      ],
    },
  },
  {
    name: 'jiraConnect',
    scheme: jiraConnect({ secret: 'shared', baseUrl: 'https://example.com/' }),
    body: '{"webhookEvent":"jira:issue_created","timestamp":1772362800000}',
    facts: {
      eventId: 'message-number-1',
      eventType: 'jira:issue_created',
      occurredAt: new Date(1_772_362_800_000),
    },
  },
];

const signed = ({ scheme, body, headers = {} }: Row): SignedRequest => {
  const message = scheme.sign({
    body,
    id: 'message-number-1',
    timestamp: NOW,
    url: URL_HERE,
    headers,
  });
  return request(
    message.body,
    { ...headers, ...message.headers },
    { url: message.url ?? URL_HERE },
  );
};

describe.each([...SIGNING, ...PARTIAL])('$name', (row) => {
  const { scheme, facts } = row;
  const good = signed(row);

  it('verifies what it signs, and reads the facts', async () => {
    expect(await scheme.verify(good, AT)).toMatchObject({ ok: true, keyIndex: 0, ...facts });
  });

  it('REQ-2 REQ-17 refuses missing, blank and repeated headers', async () => {
    for (const name of Object.keys(good.headers)) {
      if (/^content-type$|topic$|identifier$|idempotency/.test(name)) continue;
      for (const value of [undefined, '', '  ', [String(good.headers[name]), 'x']]) {
        const verdict = await scheme.verify(
          { ...good, headers: { ...good.headers, [name]: value } },
          AT,
        );
        expect(verdict.ok).toBe(false);
      }
      const twice = `${String(good.headers[name])}, ${String(good.headers[name])}`;
      expect(
        (await scheme.verify({ ...good, headers: { ...good.headers, [name]: twice } }, AT)).ok,
      ).toBe(false);
    }
  });

  it('REQ-43 does not show its keys', () => {
    const shown = inspect(scheme, { depth: 9, showHidden: true }) + JSON.stringify(scheme);
    expect(shown).not.toMatch(/token'|private'|s{64}|BEGIN|KeyObject|<Buffer/);
  });
});

describe('vectors made by hand', () => {
  it('standardWebhooks takes v1a beside v1, REQ-16 and any of several keys', () => {
    const secret = Buffer.alloc(24, 7).toString('base64');
    const content = `m1.${SECONDS}.{}`;
    const v1a = signBytes(null, Buffer.from(content), ed.privateKey).toString('base64');
    const v1 = createHmac('sha256', Buffer.alloc(24, 7)).update(content).digest('base64');
    const other = rawEd(generateKeyPairSync('ed25519').publicKey).toString('base64');
    const given = (signature: string): SignedRequest =>
      request('{}', {
        'webhook-id': 'm1',
        'webhook-timestamp': SECONDS,
        'webhook-signature': signature,
      });
    const key = rawEd(ed.publicKey).toString('base64');
    const asymmetric = standardWebhooks({ publicKey: [other, key] });
    expect(asymmetric.verify(given(`v1,${v1} v1a,${v1a}`), AT)).toMatchObject({ keyIndex: 1 });
    expect(asymmetric.verify(given(`v1,${v1}`), AT)).toEqual(refused('unsupported-algorithm'));
    expect(standardWebhooks({ publicKey: other }).verify(given(`v1a,${v1a}`), AT)).toEqual(
      refused('signature-mismatch'),
    );
    const both = standardWebhooks({ secret, publicKey: key });
    expect(both.verify(given(`v1,${v1}`), AT)).toMatchObject({ ok: true });
    expect(both.verify(given(`v1a,${v1a}`), AT)).toMatchObject({ ok: true });
    expect(both.verify(given(`v1a,${v1a.replace(/^./, '-')}`), AT)).toMatchObject({ ok: false });
    expect(asymmetric.verify(given(`v1a,${v1a}`), later(301))).toEqual(
      refused('timestamp-too-old'),
    );
    expect(asymmetric.verify(given(`v1a,${v1a}`), later(300))).toMatchObject({ ok: true });
    expect(() => standardWebhooks({ publicKey: undefined })).toThrow(ConfigurationError);
    expect(() => standardWebhooks({})).toThrow(ConfigurationError);
  });

  it('REQ-11 discord and sendgrid judge the time, in both directions', () => {
    const body = '{"id":"i1","type":2}';
    const scheme = discord({ publicKey: rawEd(ed.publicKey).toString('hex') });
    const signature = signBytes(null, Buffer.from(SECONDS + body), ed.privateKey).toString('hex');
    const given = request(body, {
      'x-signature-ed25519': signature,
      'x-signature-timestamp': SECONDS,
    });
    expect(scheme.verify(given, later(300))).toMatchObject({ eventId: 'i1', eventType: '2' });
    expect(scheme.verify(given, later(301))).toEqual(refused('timestamp-too-old'));
    expect(scheme.verify(given, later(-301))).toEqual(refused('timestamp-too-new'));
    expect(() => scheme.sign({ body })).toThrow(ConfigurationError);
    expect(() => sendgrid({ publicKey: pem(rsa.publicKey) })).toThrow(ConfigurationError);
  });

  it('discord answers pings whose signature is right, and those alone', async () => {
    const scheme = discord({
      publicKey: undefined,
      privateKey: pkcs8(ed.privateKey).toString('base64'),
    });
    const ping = (body: string): SignedRequest =>
      request(body, scheme.sign({ body, timestamp: NOW }).headers);
    expect(await scheme.handshake!(ping('{"type":1}'), AT)).toMatchObject({ body: '{"type":1}' });
    expect(await scheme.handshake!(ping('{"type":0}'), AT)).toMatchObject({ status: 204 });
    expect(await scheme.handshake!(ping('{"type":1,"event":{}}'), AT)).toBeUndefined();
    expect(await scheme.handshake!(request('{"type":1}'), AT)).toBeUndefined();
  });

  it('twilio signs sorted names and different values, with the port or without', async () => {
    const scheme = twilio({ authToken: ['secondary', 'token'], url: 'https://example.com/t?x=1' });
    const body = form([
      ['b', '2'],
      ['a', 'z'],
      ['b', '1'],
      ['b', '2'],
    ]);
    const given = (url: string, key = 'token'): SignedRequest =>
      request(body, {
        ...FORM,
        'x-twilio-signature': createHmac('sha1', key).update(`${url}azb1b2`).digest('base64'),
      });
    expect(await scheme.verify(given('https://example.com/t?x=1'), AT)).toMatchObject({
      keyIndex: 1,
    });
    expect(await scheme.verify(given('https://example.com:443/t?x=1'), AT)).toMatchObject({
      ok: true,
    });
    expect(await scheme.verify(given('http://example.com/t?x=1'), AT)).toMatchObject({ ok: false });
    expect(await scheme.verify(given('https://example.com/t?x=1', 'no'), AT)).toMatchObject({
      ok: false,
    });
  });

  it('REQ-6 twilio refuses a body that nothing binds', async () => {
    const scheme = twilio({ authToken: 'token', url: 'https://example.com/t' });
    const signature = createHmac('sha1', 'token').update('https://example.com/t').digest('base64');
    const given = request('{"a":1}', { ...JSON_TYPE, 'x-twilio-signature': signature });
    expect(await scheme.verify(given, AT)).toEqual(refused('malformed-signature'));
  });

  it('mailgun takes the signature of the parent account, and the token for the id', async () => {
    const token = 'a'.repeat(50);
    const signature = createHmac('sha256', 'key')
      .update(SECONDS + token)
      .digest('hex');
    const body = JSON.stringify({
      signature: {
        timestamp: SECONDS,
        token,
        signature: '0'.repeat(64),
        'parent-signature': signature,
      },
      'event-data': { id: 'e1', event: 'failed' },
    });
    const given = request(body, JSON_TYPE);
    expect(await mailgun({ secret: 'key' }).verify(given, AT)).toMatchObject({ eventId: token });
    expect(
      await mailgun({ secret: 'key', deduplicateBy: 'event-id' }).verify({ ...given }, AT),
    ).toMatchObject({ eventId: 'e1' });
    expect(await mailgun({ secret: 'other' }).verify(given, AT)).toEqual(
      refused('signature-mismatch'),
    );
    expect(await mailgun({ secret: 'key' }).verify(given, later(36_001))).toEqual(
      refused('timestamp-too-old'),
    );
  });

  it('paddleClassic serialises as PHP does', async () => {
    const php = 'a:2:{s:10:"alert_name";s:1:"x";s:4:"name";s:3:"\u00e9a";}';
    const signature = signBytes('sha1', Buffer.from(php), rsa.privateKey).toString('base64');
    const scheme = paddleClassic({ publicKey: pem(rsa.publicKey) });
    const body = form({ p_signature: signature, name: '\u00e9a', alert_name: 'x' });
    expect(await scheme.verify(request(body, FORM), AT)).toMatchObject({
      ok: true,
      eventType: 'x',
    });
    expect(await scheme.verify(request(`${body}&more=1`, FORM), AT)).toMatchObject({ ok: false });
  });

  it('adyen signs eight fields of each item, and wants every item right', async () => {
    const key = '44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056';
    const hmacSignature = createHmac('sha256', Buffer.from(key, 'hex'))
      .update('P1::Shop:order-1:1130:EUR:AUTHORISATION:true')
      .digest('base64');
    const item = (over = {}): object => adyenItem({ additionalData: { hmacSignature }, ...over });
    const verdict = (...notificationItems: object[]): unknown =>
      adyen({ secret: key }).verify(request(JSON.stringify({ notificationItems }), JSON_TYPE), AT);
    expect(await verdict(item())).toMatchObject({ ok: true });
    expect(await verdict(item(), item({ success: 'false' }))).toEqual(
      refused('signature-mismatch'),
    );
    expect(await verdict(item(), adyenItem())).toEqual(refused('missing-signature'));
    expect(await verdict()).toEqual(refused('missing-signature'));
  });

  it('braintree answers a challenge, and signs nothing that could be a payload', async () => {
    const scheme = braintree({ keys: { publicKey: 'pub', privateKey: 'private' } });
    const key = createHash('sha1').update('private').digest();
    const challenge = '20f9f8ed05f77439fe955c977e4c8a53';
    const ask = (text: string): unknown =>
      scheme.handshake!(request('', {}, { method: 'GET', url: `/b?bt_challenge=${text}` }), AT);
    expect(await ask(challenge)).toMatchObject({
      body: `pub|${createHmac('sha1', key).update(challenge).digest('hex')}`,
    });
    expect(await ask('PGtpbmQ-')).toBeUndefined();
    const payload = Buffer.from('<kind>check</kind>').toString('base64');
    const digest = createHmac('sha1', key).update(`${payload}\n`).digest('hex');
    const body = form({ bt_signature: `other|00&pub|${digest}`, bt_payload: payload });
    expect(await scheme.verify(request(body, FORM), AT)).toMatchObject({ eventType: 'check' });
    const again = form({
      bt_signature: `pub|${'0'.repeat(40)}&pub|${digest}`,
      bt_payload: payload,
    });
    // F-10: one try for each key, as each of them hashes the payload.
    expect(await scheme.verify(request(again, FORM), AT)).toEqual(refused('signature-mismatch'));
  });

  it('F-10 mailgun reads four fields of a form, whatever else is in it, until they are right', async () => {
    const key = 'mailgun-key';
    const scheme = mailgun({ secret: key });
    const token = 't'.repeat(50);
    const signature = createHmac('sha256', key).update(`${SECONDS}${token}`).digest('hex');
    const fields = (over = {}): string => form({ timestamp: SECONDS, token, signature, ...over });
    const junk = `body=${'+%41'.repeat(10_000)}`;
    const verdict = (body: string): unknown => scheme.verify(request(body, FORM), AT);
    expect(await verdict(`${junk}&${fields()}`)).toMatchObject({ ok: true, eventId: token });
    const parse = jest.spyOn(JSON, 'parse');
    expect(await verdict(`${junk}&${fields({ signature: '0'.repeat(64) })}`)).toEqual(
      refused('signature-mismatch'),
    );
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(await verdict(junk)).toEqual(refused('missing-signature'));
    expect(await verdict(`${fields()}&token=${token}`)).toEqual(refused('malformed-signature'));
    expect(await verdict(`${fields({ token: 't'.repeat(20_000) })}`)).toEqual(
      refused('malformed-signature'),
    );
    expect(await verdict(`${'a&'.repeat(1_001)}${fields()}`)).toEqual(refused('missing-signature'));
  });

  it('microsoftGraph echoes the token as text, and wants every item right', async () => {
    const scheme = microsoftGraph({ clientState: ['new', 'old'] });
    const ask = request('', {}, { url: '/g?validationToken=Validation%3a+%3Cb%3E' });
    expect(await scheme.handshake!(ask, AT)).toMatchObject({
      body: 'Validation: <b>',
      headers: { 'x-content-type-options': 'nosniff' },
    });
    const verdict = (...states: string[]): unknown =>
      scheme.verify(
        request(JSON.stringify({ value: states.map((clientState) => ({ clientState })) })),
        AT,
      );
    expect(await verdict('old', 'new')).toMatchObject({ ok: true, keyIndex: 1 });
    expect(await verdict('old', 'bad')).toEqual(refused('signature-mismatch'));
  });

  it('contentful signs method, path, named headers and body', async () => {
    const secret = 'k'.repeat(64);
    const names = 'x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic';
    const at = String(NOW.getTime());
    const canonical = [
      'POST',
      '/hooks?tenant%253Da',
      `x-contentful-signed-headers:${names};x-contentful-timestamp:${at};x-contentful-topic:T`,
      '{}',
    ].join('\n');
    const headers = {
      'x-contentful-signature': createHmac('sha256', secret).update(canonical).digest('hex'),
      'x-contentful-signed-headers': names,
      'x-contentful-timestamp': at,
      'x-contentful-topic': 'T',
    };
    const scheme = contentful({ secret });
    expect(await scheme.verify(request('{}', headers), AT)).toMatchObject({ eventType: 'T' });
    expect(await scheme.verify(request('{}', headers), later(31))).toEqual(
      refused('timestamp-too-old'),
    );
    const other = { ...headers, 'x-contentful-topic': 'U' };
    expect(await scheme.verify(request('{}', other), AT)).toEqual(refused('signature-mismatch'));
    expect(() => contentful({ secret: 'short' })).toThrow(ConfigurationError);
  });

  it('REQ-12 jiraConnect takes HS256 alone, for this URL, until the token runs out', async () => {
    const token = (header: object, claims: object): string => {
      const text = [header, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `JWT ${text}.${createHmac('sha256', 'shared').update(text).digest('base64url')}`;
    };
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    const claims = {
      exp: Number(SECONDS) + 10,
      qsh: hash('POST&/hook&a=1,2&b=%2A'),
    };
    const scheme = jiraConnect({ secret: 'shared', baseUrl: 'https://example.com/app' });
    const verdict = (authorization: string, context = AT): unknown =>
      scheme.verify(
        request(
          '{}',
          { authorization },
          { url: 'https://example.com/app/hook/?b=*&a=2&a=1&jwt=x' },
        ),
        context,
      );
    expect(await verdict(token({ alg: 'HS256' }, claims))).toMatchObject({ ok: true });
    expect(await verdict(token({ alg: 'HS256' }, claims), later(71))).toEqual(
      refused('timestamp-too-old'),
    );
    expect(await verdict(token({ alg: 'none' }, claims))).toEqual(refused('unsupported-algorithm'));
    expect(await verdict(token({ alg: 'HS256' }, { ...claims, qsh: hash('POST&/x&') }))).toEqual(
      refused('signature-mismatch'),
    );
    expect(await verdict(token({ alg: 'HS256' }, { qsh: claims.qsh }))).toEqual(
      refused('timestamp-missing'),
    );
  });
});

const certificate = (until?: string): string => certificateOf(rsa.privateKey, until);

/** A network that gives answers in turn, the last one for ever, and remembers what it was asked. */
const network = (...answers: (() => Response)[]): { fetch: FetchFunction; asked: string[] } => {
  const asked: string[] = [];
  const fetch: FetchFunction = (url) => {
    asked.push(url);
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    return new Promise((resolve) => resolve(answer()));
  };
  return { fetch, asked };
};
const down = (): Response => {
  throw new Error('no route to host');
};

const CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab12.pem';
const PAYPAL_URL = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:orders';

const snsRequest = (over: Record<string, string> = {}): SignedRequest => {
  const message: Record<string, string> = {
    Type: 'Notification',
    MessageId: 'm1',
    TopicArn: TOPIC,
    Message: 'hello',
    Timestamp: NOW.toISOString(),
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE_URL,
    ...over,
  };
  const names =
    message['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const content = names
    .filter((name) => message[name] !== undefined)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
  const hash = message['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
  const Signature = signBytes(hash, Buffer.from(content), rsa.privateKey).toString('base64');
  return request(JSON.stringify({ Signature, ...message }), {
    'content-type': 'text/plain; charset=UTF-8',
  });
};

const paypalRequest = (over: Record<string, string> = {}): SignedRequest => {
  const body = '{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED","resource":{}}';
  const content = `t-1|${NOW.toISOString()}|WID|${crc32(Buffer.from(body))}`;
  return request(body, {
    'paypal-transmission-id': 't-1',
    'paypal-transmission-time': NOW.toISOString(),
    'paypal-transmission-sig': signBytes('sha256', Buffer.from(content), rsa.privateKey).toString(
      'base64',
    ),
    'paypal-cert-url': PAYPAL_URL,
    'paypal-auth-algo': 'SHA256withRSA',
    ...over,
  });
};

const plaidRequest = (
  kid = 'k1',
  iat = Number(SECONDS),
  body = '{"webhook_type":"ITEM"}',
): SignedRequest => {
  const text = [
    { alg: 'ES256', kid, typ: 'JWT' },
    {
      iat,
      request_body_sha256: createHash('sha256').update('{"webhook_type":"ITEM"}').digest('hex'),
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = signBytes('sha256', Buffer.from(text), {
    key: ec.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return request(body, { 'plaid-verification': `${text}.${signature.toString('base64url')}` });
};
const plaidKey = (expired_at: number | null = null): Response =>
  Response.json({ key: { ...ec.publicKey.export({ format: 'jwk' }), alg: 'ES256', expired_at } });

describe.each([
  {
    name: 'sns',
    create: (fetch: FetchFunction): SignatureScheme => sns({ topicArn: TOPIC, fetch }),
    good: snsRequest(),
    naming: (name: string) =>
      snsRequest({ SigningCertURL: `https://sns.eu-west-1.amazonaws.com/${name}.pem` }),
    answer: () => new Response(certificate()),
    facts: { eventId: 'm1', eventType: 'Notification', occurredAt: NOW, dataPath: 'Message' },
  },
  {
    name: 'paypal',
    create: (fetch: FetchFunction): SignatureScheme => paypal({ webhookId: 'WID', fetch }),
    good: paypalRequest(),
    naming: (name: string) =>
      paypalRequest({
        'paypal-cert-url': `https://api.paypal.com/v1/notifications/certs/${name}`,
      }),
    answer: () => new Response(certificate()),
    facts: { eventId: 'WH-1', eventType: 'PAYMENT.SALE.COMPLETED', dataPath: 'resource' },
  },
  {
    name: 'plaid',
    create: (fetch: FetchFunction): SignatureScheme => plaid({ clientId: 'c', secret: 's', fetch }),
    good: plaidRequest(),
    naming: (name: string) => plaidRequest(name),
    answer: () => plaidKey(),
    facts: { eventType: 'ITEM', distinctBy: String(NOW.getTime() / 1_000) },
  },
])('$name, whose keys are fetched', ({ create, good, naming, answer, facts }) => {
  /** A sender that has one key of its own; what else is named is there as well, or not. */
  const sender = (other: () => Response): { fetch: FetchFunction; asked: string[] } => {
    const asked: string[] = [];
    const fetch: FetchFunction = (url, { body }) => {
      const name = /(?:own|made-up|others)-?\d*/.exec(`${url} ${body as string}`)![0];
      asked.push(name);
      return new Promise((resolve) => resolve(name === 'own' ? answer() : other()));
    };
    return { fetch, asked };
  };
  const notThere = (): Response => new Response('', { status: 404 });
  const unsigned = (given: SignedRequest): SignedRequest => ({
    ...given,
    body: Buffer.from(Buffer.from(given.body).toString('utf8').replace('hello', 'hullo') + ' '),
  });

  it('verifies, and REQ-20 fetches a key once', async () => {
    const { fetch, asked } = network(answer);
    const scheme = create(fetch);
    expect(await scheme.verify(good, AT)).toEqual({ ok: true, keyIndex: 0, ...facts });
    expect(await scheme.verify({ ...good }, AT)).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
  });

  it('REQ-21 says that a key cannot be had, and REQ-20 asks again', async () => {
    const { fetch, asked } = network(
      down,
      () => new Response('', { status: 500 }),
      () => new Response('junk'),
      answer,
    );
    const scheme = create(fetch);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await scheme.verify(good, AT)).toEqual(refused('key-unavailable'));
    }
    expect(await scheme.verify(good, AT)).toMatchObject({ ok: true });
    expect(asked).toHaveLength(4);
  });

  it('fetches a key again after an hour, whatever others asked for', async () => {
    const { fetch, asked } = network(answer);
    const scheme = create(fetch);
    await scheme.verify(good, AT);
    await scheme.verify(good, later(3_600));
    expect(asked).toHaveLength(2);
  });

  it('F-12 REQ-20 takes its own key during a flood of made-up names, also when it is fetched again', async () => {
    const { fetch, asked } = sender(notThere);
    const scheme = create(fetch);
    expect(await scheme.verify(naming('own'), AT)).toMatchObject({ ok: true });
    let made = 0;
    // Within its time, as all of these tokens and messages are of one instant.
    for (let second = 0; second <= 240; second += 1) {
      for (let n = 0; n < 10; n += 1)
        await scheme.verify(naming(`made-up-${made++}`), later(second));
      expect(await scheme.verify(naming('own'), later(second))).toMatchObject({ ok: true });
    }
    expect(asked.filter((name) => name === 'own')).toHaveLength(1);
    expect(asked.length - 1).toBeLessThanOrEqual(5 * 20);
    for (let n = 0; n < 100; n += 1) await scheme.verify(naming(`made-up-${made++}`), later(3_600));
    await scheme.verify(naming('own'), later(3_600));
    expect(asked.filter((name) => name === 'own')).toHaveLength(2);
  });

  it('F-12 takes its own key by its second delivery when it starts in a flood of made-up names', async () => {
    const { fetch, asked } = sender(notThere);
    const scheme = create(fetch);
    let made = 0;
    const flood = async (second: number): Promise<void> => {
      for (let n = 0; n < 1_000; n += 1)
        await scheme.verify(naming(`made-up-${made++}`), later(second));
    };
    await flood(0);
    expect(await scheme.verify(naming('own'), later(0))).toEqual(refused('key-unavailable'));
    await flood(1);
    expect(await scheme.verify(naming('own'), later(1))).toMatchObject({ ok: true });
    expect(asked).toHaveLength(20 + 1);
  });

  it('F-12 keeps its own key before keys of others that are there as well', async () => {
    const { fetch, asked } = sender(answer);
    const scheme = create(fetch);
    expect(await scheme.verify(naming('own'), AT)).toMatchObject({ ok: true });
    for (let n = 0; n < 200; n += 1) {
      const other = unsigned(naming(`others-${n}`));
      expect(await scheme.verify(other, later(60 * Math.floor(n / 19)))).toEqual(
        refused('signature-mismatch'),
      );
    }
    await scheme.verify(naming('own'), later(700));
    expect(asked.filter((name) => name === 'own')).toHaveLength(1);
    expect(asked).toHaveLength(201);
  });

  it('REQ-5 never throws for junk', async () => {
    const scheme = create(network(answer).fetch);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.uint8Array(), async (value, body) => {
        const headers = Object.fromEntries(Object.keys(good.headers).map((name) => [name, value]));
        expect((await scheme.verify(request(body, headers), AT)).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('keys that are fetched', () => {
  it.each([
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.com/a.pem',
    'https://sns.s3-us-west-2.amazonaws.com/a.pem',
    'https://evil@sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com:444/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.pem?x',
    ' https://sns.eu-west-1.amazonaws.com/a.pem',
  ])('REQ-15 sns does not fetch %s', async (url) => {
    const { fetch, asked } = network(() => new Response(certificate()));
    const given = snsRequest({ SigningCertURL: url });
    expect(await sns({ topicArn: TOPIC, fetch }).verify(given, AT)).toEqual(
      refused('malformed-signature'),
    );
    expect(asked).toEqual([]);
  });

  it('REQ-15 paypal takes certificates from its own host and environment alone', async () => {
    const { fetch, asked } = network(() => new Response(certificate()));
    for (const url of [
      'https://api.paypal.com.evil.com/v1/notifications/certs/CERT-1',
      'https://api.paypal.com/other/CERT-1',
      'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    ]) {
      const given = paypalRequest({ 'paypal-cert-url': url });
      expect((await paypal({ webhookId: 'WID', fetch }).verify(given, AT)).ok).toBe(false);
    }
    expect(asked).toEqual([]);
    const scheme = paypal({ webhookId: 'WID', fetch });
    expect(await scheme.verify(paypalRequest({ 'paypal-auth-algo': 'SHA1withRSA' }), AT)).toEqual(
      refused('unsupported-algorithm'),
    );
    expect(await paypal({ webhookId: 'OTHER', fetch }).verify(paypalRequest(), AT)).toEqual(
      refused('signature-mismatch'),
    );
    expect(await scheme.verify({ ...paypalRequest(), body: Buffer.from('{}') }, AT)).toEqual(
      refused('signature-mismatch'),
    );
  });

  it('refuses a certificate that has run out', async () => {
    const { fetch } = network(() => new Response(certificate('250101000000Z')));
    expect(await sns({ topicArn: TOPIC, fetch }).verify(snsRequest(), AT)).toEqual(
      refused('signature-mismatch'),
    );
  });

  it('sns takes its own topic, and REQ-12 the versions that are set', async () => {
    const { fetch } = network(() => new Response(certificate()));
    const other = snsRequest({ TopicArn: `${TOPIC}2` });
    expect(await sns({ topicArn: TOPIC, fetch }).verify(other, AT)).toEqual(
      refused('signature-mismatch'),
    );
    const old = snsRequest({ SignatureVersion: '1', Subject: 'S' });
    expect(await sns({ topicArn: TOPIC, fetch }).verify(old, AT)).toMatchObject({ ok: true });
    expect(await sns({ topicArn: TOPIC, signatureVersions: ['2'], fetch }).verify(old, AT)).toEqual(
      refused('unsupported-algorithm'),
    );
    expect(await sns({ topicArn: TOPIC, fetch }).verify(snsRequest(), later(3_901))).toEqual(
      refused('timestamp-too-old'),
    );
    expect(() => sns({ topicArn: undefined })).toThrow(ConfigurationError);
  });

  it('sns confirms a subscription once it is verified, on its own host alone', async () => {
    const subscription = (SubscribeURL: string, over = {}): SignedRequest =>
      snsRequest({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL, ...over });
    const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription';
    const { fetch, asked } = network(() => new Response(certificate()));
    const scheme = sns({ topicArn: TOPIC, fetch });
    expect(await scheme.handshake!(subscription(url), AT)).toMatchObject({ status: 200 });
    expect(asked).toEqual([CERTIFICATE_URL, url]);
    expect(await scheme.handshake!(subscription('https://evil.com/'), AT)).toMatchObject({
      status: 400,
    });
    expect(await scheme.handshake!(subscription(url, { Signature: 'AAAA' }), AT)).toBeUndefined();
    expect(await scheme.handshake!(snsRequest(), AT)).toBeUndefined();
    expect(asked).toHaveLength(2);
    const failing = network(() => new Response(certificate()), down);
    expect(
      await sns({ topicArn: TOPIC, fetch: failing.fetch }).handshake!(subscription(url), AT),
    ).toMatchObject({ status: 503 });
  });

  it('sns answers the end of a subscription, which is no event', async () => {
    const { fetch, asked } = network(down);
    const scheme = sns({ topicArn: TOPIC, fetch });
    const given = snsRequest({
      Type: 'UnsubscribeConfirmation',
      Token: 't',
      SubscribeURL: CERTIFICATE_URL,
    });
    expect((await scheme.verify(given, AT)).ok).toBe(false);
    expect(await scheme.handshake!(given, AT)).toMatchObject({ status: 200, body: '' });
    expect(asked).toEqual([]);
  });

  it('plaid binds the body, judges the time, and refuses a withdrawn key', async () => {
    const { fetch } = network(() => plaidKey());
    const scheme = plaid({ clientId: 'c', secret: 's', fetch });
    expect(await scheme.verify(plaidRequest('k1', Number(SECONDS), '{}'), AT)).toEqual(
      refused('signature-mismatch'),
    );
    expect(await scheme.verify(plaidRequest(), later(301))).toEqual(refused('timestamp-too-old'));
    expect(await scheme.verify(plaidRequest(), later(-301))).toEqual(refused('timestamp-too-new'));
    const withdrawn = network(() => plaidKey(1_700_000_000));
    expect(
      await plaid({ clientId: 'c', secret: 's', fetch: withdrawn.fetch }).verify(
        plaidRequest(),
        AT,
      ),
    ).toEqual(refused('signature-mismatch'));
    expect(() => plaid({ clientId: '', secret: 's' })).toThrow(ConfigurationError);
  });

  it('REQ-20 made-up key ids cannot make us flood the sender', async () => {
    const { fetch, asked } = network(() => plaidKey(), down);
    const scheme = plaid({ clientId: 'c', secret: 's', fetch });
    expect(await scheme.verify(plaidRequest('good'), AT)).toMatchObject({ ok: true });
    for (let n = 0; n < 50; n += 1) await scheme.verify(plaidRequest(`made-up-${n}`), AT);
    expect(asked).toHaveLength(20);
    expect(await scheme.verify(plaidRequest('good'), AT)).toMatchObject({ ok: true });
  });
});
