import { createHmac, sign } from 'node:crypto';
import { discord } from '../../lib/signatures/providers/discord/discord.js';
import { line } from '../../lib/signatures/providers/line/line.js';
import { slack } from '../../lib/signatures/providers/slack/slack.js';
import { newSecret } from '../../lib/signatures/samples/new-secret.js';
import {
  emptySecret,
  fromTheFuture,
  invalidBytes,
  ofYesterday,
  repeated,
  spelledTime,
  spelling,
} from './differences.js';
import {
  bytes,
  FORM_TYPE,
  header,
  load,
  post,
  publicDer,
  seconds,
  type Difference,
  type OwnLibrary,
} from './own-library.js';

const { HTTPModuleFunctions } = load<{
  HTTPModuleFunctions: {
    parseAndVerifyHTTPRequest(
      options: { enabled: boolean; signingSecret: string },
      request: object,
    ): Promise<unknown>;
  };
}>('@slack/bolt');
const { verifyKey } = load<{
  verifyKey(body: Buffer, signature: string, timestamp: string, key: string): Promise<boolean>;
}>('discord-interactions');
const { validateSignature } = load<{
  validateSignature(body: Buffer, secret: string, signature: string): boolean;
}>('@line/bot-sdk');

const SECRETS = ['the secret of an app', 'the secret of another'] as const;

const SLACK = 'x-slack-signature';
const SLACK_TIME = 'x-slack-request-timestamp';
const DISCORD = 'x-signature-ed25519';
const DISCORD_TIME = 'x-signature-timestamp';
const LINE = 'x-line-signature';

/** The library needs only the bytes of a request, already read. */
const withoutSignature: Difference = {
  given: 'an ssl_check without a signature',
  theirs: 'accepted',
  ours: 'missing-signature',
  why: 'nothing is accepted unsigned; theirs ignores the rest of such a form',
  make: () => post('ssl_check=1&token=x', FORM_TYPE),
};

const publicHex = (key: string): string => publicDer(key).subarray(-32).toString('hex');

export const chat: readonly OwnLibrary[] = [
  {
    name: '@slack/bolt',
    way: 'v0',
    create: (secret) => slack({ secret }),
    secrets: SECRETS,
    signature: SLACK,
    toleranceSeconds: 300,
    accepts: async (request, signingSecret) => {
      await HTTPModuleFunctions.parseAndVerifyHTTPRequest(
        { enabled: true, signingSecret },
        { headers: request.headers, rawBody: bytes(request) },
      );
      return true;
    },
    send: (body, secret, at) => {
      const content = Buffer.concat([Buffer.from(`v0:${seconds(at)}:`), body]);
      const digest = createHmac('sha256', secret).update(content).digest('hex');
      return post(body, { [SLACK_TIME]: seconds(at), [SLACK]: `v0=${digest}` });
    },
    differences: [
      fromTheFuture,
      invalidBytes,
      withoutSignature,
      spelling('an equals sign and more behind the signature', (good) => `${good}=more`),
      spelledTime('a fraction after the time', SLACK_TIME, (good) => `${good}.0`),
      spelledTime('a zero before the time', SLACK_TIME, (good) => `0${good}`),
      spelledTime(
        'the time in hexadecimal',
        SLACK_TIME,
        (good) => `0x${Number(good).toString(16)}`,
      ),
    ],
  },
  {
    name: 'discord-interactions',
    way: 'ed25519',
    create: (key) => discord({ publicKey: publicHex(key), privateKey: key }),
    secrets: [newSecret.ed25519(), newSecret.ed25519()],
    signature: DISCORD,
    accepts: (request, key) =>
      verifyKey(
        bytes(request),
        header(request, DISCORD),
        header(request, DISCORD_TIME),
        publicHex(key),
      ),
    send: (body, key, at) => {
      const content = Buffer.concat([Buffer.from(seconds(at)), body]);
      const signature = sign(null, content, key).toString('hex');
      return post(body, { [DISCORD_TIME]: seconds(at), [DISCORD]: signature });
    },
    differences: [
      ofYesterday,
      { ...fromTheFuture, why: 'the time is signed; theirs leaves it to the host' },
      spelling('the signature in upper case', (good) => good.toUpperCase()),
    ],
  },
  {
    name: '@line/bot-sdk',
    way: 'body',
    create: (secret) => line({ secret }),
    secrets: SECRETS,
    signature: LINE,
    accepts: (request, secret) => validateSignature(bytes(request), secret, header(request, LINE)),
    send: (body, secret) =>
      post(body, { [LINE]: createHmac('sha256', secret).update(body).digest('base64') }),
    differences: [
      emptySecret,
      repeated('behind'),
      spelling('base64 without its padding', (good) => good.replace(/=+$/, '')),
      spelling('text behind the padding', (good) => `${good}more`),
      spelling('bits that do not count', (good) => otherBits(good)),
    ],
  },
];

/** The last character before the padding has two bits that no byte takes. */
function otherBits(good: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = alphabet.indexOf(good.at(-2) ?? '');
  return `${good.slice(0, -2)}${alphabet[last ^ 1] ?? ''}=`;
}
