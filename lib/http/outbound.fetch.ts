import type { OutboundClient } from './outbound.client.js';
import { OutboundError } from './outbound.error.js';

/** The part of `fetch` that schemes use to fetch keys. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Most bytes of an answer. */
const MAX_BYTES = 1_048_576;

/** Statuses whose answers have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * A `fetch` for small documents that sends through the library's client. It follows no redirects.
 *
 * @returns a function that throws an {@link OutboundError} if no complete answer came
 * @internal
 */
export function outboundFetch(client: OutboundClient): Fetch {
  return async (url, { method, headers, body, signal }) => {
    const {
      status,
      headers: answered,
      ...answer
    } = await client.send({
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(headers)),
      ...(typeof body === 'string' ? { body: Buffer.from(body) } : {}),
      ...(signal instanceof AbortSignal ? { signal } : {}),
      maxAnswerBytes: MAX_BYTES,
    });
    if (answer.isCut) {
      throw new OutboundError('broken', `${new URL(url).host} gave an incomplete answer`);
    }
    const fields = Object.entries(answered).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return new Response(WITHOUT_BODY.has(status) ? null : answer.body, { status, headers: fields });
  };
}
