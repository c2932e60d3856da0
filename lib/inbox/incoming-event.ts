import type { PayloadFormat } from '../event/payload-format.js';
import type { PayloadIssue } from '../event/payload-schema.js';

/** An event on its way into the inbox. */
export interface IncomingEvent {
  readonly source: string;
  readonly tenant: string;
  /** Printable, 1 to 255 characters. */
  readonly id: string;
  /** Up to 255 characters; empty if the sender gives none. */
  readonly type: string;
  /** The sender's time; `undefined` and a time in the future count as the present. */
  readonly occurredAt: Date | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
  readonly format: PayloadFormat;
  /** The content type, if reading the body needs it. */
  readonly contentType?: string | undefined;
  /** Path of the event's data in the payload; empty for the whole. */
  readonly dataPath: string;
  /** The parsed payload. */
  readonly payload: unknown;
}

/** The outcome for an event that is committed, or was a duplicate. */
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
  /** Index of the event in the request. */
  readonly index: number;
  readonly issues: readonly PayloadIssue[];
}
