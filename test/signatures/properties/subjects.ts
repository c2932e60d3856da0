import { Occasion } from '../../../lib/signatures/samples/occasion.js';
import { isPrivateKey } from '../../../lib/signatures/samples/private-key.js';
import { hasSecret, type Provider, type Sample } from '../../../lib/signatures/samples/provider.js';
import { PROVIDERS } from '../../../lib/signatures/samples/providers.js';
import { FORM_TYPE, JSON_TYPE } from '../content-types.js';
import { secretOf } from '../secrets.js';
import { VARIANTS } from '../variants.js';
import { ID, NOW, URL_HERE, type Subject } from './subject.js';

type Facts = Pick<Subject, 'covers' | 'inBody' | 'sameSecret' | 'unsigned'> & {
  /** @default adds the text where a reader does not look */
  readonly write?: (payload: object, text: string) => object;
};

const sameHex = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const inFields = { covers: 'fields' } as const;
/** These show a credential, or sign something else than the body. */
const notAtAll = { covers: 'nothing' } as const;

/** Of those that do not sign a body as it is. */
const FACTS: Readonly<Record<string, Facts>> = {
  adyen: {
    covers: /"additionalData":\{[^}]*\}/,
    inBody: true,
    sameSecret: sameHex,
    // Eight fields of each item are signed, one of which is a text of the shop's.
    write: (payload, text) => {
      const { notificationItems } = payload as AdyenNotification;
      const more = notificationItems.map(({ NotificationRequestItem: item }) => ({
        NotificationRequestItem: { ...item, merchantReference: text },
      }));
      return { ...payload, notificationItems: [...more, ...notificationItems] };
    },
  },
  adyenPlatform: { sameSecret: sameHex },
  braintree: { ...inFields, inBody: true },
  cloudEvents: notAtAll,
  gitlab: notAtAll,
  jiraConnect: notAtAll,
  'jiraConnect, by OAuth': notAtAll,
  mailgun: { covers: /"signature":\{[^}]*\}/, inBody: true },
  mandrill: inFields,
  microsoftGraph: { covers: /"clientState":"[^"]*"/, inBody: true },
  okta: notAtAll,
  paddleClassic: { ...inFields, inBody: true },
  // It says where the key is, and the stand-in for the sender gives out the same one everywhere.
  paypal: { unsigned: ['paypal-cert-url'] },
  postmark: notAtAll,
  sns: {
    // The fields behind the message, of which all count, up to the signature.
    covers: /"Timestamp":.*"Signature":"[^"]*"/,
    inBody: true,
    write: (payload, text) => ({ ...payload, Message: text }),
  },
  telegram: notAtAll,
  twilio: inFields,
};

interface AdyenNotification {
  readonly notificationItems: readonly { readonly NotificationRequestItem: object }[];
}

function addText(payload: object, text: string): object {
  return Array.isArray(payload) ? [...(payload as object[]), { text }] : { text, ...payload };
}

function written({ format }: Sample, payload: unknown, text: string, write = addText): string {
  if (typeof payload === 'string') return payload + text;
  const full = write(payload as object, text);
  return format === 'form'
    ? new URLSearchParams(full as Record<string, string>).toString()
    : JSON.stringify(full);
}

/** A sender by its first sample; none for one that signs nothing. */
function subjects(name: string, provider: Provider): Subject[] {
  const { create, account = '', samples } = provider;
  const [sample] = Object.values(samples);
  if (sample === undefined || !hasSecret(provider)) return [];
  const event = new Occasion(ID, NOW, account);
  const { write, ...facts } = FACTS[name] ?? {};
  const secret = secretOf(provider);
  return [
    {
      name,
      create: (given) => create({ secret: given, url: URL_HERE, account }),
      secret,
      otherSecret: secretOf(provider, 1),
      body: (text) => written(sample, sample.payload(event), text, write),
      headers: {
        ...(sample.format === 'form' ? FORM_TYPE : JSON_TYPE),
        ...sample.headers?.(event),
      },
      asymmetric: isPrivateKey(secret),
      ...facts,
    },
  ];
}

/** All that sign, by every way that they have. */
export const SUBJECTS: readonly Subject[] = Object.entries<Provider>({
  ...PROVIDERS,
  ...VARIANTS,
}).flatMap(([name, provider]) => subjects(name, provider));
