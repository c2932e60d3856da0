import type { FetchFunction } from '../../../lib/signatures/keys/guarded.fetch.js';

export interface Network {
  readonly fetch: FetchFunction;
  /** The URLs that were fetched, in order. */
  readonly asked: string[];
}

/** A network that gives the answers in turn, repeats the last one, and records what was fetched. */
export function network(...answers: (() => Response)[]): Network {
  const asked: string[] = [];
  const fetch: FetchFunction = (url) => {
    asked.push(url);
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    return new Promise((resolve) => resolve(answer()));
  };
  return { fetch, asked };
}

/** The answer of a network that is down. */
export function down(): Response {
  throw new Error('no route to host');
}

/** A sender's host with one key, named `own`, and a given answer for other names. */
export function hostOf(own: () => Response, other: () => Response): Network {
  const asked: string[] = [];
  const fetch: FetchFunction = (url, { body }) => {
    const name = /(?:own|made-up|others)-?\d*/.exec(`${url} ${body as string}`)![0];
    asked.push(name);
    return new Promise((resolve) => resolve(name === 'own' ? own() : other()));
  };
  return { fetch, asked };
}
