import { generateKeyPairSync, sign } from 'node:crypto';
import { describeFetchedKey } from '../../../../test/signatures/contract/fetched-key.contract.js';
import { at, NOW, post, refused } from '../../../../test/signatures/contract/hand-made.js';
import { answerTo } from '../../../../test/signatures/contract/handshake.contract.js';
import { down, network } from '../../../../test/signatures/contract/network.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { certificateOf } from '../../samples/certificate.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { sns } from './sns.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const certificate = (until?: string) => (): Response =>
  new Response(certificateOf(rsa.privateKey, until));

const CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab12.pem';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:orders';

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const CONFIRMATION = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** RSA gives the same signature for the same content, and takes its time for it. */
const signatures = new Map<string, string>();
const signatureOf = (hash: string, content: string): string => {
  const signature =
    signatures.get(hash + content) ??
    sign(hash, Buffer.from(content), rsa.privateKey).toString('base64');
  signatures.set(hash + content, signature);
  return signature;
};

const signed = (over: Record<string, string> = {}): SignedRequest => {
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
  const content = (message['Type'] === 'Notification' ? NOTIFICATION : CONFIRMATION)
    .filter((name) => message[name] !== undefined)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
  const hash = message['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
  const Signature = signatureOf(hash, content);
  return post(JSON.stringify({ Signature, ...message }), {
    'content-type': 'text/plain; charset=UTF-8',
  });
};

describeFetchedKey('sns', {
  create: (fetch) => sns({ topicArn: TOPIC, fetch }),
  genuine: signed(),
  naming: (name) => signed({ SigningCertURL: `https://sns.eu-west-1.amazonaws.com/${name}.pem` }),
  answer: certificate(),
  facts: { eventId: 'm1', eventType: 'Notification', occurredAt: NOW, dataPath: 'Message' },
});

describe('the certificate of sns', () => {
  it.each([
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.com/a.pem',
    'https://sns.s3-us-west-2.amazonaws.com/a.pem',
    'https://evil@sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com:444/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.pem?x',
    ' https://sns.eu-west-1.amazonaws.com/a.pem',
  ])('REQ-15 is not fetched from %s', async (url) => {
    const { fetch, asked } = network(certificate());
    const given = signed({ SigningCertURL: url });
    expect(await sns({ topicArn: TOPIC, fetch }).verify(given, at())).toEqual(
      refused('malformed-signature'),
    );
    expect(asked).toEqual([]);
  });

  it('is refused when it has run out', async () => {
    const { fetch } = network(certificate('250101000000Z'));
    expect(await sns({ topicArn: TOPIC, fetch }).verify(signed(), at())).toEqual(
      refused('signature-mismatch'),
    );
  });
});

describe('sns', () => {
  const { fetch } = network(certificate());
  const scheme = sns({ topicArn: TOPIC, fetch });

  it('takes its own topic', async () => {
    expect(await scheme.verify(signed({ TopicArn: `${TOPIC}2` }), at())).toEqual(
      refused('signature-mismatch'),
    );
    expect(() => sns({ topicArn: undefined })).toThrow(ConfigurationError);
  });

  it('REQ-12 takes the versions that are set', async () => {
    const old = signed({ SignatureVersion: '1', Subject: 'S' });
    expect(await scheme.verify(old, at())).toMatchObject({ ok: true });
    const newer = sns({ topicArn: TOPIC, signatureVersions: ['2'], fetch });
    expect(await newer.verify(old, at())).toEqual(refused('unsupported-algorithm'));
  });

  it('judges the time', async () => {
    expect(await scheme.verify(signed(), at(3_901))).toEqual(refused('timestamp-too-old'));
  });
});

describe('a subscription of sns', () => {
  const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription';
  const confirmation = (SubscribeURL: string, over = {}): SignedRequest =>
    signed({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL, ...over });

  it('is confirmed once it is verified, only on the host of AWS', async () => {
    const { fetch, asked } = network(certificate());
    const scheme = sns({ topicArn: TOPIC, fetch });
    expect(await answerTo(scheme, confirmation(url))).toMatchObject({ status: 200 });
    expect(asked).toEqual([CERTIFICATE_URL, url]);
    const elsewhere = confirmation('https://evil.com/');
    expect(await answerTo(scheme, elsewhere)).toMatchObject({ status: 400 });
    expect(await answerTo(scheme, confirmation(url, { Signature: 'AAAA' }))).toBeUndefined();
    expect(await answerTo(scheme, signed())).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('is fetched again if AWS did not answer', async () => {
    const { fetch } = network(certificate(), down);
    const scheme = sns({ topicArn: TOPIC, fetch });
    expect(await answerTo(scheme, confirmation(url))).toMatchObject({ status: 503 });
  });

  it('ends with an answer, and without an event', async () => {
    const { fetch, asked } = network(down);
    const scheme = sns({ topicArn: TOPIC, fetch });
    const given = signed({
      Type: 'UnsubscribeConfirmation',
      Token: 't',
      SubscribeURL: CERTIFICATE_URL,
    });
    expect((await scheme.verify(given, at())).ok).toBe(false);
    expect(await answerTo(scheme, given)).toMatchObject({ status: 200, body: '' });
    expect(asked).toEqual([]);
  });
});
