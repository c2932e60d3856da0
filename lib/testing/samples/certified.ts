import { createHash, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { bytesOf } from '../../signatures/parts/bytes-of.js';
import { objectOf, readJsonObject } from '../../signatures/parts/json-object.js';
import { writeJsonWebToken } from '../../signatures/parts/json-web-token.js';
import { paypal as paypalScheme } from '../../signatures/providers/paypal/paypal.js';
import { plaid as plaidScheme } from '../../signatures/providers/plaid/plaid.js';
import { sns as snsScheme } from '../../signatures/providers/sns/sns.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import { unsignable } from '../../signatures/parts/unsignable.js';
import { certificateFetch, fetchOption, jsonWebKeyFetch, withSigning } from './fetched-key.js';
import { newSecret } from './new-secret.js';
import { Occasion } from './occasion.js';
import { isPrivateKey } from './private-key.js';
import type { Provider } from './provider.js';

/** A made-up one that no certificate of AWS has. */
const SNS_CERTIFICATE =
  'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-hookline.pem';

/** Those that a message has are signed, in this order. */
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
    withSigning(
      snsScheme({ topicArn: account, ...fetchOption(secret, certificateFetch) }),
      signing('sns', secret, ({ body }) => {
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
      }),
    ),
  newSecret: newSecret.rsa,
  account: 'arn:aws:sns:eu-central-1:123456789012:hookline',
  fetchesKey: true,
  // Not all of a message is signed.
  tamper: (body) => body.replace('"Message":"', '"Message":"Tampered: '),
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
} satisfies Provider;

const snsHeaders = ({ uuid, account }: Occasion, type: string): Record<string, string> => ({
  'content-type': 'text/plain; charset=UTF-8',
  'x-amz-sns-message-type': type,
  'x-amz-sns-message-id': uuid,
  'x-amz-sns-topic-arn': account,
});

export const paypal = {
  create: ({ secret, account }) =>
    withSigning(
      paypalScheme({ webhookId: account, ...fetchOption(secret, certificateFetch) }),
      signing('paypal', secret, ({ body: given, id = '', timestamp = new Date() }) => {
        const body = bytesOf(given);
        const transmission = new Occasion(id, timestamp);
        const content = [transmission.uuid, transmission.iso, account, crc32(body)].join('|');
        const headers = {
          'paypal-transmission-id': transmission.uuid,
          'paypal-transmission-time': transmission.iso,
          'paypal-auth-algo': 'SHA256withRSA',
          'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-hookline',
          'paypal-transmission-sig': sign('sha256', Buffer.from(content), secret).toString(
            'base64',
          ),
        };
        return { headers, body };
      }),
    ),
  newSecret: newSecret.rsa,
  account: 'WH-HOOKLINE1',
  fetchesKey: true,
  samples: {
    'PAYMENT.CAPTURE.COMPLETED': {
      payload: (event) =>
        paypalEvent(event, 'PAYMENT.CAPTURE.COMPLETED', 'capture', {
          id: 'CAPTUREHOOKLINE1',
          status: 'COMPLETED',
          amount: { currency_code: 'EUR', value: '25.00' },
        }),
    },
    'CHECKOUT.ORDER.APPROVED': {
      payload: (event) =>
        paypalEvent(event, 'CHECKOUT.ORDER.APPROVED', 'checkout-order', {
          id: 'ORDERHOOKLINE1',
          status: 'APPROVED',
          payer: { email_address: 'jane@example.com' },
        }),
    },
  },
} satisfies Provider;

function paypalEvent<Type extends string, Resource extends object>(
  { id, iso }: Occasion,
  type: Type,
  resourceType: string,
  resource: Resource,
) {
  return {
    id,
    event_version: '1.0',
    create_time: iso,
    resource_type: resourceType,
    event_type: type,
    resource,
  };
}

export const plaid = {
  create: ({ secret, account }) =>
    withSigning(
      // Which API's secret does not matter where the key is not asked for.
      plaidScheme({ clientId: account, secret, ...fetchOption(secret, jsonWebKeyFetch) }),
      signing('plaid', secret, ({ body: given, timestamp = new Date() }) => {
        const body = bytesOf(given);
        const token = writeJsonWebToken(
          { alg: 'ES256', kid: 'hookline', typ: 'JWT' },
          {
            iat: Math.floor(timestamp.getTime() / 1_000),
            request_body_sha256: createHash('sha256').update(body).digest('hex'),
          },
          (content) => sign('sha256', content, { key: secret, dsaEncoding: 'ieee-p1363' }),
        );
        return { headers: { 'plaid-verification': token }, body };
      }),
    ),
  newSecret: newSecret.p256,
  account: 'hookline',
  samples: {
    'TRANSACTIONS.SYNC_UPDATES_AVAILABLE': {
      payload: ({ uuid }) => ({
        webhook_type: 'TRANSACTIONS',
        webhook_code: 'SYNC_UPDATES_AVAILABLE',
        item_id: uuid,
        initial_update_complete: true,
        historical_update_complete: false,
        environment: 'production',
      }),
    },
    'ITEM.ERROR': {
      payload: ({ uuid }) => ({
        webhook_type: 'ITEM',
        webhook_code: 'ERROR',
        item_id: uuid,
        error: { error_type: 'ITEM_ERROR', error_code: 'ITEM_LOGIN_REQUIRED' },
        environment: 'production',
      }),
    },
  },
} satisfies Provider;

/** Signing needs the sender's private key; who only verifies has none. */
function signing(
  name: string,
  secret: string,
  write: SigningScheme['sign'],
): SigningScheme['sign'] {
  return (input) => {
    if (isPrivateKey(secret)) return write(input);
    throw unsignable(
      name,
      "signs by the sender's private key. Give one as PEM, of a key pair for tests.",
    );
  };
}
