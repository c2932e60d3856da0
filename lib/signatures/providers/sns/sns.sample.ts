import { sign } from 'node:crypto';
import { bytesOf } from '../../parts/bytes-of.js';
import { objectOf, readJsonObject } from '../../parts/json-object.js';
import { certificateFetch, fetchOption } from '../../samples/fetched-key.js';
import { newSecret } from '../../samples/new-secret.js';
import { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withPrivateKey } from '../../samples/with-signing.js';
import { sns as snsScheme } from './sns.js';

/** A made-up URL, which no certificate of AWS has. */
const SNS_CERTIFICATE =
  'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-hookline.pem';

/** The signed fields, in this order; a message has some of them. */
const SNS_FIELDS = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const;

export const sns = {
  create: ({ secret, account }) =>
    withPrivateKey(
      snsScheme({ topicArn: account, ...fetchOption(secret, certificateFetch) }),
      secret,
      ({ body }) => {
        const message = objectOf(readJsonObject(bytesOf(body))) as Record<string, unknown>;
        const content = SNS_FIELDS.filter((name) => message[name] !== undefined)
          .map((name) => `${name}\n${String(message[name])}\n`)
          .join('');
        const signed = {
          ...message,
          SignatureVersion: '2',
          Signature: sign('sha256', Buffer.from(content, 'utf8'), secret).toString('base64'),
          SigningCertURL: SNS_CERTIFICATE,
        };
        return { headers: {}, body: Buffer.from(JSON.stringify(signed), 'utf8') };
      },
    ),
  newSecret: newSecret.rsa,
  account: 'arn:aws:sns:eu-central-1:123456789012:hookline',
  fetchesKey: true,
  // Only some fields are signed.
  tamper: (body) => body.replace('"Message":"', '"Message":"Tampered: '),
  page: {
    call: '`sns({ topicArn, toleranceSeconds })`',
    signature: '`Signature` of the body',
    id: '`MessageId`',
    type: '`Type`',
    handshake: '`POST` `SubscriptionConfirmation`',
    document: 'Verifying the signatures of Amazon SNS messages',
  },
  samples: {
    Notification: {
      headers: (event) => snsHeaders(event, 'Notification'),
      payload: ({ uuid, iso, account }) => ({
        Type: 'Notification',
        MessageId: uuid,
        TopicArn: account,
        Subject: 'Order paid',
        Message: '{"orderId":1001,"total":2500}',
        Timestamp: iso,
      }),
    },
    SubscriptionConfirmation: {
      headers: (event) => snsHeaders(event, 'SubscriptionConfirmation'),
      payload: ({ uuid, iso, account }) => ({
        Type: 'SubscriptionConfirmation',
        MessageId: uuid,
        TopicArn: account,
        Token: uuid,
        Message: 'To confirm the subscription, visit the SubscribeURL.',
        SubscribeURL: `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=${uuid}`,
        Timestamp: iso,
      }),
    },
  },
} satisfies ListedProvider;

const snsHeaders = ({ uuid, account }: Occasion, type: string): Record<string, string> => ({
  'content-type': 'text/plain; charset=UTF-8',
  'x-amz-sns-message-type': type,
  'x-amz-sns-message-id': uuid,
  'x-amz-sns-topic-arn': account,
});
