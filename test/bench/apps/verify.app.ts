// Verifies the signatures of requests in one way, and nothing else.
import { configuration, serve } from '../remote.js';
import { signedRequests, type Sender } from '../verify/requests.js';
import { prepare, type Manner } from '../verify/ways.js';

export interface VerifyConfig {
  readonly sender: Sender;
  readonly manner: Manner;
}

export interface VerifyApi extends Record<string, (...args: never[]) => unknown> {
  /** Returns how many requests a second were verified. */
  run(seconds: number): Promise<number>;
}

const REQUESTS = 1_024;

const { sender, manner } = configuration<VerifyConfig>();
const verify = await prepare(sender, manner);

serve({
  async run(seconds: number): Promise<number> {
    // New ones in each round, as their timestamps expire.
    const requests = signedRequests(sender, REQUESTS);
    const startedAt = performance.now();
    let count = 0;
    let elapsedMs = 0;
    do {
      for (const request of requests) {
        const result = verify(request);
        if (!(typeof result === 'boolean' ? result : await result)) {
          throw new Error(`A genuine request of ${sender} was refused (${manner}).`);
        }
      }
      count += requests.length;
      elapsedMs = performance.now() - startedAt;
    } while (elapsedMs < seconds * 1_000);
    return count / (elapsedMs / 1_000);
  },
} satisfies VerifyApi);
