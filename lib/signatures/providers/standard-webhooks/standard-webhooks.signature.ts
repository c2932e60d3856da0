import type { HmacOptions, SignatureOptions } from '../../schemes/hmac.options.js';

/** The text that the specification puts before keys, to tell their kinds apart. */
export const KEY_LABELS = { secret: 'whsec_', publicKey: 'whpk_', privateKey: 'whsk_' } as const;

/** One name for each family of headers. */
type Names = readonly [string, ...string[]];

/** Where the signature, the time and the id are, and the signed content. */
export interface StandardWebhooksSignature extends Required<
  Pick<HmacOptions, 'key' | 'timestamp' | 'content'>
> {
  readonly signature: SignatureOptions & { readonly header: Names };
  readonly id: { readonly header: Names };
}

/**
 * The headers and the signed content of the Standard Webhooks specification, under the header names of a
 * sender: `webhook` for `webhook-id`, `webhook-timestamp` and `webhook-signature`.
 *
 * @param families how the names begin; all headers are read from the first family whose signature is present
 * @param toleranceSeconds how far the timestamp may be from our clock
 * @param version the text before a signature: `v1` for an HMAC, `v1a` for ed25519
 * @internal
 */
export function standardWebhooksSignature(
  [family, ...others]: Names,
  toleranceSeconds: number,
  version: 'v1' | 'v1a' = 'v1',
): StandardWebhooksSignature {
  const names = (name: string): Names => [
    `${family}-${name}`,
    ...others.map((other) => `${other}-${name}`),
  ];
  return {
    key: { encoding: 'base64', label: KEY_LABELS.secret },
    signature: {
      header: names('signature'),
      separator: ' ',
      prefix: `${version},`,
      encoding: 'base64',
    },
    timestamp: { header: names('timestamp'), toleranceSeconds },
    content: '{id}.{timestamp}.{body}',
    id: { header: names('id') },
  };
}
