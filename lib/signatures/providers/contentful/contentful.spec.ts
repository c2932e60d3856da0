import {
  at,
  ISO,
  mac,
  MS,
  post,
  refused,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  describeOwnAlgorithm,
  MESSAGE_ID,
} from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { contentful } from './contentful.js';

const secret = 's'.repeat(64);
const names = 'x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic';

const signed = (body: string, topic: string): SignedRequest => {
  const canonical = [
    'POST',
    // Contentful escapes the query once more.
    '/hooks?tenant%253Da',
    `x-contentful-signed-headers:${names};x-contentful-timestamp:${MS};x-contentful-topic:${topic}`,
    body,
  ].join('\n');
  const headers = {
    'x-contentful-signature': mac('hex', [canonical], { key: secret }),
    'x-contentful-signed-headers': names,
    'x-contentful-timestamp': String(MS),
    'x-contentful-topic': topic,
    'x-contentful-idempotency-key': MESSAGE_ID,
  };
  return post(body, headers, 'https://example.com/hooks?tenant=a');
};

const topic = 'ContentManagement.Entry.publish';

describeOwnAlgorithm('contentful', {
  scheme: contentful({ secret }),
  other: contentful({ secret: 'o'.repeat(64) }),
  genuine: signed(`{"sys":{"updatedAt":"${ISO}"}}`, topic),
  body: `{"sys":{"updatedAt":"${ISO}"}}`,
  headers: { 'x-contentful-topic': topic },
  facts: { eventId: MESSAGE_ID, eventType: topic, occurredAt: THEN },
});

describe('contentful', () => {
  const scheme = contentful({ secret });

  it('judges the time', async () => {
    expect(await scheme.verify(signed('{}', 'T'), at(30))).toMatchObject({ eventType: 'T' });
    expect(await scheme.verify(signed('{}', 'T'), at(31))).toEqual(refused('timestamp-too-old'));
  });

  it('binds the headers that are named', async () => {
    const { headers, ...given } = signed('{}', 'T');
    const other = { ...headers, 'x-contentful-topic': 'U' };
    expect(await scheme.verify({ ...given, headers: other }, at())).toEqual(
      refused('signature-mismatch'),
    );
  });

  it('refuses a secret that is too short', () => {
    expect(() => contentful({ secret: 'short' })).toThrow(ConfigurationError);
  });
});
