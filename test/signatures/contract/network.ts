import type { FetchFunction } from '../../../lib/signatures/keys/guarded.fetch.js';

export interface Network {
  readonly fetch: FetchFunction;
  /** What was asked for, in order. */
  readonly asked: string[];
}

/** A network that gives answers in turn, the last one for ever, and remembers what it was asked. */
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

/** A sender's host that has one key, named `own`, and answers for other names as it is told. */
export function hostOf(own: () => Response, other: () => Response): Network {
  const asked: string[] = [];
  const fetch: FetchFunction = (url, { body }) => {
    const name = /(?:own|made-up|others)-?\d*/.exec(`${url} ${body as string}`)![0];
    asked.push(name);
    return new Promise((resolve) => resolve(name === 'own' ? own() : other()));
  };
  return { fetch, asked };
}
