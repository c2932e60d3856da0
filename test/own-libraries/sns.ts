import { sign } from 'node:crypto';
import { EventEmitter } from 'node:events';
import https from 'node:https';
import { sns } from '../../lib/signatures/providers/sns/sns.js';
import { certificateOf } from '../../lib/signatures/samples/certificate.js';
import { certificateFetch } from '../../lib/signatures/samples/fetched-key.js';
import { newSecret } from '../../lib/signatures/samples/new-secret.js';
import { fromTheFuture, ofYesterday } from './differences.js';
import { load, NOW, post, text, type Difference, type OwnLibrary } from './own-library.js';

type MessageValidator = new () => {
  validate(message: object, done: (error: Error | null) => void): void;
};

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:orders';
const CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/certificate.pem';
const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'TopicArn', 'Type'];

type Message = Readonly<Record<string, string>>;

const notification = (Message: string, at = NOW, over: Message = {}): Message => ({
  Type: 'Notification',
  MessageId: 'm1',
  TopicArn: TOPIC,
  Message,
  Timestamp: at.toISOString(),
  SignatureVersion: '2',
  ...over,
});

const signed = (message: Message, key: string): Message => {
  const content = SIGNED.filter((name) => name in message)
    .map((name) => `${name}\n${message[name] ?? ''}\n`)
    .join('');
  const hash = message['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
  const Signature = sign(hash, Buffer.from(content), key).toString('base64');
  return { ...message, Signature, SigningCertURL: CERTIFICATE_URL };
};

/** Theirs fetches and caches by itself, so each case loads it again and gives it the certificate. */
async function validate(message: object, key: string): Promise<boolean> {
  const get = jest.spyOn(https, 'get').mockImplementation(((
    _: string,
    answer: (response: EventEmitter) => void,
  ) => {
    const response = Object.assign(new EventEmitter(), { statusCode: 200 });
    answer(response);
    response.emit('data', certificateOf(key));
    response.emit('end');
    return new EventEmitter();
  }) as never);
  try {
    return await new Promise((resolve) => {
      jest.isolateModules(() => {
        const Validator = load<MessageValidator>('sns-validator');
        new Validator().validate(message, (error) => resolve(error === null));
      });
    });
  } finally {
    get.mockRestore();
  }
}

const acceptedByTheirs = (
  given: string,
  ours: Difference['ours'],
  why: string,
  message: Message,
): Difference => ({
  given,
  theirs: 'accepted',
  ours,
  why,
  make: ({ secrets }) => post(JSON.stringify(signed(message, secrets[0])), {}),
});

export const snsLibrary: OwnLibrary = {
  name: 'sns-validator',
  way: 'certificate',
  create: (key) => sns({ topicArn: TOPIC, fetch: certificateFetch(key) }),
  secrets: [newSecret.rsa(), newSecret.rsa()],
  bodies: (at) => [
    JSON.stringify(notification('total 1', at)),
    JSON.stringify(notification('Zoë 😀 $& 1\r\n', at, { Subject: 'Order' })),
    JSON.stringify(notification('total 1', at, { SignatureVersion: '1' })),
  ],
  accepts: (request, key) => validate(JSON.parse(text(request)) as object, key),
  send: (body, key) => post(JSON.stringify(signed(JSON.parse(String(body)) as Message, key)), {}),
  tamper: (request) => ({ ...request, body: Buffer.from(text(request).replace(' 1', ' 2')) }),
  breakSignature: (request) => {
    const { Signature = '', ...message } = JSON.parse(text(request)) as Message;
    const first = Signature.startsWith('A') ? 'B' : 'A';
    return post(JSON.stringify({ ...message, Signature: `${first}${Signature.slice(1)}` }), {});
  },
  differences: [
    { ...ofYesterday, why: 'the time is signed; theirs leaves it to the host' },
    { ...fromTheFuture, why: 'the time is signed; theirs leaves it to the host' },
    acceptedByTheirs(
      "another account's topic",
      'signature-mismatch',
      'whoever has an account can have a topic, rightly signed; theirs leaves it to the host',
      notification('1', NOW, { TopicArn: 'arn:aws:sns:eu-west-1:999999999999:orders' }),
    ),
    acceptedByTheirs(
      'the end of a subscription',
      'malformed-signature',
      'theirs and the documents disagree about what is signed of it, so it is never an event',
      notification('1', NOW, {
        Type: 'UnsubscribeConfirmation',
        Token: 't',
        SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/',
      }),
    ),
  ],
};
