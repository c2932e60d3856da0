import { standardWebhooks } from 'nestjs-hookline/signatures';

export const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
export const scheme = standardWebhooks({ secret });

/** A signed request, for `fetch`. */
export function signedPost(id: string, payload: object): RequestInit & { body: string } {
  const body = JSON.stringify(payload);
  const { headers } = scheme.sign({ id, timestamp: new Date(), body });
  return { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
}

export async function expectStatus(expected: number, response: Response): Promise<void> {
  if (response.status === expected) return;
  throw new Error(`Expected ${expected}, got ${response.status}: ${await response.text()}`);
}
