import type { SignatureScheme, SignedRequest } from '../../signatures/signature-scheme.js';

/** A scheme for a URL that the sender may have signed. */
export type SchemeMaker = (url: string) => SignatureScheme;

interface Suspicion {
  /** What is wrong, if the request verifies after the change. */
  readonly finding: string;
  readonly change: (request: SignedRequest) => SignedRequest | undefined;
}

const SUSPICIONS: readonly Suspicion[] = [
  {
    finding:
      'The body has a line feed at its end that the sender did not sign: an editor added it.',
    change: withBody((text) => (/\r?\n$/.test(text) ? text.replace(/\r?\n$/, '') : undefined)),
  },
  {
    finding:
      'The body was serialized again: the sender signed the same JSON without blanks. Keep the raw bytes.',
    change: withBody((text) => rewritten(text, 0)),
  },
  {
    finding:
      'The body was serialized again: the sender signed the same JSON with indentation. Keep the raw bytes.',
    change: withBody((text) => rewritten(text, 2)),
  },
  {
    finding: 'The sender signed the URL with http: in place of https:, or the other way round.',
    change: withUrl((url) =>
      url.startsWith('https:') ? url.replace(/^https:/, 'http:') : url.replace(/^http:/, 'https:'),
    ),
  },
  {
    finding: 'The sender signed the URL without the slash at its end, or with one.',
    change: withUrl((url) => (url.endsWith('/') ? url.slice(0, -1) : `${url}/`)),
  },
  {
    finding: 'The sender signed the URL without its query.',
    change: withUrl((url) => url.replace(/\?.*$/, '')),
  },
];

/**
 * Tries the usual causes of a signature mismatch.
 *
 * @returns what is wrong; `undefined` if it is none of them
 * @internal
 */
export async function findCause(
  schemeFor: SchemeMaker,
  request: SignedRequest,
  now: Date,
): Promise<string | undefined> {
  for (const { finding, change } of SUSPICIONS) {
    const changed = change(request);
    if (changed === undefined) continue;
    const result = await schemeFor(changed.url).verify(changed, { now });
    // Schemes check the time after the signature.
    if (result.ok || result.reason.startsWith('timestamp-too')) return finding;
  }
  return undefined;
}

function withBody(change: (text: string) => string | undefined): Suspicion['change'] {
  return (request) => {
    const body = change(Buffer.from(request.body).toString('utf8'));
    return body === undefined ? undefined : { ...request, body: Buffer.from(body) };
  };
}

function withUrl(change: (url: string) => string): Suspicion['change'] {
  return (request) => {
    const url = change(request.url);
    return url === request.url ? undefined : { ...request, url };
  };
}

function rewritten(text: string, indent: number): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, indent);
  } catch {
    return undefined;
  }
}
