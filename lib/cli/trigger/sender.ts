import { Agent, request } from 'undici';
import type { SignedTestRequest } from '../../testing/signed-request.js';
import { codeOf } from '../error-code.js';

/** The outcome of one request. */
export interface Outcome {
  /** Status of the answer, or the error code if no answer came, such as `ECONNREFUSED`. */
  readonly status: number | string;
  readonly durationMs: number;
  /** The answer's body. */
  readonly answer: string;
}

/**
 * Posts requests to a URL, over a limited number of connections.
 *
 * @internal
 */
export class Sender {
  private readonly agent: Agent;

  constructor(connections: number, timeoutMs: number) {
    this.agent = new Agent({
      connections,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** Never throws: a missing answer is an outcome too. */
  async send(url: string, { headers, body }: SignedTestRequest): Promise<Outcome> {
    const started = performance.now();
    try {
      const response = await request(url, {
        dispatcher: this.agent,
        method: 'POST',
        headers,
        body,
      });
      const answer = await response.body.text();
      return { status: response.statusCode, durationMs: performance.now() - started, answer };
    } catch (error) {
      return { status: codeOf(error), durationMs: performance.now() - started, answer: '' };
    }
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
