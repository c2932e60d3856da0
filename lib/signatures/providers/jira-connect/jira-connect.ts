import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { Secret } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { choice } from '../../parts/choice.js';
import { areSameTexts } from '../../parts/constant-time.js';
import { contentHmac, matchingKey } from '../../parts/content-hmac.js';
import { headerText } from '../../parts/header-text.js';
import {
  readJsonWebToken,
  writeJsonWebToken,
  type JsonWebToken,
} from '../../parts/json-web-token.js';
import {
  MALFORMED_SIGNATURE,
  TIMESTAMP_MISSING,
  UNSUPPORTED_ALGORITHM,
} from '../../parts/refusals.js';
import { Tolerance } from '../../parts/tolerance.js';
import { unsignable } from '../../parts/unsignable.js';
import { SecretScheme } from '../../schemes/secret.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { Refused, SignedRequest, Verification } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `jiraConnect()`.
 *
 * @publicApi
 */
export interface JiraConnectOptions {
  /**
   * The shared secret of the Connect app's installation, or the client secret of the OAuth 2.0 app. For
   * several installations, a function that chooses by the URL.
   */
  readonly secret: Secret;
  /**
   * The kind of app: the token of `connect` is bound to method and URL, that of `oauth` is not.
   * @default 'connect'
   */
  readonly app?: 'connect' | 'oauth';
  /** The `baseUrl` of the Connect app's descriptor, which `connect` needs: Jira does not sign its path. */
  readonly baseUrl?: string | undefined;
  /**
   * How long after its expiry (`exp`), or before its start (`iat`, `nbf`), a token is still accepted, in
   * seconds. @default 60
   */
  readonly toleranceSeconds?: number;
}

/**
 * Webhooks of Jira Cloud's Connect and OAuth 2.0 apps: `Authorization` shows a JSON Web Token
 * (HS256). For webhooks that an administrator created with a secret, use `jira()`.
 *
 * The event's type and time are the body's `webhookEvent` and `timestamp`; its id is
 * `X-Atlassian-Webhook-Identifier`, which is the same on retries.
 *
 * **Jira signs neither the body nor that header.** The token proves that its maker has the secret;
 * it says when it expires and, with `connect`, for which method and URL it is. Until it expires,
 * anyone who has seen a request can send any body with its token: use TLS on the whole way, and
 * fetch data that matters from Jira.
 *
 * @param options the secret, the kind of app, its base URL, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, a missing base URL, an unknown kind
 * of app, and a tolerance that is not above 0
 * @example
 * ```ts
 * jiraConnect({ secret: process.env.JIRA_SHARED_SECRET, baseUrl: 'https://app.example.com/jira' })
 * jiraConnect({ secret: process.env.JIRA_CLIENT_SECRET, app: 'oauth' })
 * ```
 * @see Atlassian documentation, "Understanding JWT for Connect apps" and "Webhooks"
 * @publicApi
 */
export function jiraConnect(options: JiraConnectOptions): SigningScheme {
  return new JiraConnectScheme(options);
}

const ALGORITHM = 'HS256';
const SCHEMES = { connect: /^JWT (\S+)$/i, oauth: /^(?:Bearer|JWT) (\S+)$/i };
const TOKEN_SECONDS = 180;
const SIGNATURE_LENGTH = 32;

interface ShownToken extends Evidence {
  readonly token: JsonWebToken;
}

class JiraConnectScheme extends SecretScheme<ShownToken> implements SigningScheme {
  readonly #app: 'connect' | 'oauth';
  readonly #basePath: string;
  readonly #tolerance: Tolerance;
  readonly #facts = new EventFactReader({
    id: { header: 'x-atlassian-webhook-identifier' },
    type: { path: 'webhookEvent' },
    occurredAt: { path: 'timestamp', unit: 'ms' },
  });

  constructor({ secret, app = 'connect', baseUrl, toleranceSeconds = 60 }: JiraConnectOptions) {
    super('jiraConnect', secret);
    this.#app = choice('app', app, ['connect', 'oauth']);
    this.#tolerance = new Tolerance(toleranceSeconds);
    this.#basePath = this.#app === 'connect' ? basePathOf(baseUrl) : '';
  }

  sign({ body, id, timestamp = new Date(), method = 'POST', url }: SignInput): SignedMessage {
    const key = this.keys.signingKey();
    const issuedAt = Math.floor(timestamp.getTime() / 1_000);
    const qsh = url === undefined ? undefined : this.#queryHash(method, url);
    if (this.#app === 'connect' && qsh === undefined) {
      throw unsignable(this.name, 'signs the URL, and got none under its base URL. Set `url`.');
    }
    const claims = {
      iat: issuedAt,
      exp: issuedAt + TOKEN_SECONDS,
      ...(this.#app === 'connect' ? { qsh } : {}),
    };
    const token = writeJsonWebToken({ alg: ALGORITHM, typ: 'JWT' }, claims, (content) =>
      contentHmac('sha256', key, content),
    );
    return {
      headers: {
        authorization: `${this.#app === 'connect' ? 'JWT' : 'Bearer'} ${token}`,
        ...(id === undefined ? {} : { 'x-atlassian-webhook-identifier': id }),
      },
      body: bytesOf(body),
    };
  }

  protected read({ headers }: SignedRequest): ShownToken | Refused {
    const header = headerText(headers, 'authorization');
    if (!header.ok) return header;
    const text = SCHEMES[this.#app].exec(header.text)?.[1];
    const token = text === undefined ? undefined : readJsonWebToken(text);
    if (token === undefined) return MALFORMED_SIGNATURE;
    return token.header['alg'] === ALGORITHM ? { ok: true, token } : UNSUPPORTED_ALGORITHM;
  }

  protected indexOfKey(
    keys: readonly Buffer[],
    { token: { content, signature, claims } }: ShownToken,
    request: SignedRequest,
  ): number {
    if (signature.length !== SIGNATURE_LENGTH) return -1;
    const keyIndex = matchingKey('sha256', keys, [signature], [content]);
    return keyIndex >= 0 && this.#isFor(request, claims()) ? keyIndex : -1;
  }

  protected override objectionTo(
    { token }: ShownToken,
    _request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    const { exp, iat, nbf } = token.claims() ?? {};
    if (exp === undefined) return TIMESTAMP_MISSING;
    const starts = [iat, nbf].filter((time) => time !== undefined);
    if (![exp, ...starts].every((time) => Number.isSafeInteger(time))) return MALFORMED_SIGNATURE;
    return (
      this.#tolerance.judgePast(Number(exp) * 1_000, now) ??
      starts
        .map((time) => this.#tolerance.judgeFuture(Number(time) * 1_000, now))
        .find((refusal) => refusal !== undefined)
    );
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.#facts.verified(request, keyIndex);
  }

  #isFor({ method, url }: SignedRequest, claims: ReturnType<JsonWebToken['claims']>): boolean {
    if (claims === undefined || this.#app === 'oauth') return claims !== undefined;
    return areSameTexts(claims['qsh'], this.#queryHash(method, url) ?? '');
  }

  /** The hash of method, path and query; `undefined` for a URL that is not under the app's base URL. */
  #queryHash(method: string, url: string): string | undefined {
    if (!URL.canParse(url, 'http://host')) return undefined;
    const { pathname, search } = new URL(url, 'http://host');
    const path = pathname.replace(/\/+$/, '');
    if (path !== this.#basePath && !path.startsWith(`${this.#basePath}/`)) return undefined;
    const relative = path.slice(this.#basePath.length).replaceAll('&', '%26');
    const canonical = [method, relative === '' ? '/' : relative, canonicalQuery(search)].join('&');
    return createHash('sha256').update(canonical, 'utf8').digest('hex');
  }
}

function canonicalQuery(search: string): string {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (name === 'jwt') continue;
    const encoded = encode(name);
    const before = values.get(encoded);
    if (before === undefined) values.set(encoded, [encode(value)]);
    else before.push(encode(value));
  }
  return [...values]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => `${name}=${all.toSorted().join(',')}`)
    .join('&');
}

/** Escapes all but the unreserved characters of RFC 3986; `encodeURIComponent` leaves a few more unescaped. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function basePathOf(baseUrl: unknown): string {
  if (typeof baseUrl === 'string' && URL.canParse(baseUrl)) {
    return new URL(baseUrl).pathname.replace(/\/+$/, '');
  }
  throw ConfigurationError.invalidOption(
    'baseUrl',
    "the base URL of the Connect app's descriptor",
    baseUrl,
    "Set it, or `app: 'oauth'` for an OAuth 2.0 app.",
  );
}
