import { adyen } from '../../lib/signatures/providers/adyen/adyen.js';
import { braintree } from '../../lib/signatures/providers/braintree/braintree.js';
import {
  FORM_TYPE,
  HEX_KEYS,
  load,
  NOW,
  post,
  text,
  type Difference,
  type OwnLibrary,
} from './own-library.js';

const { hmacValidator: HmacValidator } = load<{
  hmacValidator: new () => {
    calculateHmac(item: Item, key: string): string;
    validateHMAC(item: Item, key: string): boolean;
  };
}>('@adyen/api-library');
const { BraintreeGateway, Environment } = load<{
  Environment: { Sandbox: unknown };
  BraintreeGateway: new (config: object) => {
    webhookNotification: {
      parse(signature: string, payload: string): Promise<{ kind: string }>;
    };
    webhookTesting: { sampleSignature(payload: string): string };
  };
}>('braintree');

interface Item {
  readonly pspReference: string;
  readonly additionalData?: { readonly hmacSignature: string };
}
interface Notification {
  readonly notificationItems: readonly { readonly NotificationRequestItem: Item }[];
}

const item = (over: object = {}): object => ({
  NotificationRequestItem: {
    pspReference: '7914073381342284',
    merchantAccountCode: 'TestMerchant',
    merchantReference: 'TestPayment-1',
    amount: { value: 1_130, currency: 'EUR' },
    eventCode: 'AUTHORISATION',
    success: 'true',
    ...over,
  },
});

const notification = (...notificationItems: object[]): string =>
  JSON.stringify({ live: 'false', notificationItems });

const ADYEN_BODIES = [
  notification(item()),
  notification(item({ originalReference: '123', merchantReference: 'Zoë 😀' }), item()),
];

const itemsOf = (body: string): Item[] =>
  (JSON.parse(body) as Notification).notificationItems.map((it) => it.NotificationRequestItem);

function signItems(body: string, key: string): string {
  const items = itemsOf(body).map((it) => {
    const hmacSignature = new HmacValidator().calculateHmac(it, key);
    return { NotificationRequestItem: { ...it, additionalData: { hmacSignature } } };
  });
  return notification(...items);
}

const adyenDifference = (
  given: string,
  ours: Difference['ours'],
  why: string,
  change: (body: string) => string,
  secret?: string,
): Difference => ({
  given,
  theirs: 'accepted',
  ours,
  why,
  make: ({ secrets }) => post(change(signItems(ADYEN_BODIES[0] ?? '', secret ?? secrets[0])), {}),
  ...(secret !== undefined && { secret }),
});

const gateway = (privateKey: string) =>
  new BraintreeGateway({
    environment: Environment.Sandbox,
    merchantId: 'merchant',
    publicKey: 'public_key',
    privateKey,
  });

const documentOf = (id: string): string =>
  '<notification><kind>check</kind><timestamp type="datetime">2026-03-01T12:00:00Z</timestamp>' +
  `<subject><check type="boolean">true</check><id>${id}</id></subject></notification>`;
const DOCUMENTS = [documentOf('1'), documentOf('Zoë 😀 $$ 1')];

const encoded = (document: string): string => Buffer.from(document).toString('base64');
const fieldsOf = (body: string): [string, string] => {
  const form = new URLSearchParams(body);
  return [form.get('bt_signature') ?? '', form.get('bt_payload') ?? ''];
};
const braintreePost = (signature: string, payload: string) =>
  post(new URLSearchParams({ bt_signature: signature, bt_payload: payload }).toString(), FORM_TYPE);

export const signedFields: readonly OwnLibrary[] = [
  {
    name: '@adyen/api-library',
    way: 'standard',
    create: (secret) => adyen({ secret }),
    secrets: HEX_KEYS,
    bodies: () => ADYEN_BODIES,
    accepts: (request, key) =>
      itemsOf(text(request)).every((it) => new HmacValidator().validateHMAC(it, key)),
    send: (body, key) => post(signItems(body.toString('utf8'), key), {}),
    tamper: (request) => ({ ...request, body: Buffer.from(text(request).replace('1130', '1131')) }),
    breakSignature: (request) => ({
      ...request,
      body: Buffer.from(
        text(request).replace(
          /(hmacSignature":")(.)/,
          (_, name: string, char) => `${name}${char === 'A' ? 'B' : 'A'}`,
        ),
      ),
    }),
    differences: [
      adyenDifference(
        'an empty secret',
        'refused when created',
        'an unset variable would let anyone sign',
        (body) => body,
        '',
      ),
      adyenDifference(
        'base64 without its padding',
        'malformed-signature',
        'it forges nothing, but gives one delivery many spellings; the sender has one',
        (body) => body.replace(/=+"/, '"'),
      ),
      {
        given: 'no items',
        theirs: 'accepted',
        ours: 'missing-signature',
        why: 'nothing in such a body is signed; theirs verifies item by item, and there are no items',
        make: () => post(notification(), {}),
      },
    ],
  },
  {
    name: 'braintree',
    way: 'bt_payload',
    create: (privateKey) => braintree({ keys: { publicKey: 'public_key', privateKey } }),
    secrets: ['private_key', 'another_key'],
    headers: FORM_TYPE,
    contents: DOCUMENTS,
    bodies: () => DOCUMENTS,
    accepts: async (request, privateKey) =>
      (await gateway(privateKey).webhookNotification.parse(...fieldsOf(text(request)))).kind !== '',
    // As the library's own samples have it, with a line break at the end.
    send: (body, privateKey) => {
      const payload = `${encoded(body.toString('utf8'))}\n`;
      return braintreePost(gateway(privateKey).webhookTesting.sampleSignature(payload), payload);
    },
    tamper: (request) => {
      const [signature, payload] = fieldsOf(text(request));
      const document = Buffer.from(payload, 'base64').toString('utf8').replace('1', '2');
      return braintreePost(signature, `${encoded(document)}\n`);
    },
    breakSignature: (request) => {
      const [signature, payload] = fieldsOf(text(request));
      return braintreePost(`${signature.slice(0, -1)}${signature.endsWith('0') ? 1 : 0}`, payload);
    },
    differences: [
      {
        given: 'a document that is not XML',
        theirs: 'refused',
        ours: 'accepted',
        why: 'whether it can be parsed does not depend on who sent it',
        make: ({ send, secrets }) => send(Buffer.from('plain text'), secrets[0], NOW),
      },
      {
        given: 'text after the signature',
        theirs: 'accepted',
        ours: 'signature-mismatch',
        why: 'a pair is a key and a digest, and no more',
        make: async ({ send, secrets }) => {
          const request = await send(Buffer.from(DOCUMENTS[0] ?? ''), secrets[0], NOW);
          const [signature, payload] = fieldsOf(text(request));
          return braintreePost(`${signature}|more`, payload);
        },
      },
    ],
  },
];
