import {
  at,
  ISO,
  mac,
  postJson,
  refused,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { adyen } from './adyen.js';

const key = '44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056';

const item = (over = {}): object => ({
  NotificationRequestItem: {
    pspReference: 'P1',
    originalReference: '',
    merchantAccountCode: 'Shop',
    merchantReference: 'order-1',
    amount: { value: 1_130, currency: 'EUR' },
    eventCode: 'AUTHORISATION',
    success: 'true',
    eventDate: ISO,
    ...over,
  },
});

/** Of the item above. */
const signed = (success: string): object => {
  const content = `P1::Shop:order-1:1130:EUR:AUTHORISATION:${success}`;
  const hmacSignature = mac('base64', [content], { key: Buffer.from(key, 'hex') });
  return item({ success, additionalData: { hmacSignature } });
};

describeOwnAlgorithm('adyen', {
  scheme: adyen({ secret: key }),
  other: adyen({ secret: 'ab'.repeat(32) }),
  genuine: postJson({ notificationItems: [signed('true'), signed('false')] }),
  body: JSON.stringify({ notificationItems: [item(), item({ success: 'false' })] }),
  facts: {
    events: [
      {
        eventId: 'P1.AUTHORISATION.true',
        eventType: 'AUTHORISATION',
        occurredAt: THEN,
        dataPath: 'notificationItems.0.NotificationRequestItem',
      },
      { eventId: 'P1.AUTHORISATION.false' },
    ],
  },
});

describe('adyen', () => {
  const verdict = (...notificationItems: object[]): unknown =>
    adyen({ secret: key }).verify(postJson({ notificationItems }), at());

  it('wants every item right', async () => {
    const { NotificationRequestItem: right } = signed('true') as Record<string, object>;
    expect(await verdict(signed('true'))).toMatchObject({ ok: true });
    expect(await verdict(signed('true'), item({ ...right, success: 'false' }))).toEqual(
      refused('signature-mismatch'),
    );
    expect(await verdict(signed('true'), item())).toEqual(refused('missing-signature'));
    expect(await verdict()).toEqual(refused('missing-signature'));
  });
});
