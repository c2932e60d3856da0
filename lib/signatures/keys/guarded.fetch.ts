import { KeyUnavailableError } from './key-unavailable.error.js';

/**
 * The part of the global `fetch` that schemes fetch keys with.
 *
 * @publicApi
 */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** From which hosts keys may be fetched, and within which limits. */
export interface GuardedFetchOptions {
  /** Names of hosts; an expression must match the whole name. */
  readonly hosts: readonly (string | RegExp)[];
  /** Deadline of the whole answer, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number;
  /** Most bytes of an answer. @default 262_144 */
  readonly maxBytes?: number;
  /** @default the global `fetch` */
  readonly fetch?: FetchFunction;
}

/** What a request may have besides its URL. */
export interface GuardedRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Fetches keys and certificates. A stranger's request may choose a part of the URL, so it fetches only by https
 * on its usual port and only from the given hosts, follows no redirects, and limits time and size.
 *
 * @internal
 */
export class GuardedFetch {
  private readonly hosts: readonly (string | RegExp)[];
  private readonly timeoutMs: number;
  private readonly maxBytes: number;
  private readonly given: FetchFunction | undefined;
  private fetch: FetchFunction;

  constructor({ hosts, timeoutMs = 5_000, maxBytes = 262_144, fetch }: GuardedFetchOptions) {
    this.hosts = hosts.map((host) =>
      typeof host === 'string' ? host.toLowerCase() : new RegExp(`^(?:${host.source})$`),
    );
    this.timeoutMs = timeoutMs;
    this.maxBytes = maxBytes;
    this.given = fetch;
    this.fetch = fetch ?? ((url, init) => globalThis.fetch(url, init));
  }

  /** Fetches with this function from now on, unless the options gave one. */
  use(fetch: FetchFunction): void {
    this.fetch = this.given ?? fetch;
  }

  /** Whether a URL may be fetched. No other URL can be that of a key, so a scheme refuses it at once. */
  allows(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { protocol, hostname, port, username, password } = new URL(url);
    return (
      protocol === 'https:' &&
      port === '' &&
      username === '' &&
      password === '' &&
      this.hosts.some((host) =>
        typeof host === 'string' ? host === hostname : host.test(hostname),
      )
    );
  }

  /**
   * @returns the body of a 2xx answer, as text
   * @throws {KeyUnavailableError} for any other answer, and for a URL that is not allowed
   */
  async text(
    url: string,
    { method = 'GET', headers = {}, body }: GuardedRequest = {},
  ): Promise<string> {
    if (!this.allows(url))
      throw new KeyUnavailableError('The URL of a key is not one of the sender.');
    const { hostname } = new URL(url);
    try {
      const response = await this.fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new KeyUnavailableError(
          `'${hostname}' answered ${response.status} to a request for keys.`,
        );
      }
      return await this.read(response, hostname);
    } catch (cause) {
      if (cause instanceof KeyUnavailableError) throw cause;
      throw new KeyUnavailableError(`No keys could be fetched from '${hostname}'.`, { cause });
    }
  }

  /**
   * @returns the JSON of a 2xx answer
   * @throws {KeyUnavailableError} for any other answer
   */
  async json(url: string, request?: GuardedRequest): Promise<unknown> {
    const text = await this.text(url, request);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // The parser's message quotes the text.
      throw new KeyUnavailableError('What was fetched for keys is not JSON.');
    }
  }

  private async read(response: Response, hostname: string): Promise<string> {
    if (response.body === null) return '';
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > this.maxBytes) {
        throw new KeyUnavailableError(
          `'${hostname}' sent more than ${this.maxBytes} bytes for keys.`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length).toString('utf8');
  }
}
