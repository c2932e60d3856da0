import type { HmacOptions } from '../hmac.options.js';

/**
 * The signature of the Standard Webhooks specification (symmetric, `v1`), under the header names of a
 * sender: `webhook` for `webhook-id`, `webhook-timestamp` and `webhook-signature`.
 *
 * @param families what the names begin with; the family whose signature is there first counts
 * @internal
 */
export function standardWebhooksSignature(
  families: readonly [string, ...string[]],
  toleranceSeconds: number,
): Pick<HmacOptions, 'key' | 'signature' | 'timestamp' | 'content' | 'id'> {
  const names = (name: string): readonly string[] => families.map((family) => `${family}-${name}`);
  return {
    key: { encoding: 'base64', label: 'whsec_' },
    signature: { header: names('signature'), separator: ' ', prefix: 'v1,', encoding: 'base64' },
    timestamp: { header: names('timestamp'), toleranceSeconds },
    content: '{id}.{timestamp}.{body}',
    id: { header: names('id') },
  };
}
