import type { PayloadFormat } from '../event/payload-format.js';
import type { PayloadIssue } from '../event/payload-schema.js';

/** An event on its way into the inbox. */
export interface IncomingEvent {
  readonly source: string;
  readonly tenant: string;
  /** Printable, 1 to 255 characters. */
  readonly id: string;
  /** Up to 255 characters; empty where the sender gives none. */
  readonly type: string;
  /** As the sender says it: `undefined` and a time in the future count as the present. */
  readonly occurredAt: Date | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
  readonly format: PayloadFormat;
  /** The content type, where nobody can read the body without it. */
  readonly contentType?: string | undefined;
  /** Where in the payload the event's data is; empty for the whole. */
  readonly dataPath: string;
  /** The parsed payload. */
  readonly payload: unknown;
}

/** What became of an event that is committed, or had come before. */
export type AcceptResult =
  | { readonly outcome: 'accepted' | 'duplicate' | 'ignored'; readonly key: string }
  | {
      readonly outcome: 'rejected';
      readonly key: string;
      readonly issues: readonly PayloadIssue[];
    };

/** The events of one request are committed. */
export interface AllAccepted {
  readonly ok: true;
  /** In the order of the events. */
  readonly results: readonly AcceptResult[];
}

/** No event of the request is stored. */
export interface AllRefused {
  readonly ok: false;
  readonly refused: readonly RefusedEvent[];
}

/** An event whose data fails a schema. */
export interface RefusedEvent {
  /** Which of the events it is. */
  readonly index: number;
  readonly issues: readonly PayloadIssue[];
}
