import { generateKeyPairSync, sign } from 'node:crypto';
import { at, ISO, post, refused, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { pkcs8, rawEd25519 } from '../../../../test/signatures/contract/keys.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { discord } from './discord.js';

const ed25519 = generateKeyPairSync('ed25519');
const publicKey = rawEd25519(ed25519.publicKey).toString('hex');
const privateKey = pkcs8(ed25519.privateKey).toString('base64');

const signed = (body: string): SignedRequest =>
  post(body, {
    'x-signature-ed25519': sign(null, Buffer.from(S + body), ed25519.privateKey).toString('hex'),
    'x-signature-timestamp': String(S),
  });

const body = `{"type":1,"event":{"type":"ENTITLEMENT_CREATE","timestamp":"${ISO}","data":{}}}`;

describeOwnAlgorithm('discord', {
  scheme: discord({ publicKey, privateKey }),
  other: discord({ publicKey: 'ab'.repeat(32), privateKey }),
  genuine: signed(body),
  body,
  facts: { eventType: 'ENTITLEMENT_CREATE', occurredAt: THEN, dataPath: 'event.data' },
});

describe('discord', () => {
  const scheme = discord({ publicKey });

  it('REQ-11 judges the time, in both directions', () => {
    const given = signed('{"id":"i1","type":2}');
    expect(scheme.verify(given, at(300))).toMatchObject({ eventId: 'i1', eventType: '2' });
    expect(scheme.verify(given, at(301))).toEqual(refused('timestamp-too-old'));
    expect(scheme.verify(given, at(-301))).toEqual(refused('timestamp-too-new'));
  });

  it('does not sign without the private key', () => {
    expect(() => scheme.sign({ body })).toThrow(ConfigurationError);
  });

  it('answers pings only if their signature is right', async () => {
    expect(await answerTo(scheme, signed('{"type":1}'))).toMatchObject({ body: '{"type":1}' });
    expect(await answerTo(scheme, signed('{"type":0}'))).toMatchObject({ status: 204 });
    expect(await answerTo(scheme, signed('{"type":1,"event":{}}'))).toBeUndefined();
    expect(await answerTo(scheme, post('{"type":1}'))).toBeUndefined();
  });
});

describeHandshake('discord', discord({ publicKey }));
