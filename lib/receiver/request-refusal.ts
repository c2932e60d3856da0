import { MAX_EVENTS } from '../signatures/facts/event-fact.reader.js';

/** Why no event can be made of a verified request. */
export interface RequestRefusal {
  readonly ok: false;
  /** To answer. */
  readonly status: number;
  /** For the log. */
  readonly reason: string;
}

export const TOO_MANY_EVENTS: RequestRefusal = {
  ok: false,
  status: 413,
  reason: `it has more than ${MAX_EVENTS} events`,
};
