import { Occasion } from '../../../lib/testing/samples/occasion.js';
import { hasSecret, type Provider } from '../../../lib/testing/samples/provider.js';
import { PROVIDERS } from '../../../lib/testing/samples/providers.js';
import { adyen } from '../../../lib/signatures/providers/adyen.js';
import { braintree } from '../../../lib/signatures/providers/braintree.js';
import { contentful } from '../../../lib/signatures/providers/contentful.js';
import { discord } from '../../../lib/signatures/providers/discord.js';
import { github } from '../../../lib/signatures/providers/github.js';
import { gitlab } from '../../../lib/signatures/providers/gitlab.js';
import { hubspot } from '../../../lib/signatures/providers/hubspot.js';
import { jiraConnect } from '../../../lib/signatures/providers/jira-connect.js';
import { mailgun } from '../../../lib/signatures/providers/mailgun.js';
import { microsoftGraph } from '../../../lib/signatures/providers/microsoft-graph.js';
import { paddleClassic } from '../../../lib/signatures/providers/paddle-classic.js';
import { sendgrid } from '../../../lib/signatures/providers/sendgrid.js';
import { standardWebhooks } from '../../../lib/signatures/providers/standard-webhooks.js';
import { twilio } from '../../../lib/signatures/providers/twilio.js';
import { hmac } from '../../../lib/signatures/hmac.scheme.js';
import { FORM_TYPE, JSON_TYPE } from '../own-libraries/own-library.js';
import { keyTexts } from '../own-libraries/key-texts.js';
import { ID, NOW, URL_HERE, type Subject } from './subject.js';

/** These show a credential, and sign nothing. */
const CREDENTIALS = new Set(['cloudEvents', 'gitlab', 'okta', 'postmark', 'telegram']);

/** These sign with a private key, of which an application has the public one. */
const ASYMMETRIC = new Set(['plaid']);

const sameHex = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function sampled(name: string, provider: Provider): Subject[] {
  const { create, newSecret, samples, account = '', fetchesKey = false } = provider;
  const [sample] = Object.values(samples);
  if (sample === undefined || fetchesKey || !hasSecret(provider) || isByHand(name)) return [];
  const secret = newSecret();
  const event = new Occasion(ID, NOW, account);
  const subject: Subject = {
    name,
    create: (given) => create({ secret: given, url: URL_HERE, account }),
    secret,
    body: (text) => {
      const payload = sample.payload(event);
      return JSON.stringify(
        Array.isArray(payload) ? [...payload, { text }] : Object.assign({ text }, payload),
      );
    },
    headers: { ...JSON_TYPE, ...sample.headers?.(event) },
    asymmetric: ASYMMETRIC.has(name),
  };
  if (CREDENTIALS.has(name)) return [{ ...subject, covers: 'nothing' }];
  return [name === 'adyenPlatform' ? { ...subject, sameSecret: sameHex } : subject];
}

const json = (text: string): string => JSON.stringify({ type: 'a.b', text });
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const secret = 'a secret of Some length';
const [ed25519] = keyTexts('ed25519');
const [ec] = keyTexts('ec');
const [rsa] = keyTexts('rsa');

const adyenItem = (text: string): object => ({
  NotificationRequestItem: {
    pspReference: '7914073381342284',
    merchantReference: text,
    amount: { value: 1_130, currency: 'EUR' },
    eventCode: 'AUTHORISATION',
    success: 'true',
  },
});

/** Those of which a property has to know more than the samples tell, and ways to sign that have none. */
const byHand: Subject[] = [
  {
    name: 'hmac, with all that it can sign',
    create: (given) =>
      hmac({
        secret: given,
        algorithm: 'sha512',
        signature: { header: 'x-signature', separator: ',', prefix: 'v1=', encoding: 'base64' },
        timestamp: { header: 'x-time', unit: 'iso' },
        id: { header: 'x-id' },
        content: '{method}\n{url}\n{id}\n{timestamp}\n{body}',
        url: URL_HERE,
      }),
    secret,
    body: json,
  },
  {
    name: 'github, by SHA-1',
    create: (given) => github({ secret: given, algorithm: 'sha1' }),
    secret,
    body: json,
  },
  {
    name: 'gitlab, by signing token',
    create: (signingToken) => gitlab({ signingToken }),
    secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    body: json,
  },
  {
    name: 'hubspot, version 1',
    create: (given) => hubspot({ secret: given, version: 'v1' }),
    secret,
    body: json,
  },
  {
    name: 'hubspot, version 2',
    create: (given) => hubspot({ secret: given, version: 'v2', url: URL_HERE }),
    secret,
    body: json,
  },
  {
    name: 'standardWebhooks, by v1a',
    create: (privateKey) => standardWebhooks({ privateKey }),
    secret: ed25519,
    body: json,
    asymmetric: true,
  },
  {
    name: 'discord',
    create: (privateKey) => discord({ publicKey: undefined, privateKey }),
    secret: ed25519,
    body: json,
    asymmetric: true,
  },
  {
    name: 'sendgrid',
    create: (privateKey) => sendgrid({ publicKey: undefined, privateKey }),
    secret: ec,
    body: (text) => JSON.stringify([{ event: 'open', text }]),
    asymmetric: true,
  },
  {
    name: 'paddleClassic',
    create: (privateKey) => paddleClassic({ publicKey: undefined, privateKey }),
    secret: rsa,
    body: (text) => form({ alert_name: 'a', alert_id: '7', text }),
    headers: FORM_TYPE,
    covers: 'fields',
    inBody: true,
    asymmetric: true,
  },
  {
    name: 'twilio',
    create: (authToken) => twilio({ authToken, url: URL_HERE }),
    secret,
    body: (text) => form({ MessageSid: 'SM1', text }),
    headers: FORM_TYPE,
    covers: 'fields',
  },
  {
    name: 'twilio, JSON',
    create: (authToken) => twilio({ authToken, url: URL_HERE }),
    secret,
    body: json,
    headers: JSON_TYPE,
  },
  {
    name: 'braintree',
    create: (privateKey) => braintree({ keys: { publicKey: 'public_key', privateKey } }),
    secret,
    body: (text) => `<notification><kind>check</kind>${encodeURIComponent(text)}</notification>`,
    headers: FORM_TYPE,
    covers: 'fields',
    inBody: true,
  },
  {
    name: 'contentful',
    create: (given) => contentful({ secret: given }),
    secret: 'k1'.repeat(32),
    body: json,
    headers: { 'x-contentful-topic': 'ContentManagement.Entry.publish' },
  },
  {
    name: 'mailgun',
    create: (given) => mailgun({ secret: given }),
    secret,
    body: (text) => JSON.stringify({ 'event-data': { event: 'opened', text } }),
    covers: /"signature":\{[^}]*\}/,
    inBody: true,
  },
  {
    name: 'adyen',
    create: (given) => adyen({ secret: given }),
    secret: '44782def547aaa06c910c43932b1eb0c',
    body: (text) => JSON.stringify({ notificationItems: [adyenItem(text), adyenItem('other')] }),
    covers: /"additionalData":\{[^}]*\}/,
    inBody: true,
    sameSecret: sameHex,
  },
  {
    name: 'microsoftGraph',
    create: (clientState) => microsoftGraph({ clientState }),
    secret,
    body: (text) => JSON.stringify({ value: [{ id: 'n1', changeType: 'updated', text }] }),
    covers: /"clientState":"[^"]*"/,
    inBody: true,
  },
  {
    name: 'jiraConnect',
    create: (given) => jiraConnect({ secret: given, baseUrl: 'https://example.com/hooks' }),
    secret,
    body: (text) => JSON.stringify({ webhookEvent: 'jira:issue_created', text }),
    covers: 'nothing',
  },
  {
    name: 'jiraConnect, by OAuth',
    create: (given) => jiraConnect({ secret: given, app: 'oauth' }),
    secret,
    body: (text) => JSON.stringify({ webhookEvent: 'jira:issue_created', text }),
    covers: 'nothing',
  },
];

function isByHand(provider: string): boolean {
  return byHand.some(({ name }) => name === provider);
}

/** All that sign, each with its first sample. */
const withSamples = Object.entries<Provider>(PROVIDERS).flatMap(([name, it]) => sampled(name, it));

export const SUBJECTS: readonly Subject[] = [...withSamples, ...byHand];
