import { generateKeyPairSync, sign } from 'node:crypto';
import { at, post, refused, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { pem, pkcs8, spki } from '../../../../test/signatures/contract/keys.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { sendgrid } from './sendgrid.js';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = spki(keys.publicKey).toString('base64');

const HEADER = 'x-twilio-email-event-webhook';

const signed = (body: string): SignedRequest =>
  post(body, {
    [`${HEADER}-signature`]: sign('sha256', Buffer.from(S + body), keys.privateKey).toString(
      'base64',
    ),
    [`${HEADER}-timestamp`]: String(S),
  });

// With the line break that SendGrid sends at the end, and signs.
const body = `[{"event":"open","sg_event_id":"e1","timestamp":${S - 30}},{"event":"click","sg_event_id":"e2"}]\r\n`;

describeOwnAlgorithm('sendgrid', {
  scheme: sendgrid({ publicKey, privateKey: pkcs8(keys.privateKey).toString('base64') }),
  other: sendgrid({ publicKey: spki(others.publicKey).toString('base64') }),
  genuine: signed(body),
  body,
  facts: {
    events: [
      { eventId: 'e1', eventType: 'open', occurredAt: THEN, dataPath: '0' },
      { eventId: 'e2', eventType: 'click', dataPath: '1' },
    ],
  },
});

describe('sendgrid', () => {
  it('REQ-11 judges the time, in both directions', () => {
    const scheme = sendgrid({ publicKey });
    expect(scheme.verify(signed(body), at(600))).toMatchObject({ ok: true });
    expect(scheme.verify(signed(body), at(601))).toEqual(refused('timestamp-too-old'));
    expect(scheme.verify(signed(body), at(-601))).toEqual(refused('timestamp-too-new'));
  });

  it('refuses a key of another kind when it is created', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    expect(() => sendgrid({ publicKey: pem(rsa.publicKey) })).toThrow(ConfigurationError);
  });
});
