import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../clock/clock.js';
import { AddressGuard } from './address.guard.js';
import { failureOf } from './failure-of.js';
import { guardedConnector, type ConnectorOptions } from './guarded.connector.js';
import { SystemHostResolver, type HostResolver } from './host.resolver.js';
import { OutboundError } from './outbound.error.js';
import type { OutboundAllowances } from './sending.options.js';

/** A request to somebody else's server. */
export interface OutboundRequest {
  readonly url: string;
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST';
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** For everything from the lookup of the name to the last byte of the answer. @default 15_000 */
  readonly timeoutMs?: number;
  /** For the body of the answer, within that time: its status is known by then. @default as long as there is left */
  readonly bodyTimeoutMs?: number;
  /** Most bytes of an answer that are read. @default 65_536 */
  readonly maxAnswerBytes?: number;
  /** Aborts it. */
  readonly signal?: AbortSignal;
}

/** What was answered. */
export interface OutboundAnswer {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it was sent, not inflated: as much of it as was read. */
  readonly body: Buffer;
  /** Whether there was more: it was too long, too slow, or broke off. */
  readonly isCut: boolean;
}

/** What the client is made with. */
export interface OutboundClientOptions {
  readonly clock: Clock;
  /** What may be reached beside public addresses by `https:`. @default nothing */
  readonly allow?: OutboundAllowances;
  /** @default the operating system's */
  readonly resolver?: HostResolver;
  /** @default undici's */
  readonly build?: ConnectorOptions['build'];
}

const TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;

/** After this time a connection is replaced, so that a host whose address has changed is found at the new one. */
const MAX_CONNECTION_AGE_MS = 300_000;

/** Most connections to one host. */
const MAX_CONNECTIONS = 32;

/**
 * Sends the library's requests to other servers: within one limit of time, with bounds on what is read, without
 * following redirects, and only to addresses that may be reached. Neither proxies of the environment nor a global
 * dispatcher of undici change where they go.
 *
 * @internal
 */
export class OutboundClient {
  private readonly guard: AddressGuard;
  private readonly clock: Clock;
  private readonly agent: Agent;

  /** @throws {TypeError} for an allowed network that is none */
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
      // The one limit of time is the client's own.
      headersTimeout: 0,
      bodyTimeout: 0,
    } as Agent.Options);
  }

  /** Ends all connections. Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /**
   * Says what speaks against a URL, without looking its name up.
   *
   * @returns the reason; `undefined` where nothing does
   */
  refusalOf(url: string): string | undefined {
    if (!URL.canParse(url)) return 'it is no URL';
    return this.guard.refusalOf(new URL(url));
  }

  /**
   * Sends a request. An answer whose body breaks off, is too long or does not end in time is an answer: what the
   * server has decided stands in its status.
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

/** Reads a body's start; the rest, if there is any, is not waited for. */
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
