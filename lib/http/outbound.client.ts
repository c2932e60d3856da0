import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../clock/clock.js';
import { AddressGuard } from './address.guard.js';
import { failureOf } from './failure-of.js';
import { guardedConnector, type ConnectorOptions } from './guarded.connector.js';
import { SystemHostResolver, type HostResolver } from './host.resolver.js';
import { OutboundError } from './outbound.error.js';
import type { OutboundAllowances } from './sending.options.js';

/** A request to another server. */
export interface OutboundRequest {
  readonly url: string;
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST';
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Time limit from the DNS lookup to the last byte of the answer, in milliseconds. @default 15_000 */
  readonly timeoutMs?: number;
  /**
   * Time limit for the body of the answer, within `timeoutMs`, in milliseconds. @default the rest of
   * `timeoutMs`
   */
  readonly bodyTimeoutMs?: number;
  /** Most bytes of an answer that are read. @default 65_536 */
  readonly maxAnswerBytes?: number;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** The answer to a request. */
export interface OutboundAnswer {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The start of the body, up to the limit, not inflated. */
  readonly body: Buffer;
  /** Whether the body is incomplete: it was too long, too slow, or broke off. */
  readonly isCut: boolean;
}

/** Options of the client. */
export interface OutboundClientOptions {
  readonly clock: Clock;
  /** What requests may reach beside public addresses by `https:`. @default nothing */
  readonly allow?: OutboundAllowances;
  /** @default the operating system's */
  readonly resolver?: HostResolver;
  /** @default undici's */
  readonly build?: ConnectorOptions['build'];
}

const TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;

/** After this time a connection is replaced, so that requests follow a host to its new address. */
const MAX_CONNECTION_AGE_MS = 300_000;

/** Most connections to one host. */
const MAX_CONNECTIONS = 32;

/**
 * Sends the library's requests to other servers: within one time limit, with a limit on the bytes read,
 * without following redirects, and only to allowed addresses. Neither proxy variables nor a global dispatcher
 * of undici change where they go.
 *
 * @internal
 */
export class OutboundClient {
  private readonly guard: AddressGuard;
  private readonly clock: Clock;
  private readonly agent: Agent;

  /** @throws {TypeError} for an invalid allowed network */
  constructor({
    clock,
    allow = {},
    resolver = new SystemHostResolver(),
    build,
  }: OutboundClientOptions) {
    this.clock = clock;
    this.guard = new AddressGuard(allow);
    this.agent = new Agent({
      connect: guardedConnector(this.guard, resolver, {
        timeoutMs: CONNECT_TIMEOUT_MS,
        ...(build === undefined ? {} : { build }),
      }),
      connections: MAX_CONNECTIONS,
      clientTtl: MAX_CONNECTION_AGE_MS,
      // The client has its own time limit.
      headersTimeout: 0,
      bodyTimeout: 0,
    } as Agent.Options);
  }

  /** Ends all connections. Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /**
   * Says why a URL is refused, without looking its name up.
   *
   * @returns the reason; `undefined` if the URL is allowed
   */
  refusalOf(url: string): string | undefined {
    if (!URL.canParse(url)) return 'it is no URL';
    return this.guard.refusalOf(new URL(url));
  }

  /**
   * Sends a request. An answer whose body breaks off, is too long or does not end in time is still an answer:
   * its status says what the server has decided.
   *
   * @throws {OutboundError} if no answer came
   */
  async send(request: OutboundRequest): Promise<OutboundAnswer> {
    const { timeoutMs = TIMEOUT_MS, signal } = request;
    const refusal = this.refusalOf(request.url);
    if (refusal !== undefined) throw OutboundError.refused(hostOf(request.url), refusal);
    const over = new AbortController();
    const cancel = this.clock.schedule(() => over.abort(TIMED_OUT), timeoutMs);
    const abort = (): void => over.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await this.exchange(request, over.signal);
    } finally {
      cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  private async exchange(request: OutboundRequest, over: AbortSignal): Promise<OutboundAnswer> {
    const { url, method = 'GET', headers = {}, body = null } = request;
    let response: Dispatcher.ResponseData;
    try {
      const { origin, pathname, search } = new URL(url);
      response = await this.agent.request({
        origin,
        path: `${pathname}${search}`,
        method,
        headers: { 'user-agent': 'nestjs-hookline', ...headers },
        body,
        signal: over,
      });
    } catch (cause) {
      throw this.failed(url, over.reason === TIMED_OUT ? TIMED_OUT : cause);
    }
    const { statusCode: status, headers: answered, body: answer } = response;
    const { bodyTimeoutMs, maxAnswerBytes = MAX_ANSWER_BYTES } = request;
    const cancel =
      bodyTimeoutMs === undefined
        ? undefined
        : this.clock.schedule(() => answer.destroy(), bodyTimeoutMs);
    try {
      return { status, headers: answered, ...(await readStart(answer, maxAnswerBytes)) };
    } finally {
      cancel?.();
    }
  }

  private failed(url: string, cause: unknown): OutboundError {
    if (cause instanceof OutboundError) return cause;
    const { failure, code } = failureOf(cause, cause === TIMED_OUT);
    return new OutboundError(failure, `${hostOf(url)} gave no answer (${code})`, { cause });
  }
}

const TIMED_OUT = Symbol('timed out');

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The URL';
}

/** Reads the start of a body, without waiting for the rest. */
async function readStart(
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
): Promise<Pick<OutboundAnswer, 'body' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isCut = false;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      isCut = length > maxBytes;
      if (isCut) break;
    }
  } catch {
    isCut = true;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), isCut };
}
