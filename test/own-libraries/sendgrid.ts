import { sign } from 'node:crypto';
import { sendgrid } from '../../lib/signatures/providers/sendgrid/sendgrid.js';
import { newSecret } from '../../lib/signatures/samples/new-secret.js';
import { fromTheFuture, invalidBytes, ofYesterday, spelling } from './differences.js';
import { bytes, header, load, post, publicDer, seconds, type OwnLibrary } from './own-library.js';

const { EventWebhook } = load<{
  EventWebhook: new () => {
    convertPublicKeyToECDSA(key: string): object;
    verifySignature(key: object, body: Buffer, signature: string, timestamp: string): boolean;
  };
}>('@sendgrid/eventwebhook');

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIME = 'x-twilio-email-event-webhook-timestamp';

const publicText = (key: string): string => publicDer(key).toString('base64');

export const sendgridLibrary: OwnLibrary = {
  name: '@sendgrid/eventwebhook',
  way: 'ECDSA',
  create: (key) => sendgrid({ publicKey: publicText(key), privateKey: key }),
  secrets: [newSecret.p256(), newSecret.p256()],
  signature: SIGNATURE,
  accepts: (request, key) => {
    const webhook = new EventWebhook();
    return webhook.verifySignature(
      webhook.convertPublicKeyToECDSA(publicText(key)),
      bytes(request),
      header(request, SIGNATURE),
      header(request, TIME),
    );
  },
  send: (body, key, at) => {
    const content = Buffer.concat([Buffer.from(seconds(at)), body]);
    return post(body, {
      [TIME]: seconds(at),
      [SIGNATURE]: sign('sha256', content, key).toString('base64'),
    });
  },
  differences: [
    ofYesterday,
    { ...fromTheFuture, why: 'the time is signed; theirs leaves it to the host' },
    invalidBytes,
    spelling('a line feed in the base64', (good) => `${good.slice(0, 8)}\n${good.slice(8)}`),
  ],
};
