import { sign, type KeyObject } from 'node:crypto';

/** A certificate of an RSA key pair that signs itself, as there is no maker of certificates in Node.js. */
export function certificateOf(
  pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  until = '360101000000Z',
): string {
  const algorithm = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
  const validity = der(
    0x30,
    ...['200101000000Z', until].map((time) => der(0x17, Buffer.from(time))),
  );
  const content = der(
    0x30,
    der(0xa0, der(2, Buffer.from([2]))),
    der(2, Buffer.from([1])),
    algorithm,
    der(0x30),
    validity,
    der(0x30),
    pair.publicKey.export({ format: 'der', type: 'spki' }),
  );
  const signature = der(3, Buffer.from([0]), sign('sha256', content, pair.privateKey));
  const text = der(0x30, content, algorithm, signature).toString('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
