import { createPublicKey, sign, type KeyObject } from 'node:crypto';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTC_TIME = 0x17;

/** RSA with SHA-256, in DER. */
const ALGORITHM = Buffer.from('300d06092a864886f70d01010b0500', 'hex');

/** The earliest and the latest time that a year of two digits allows. */
const FROM = '000101000000Z';
const UNTIL = '491231235959Z';

/**
 * Creates a self-signed certificate for a private key, in place of the sender's: Node.js reads certificates,
 * but does not create them. Its subject is empty, as no code reads it.
 *
 * @param privateKey RSA; a text is PEM
 * @param until when it expires, as `YYMMDDhhmmssZ`
 * @returns PEM
 * @internal
 */
export function certificateOf(privateKey: string | KeyObject, until = UNTIL): string {
  const nobody = der(SEQUENCE);
  const content = der(
    SEQUENCE,
    der(INTEGER, Buffer.from([1])),
    ALGORITHM,
    nobody,
    der(SEQUENCE, ...[FROM, until].map((time) => der(UTC_TIME, Buffer.from(time, 'latin1')))),
    nobody,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', content, privateKey));
  const base64 = der(SEQUENCE, content, ALGORITHM, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
