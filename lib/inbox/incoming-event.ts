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
  /** By the sender; the present instant where it says nothing. A later one is taken for the present. */
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

/** What became of an event. */
export type AcceptResult =
  | { readonly outcome: 'accepted' | 'duplicate' | 'ignored'; readonly key: string }
  | {
      readonly outcome: 'rejected';
      readonly key: string;
      readonly issues: readonly PayloadIssue[];
      readonly stored: boolean;
    };

/** What became of the events of one request: all of them are stored, or none is. */
export type AcceptAllResult =
  | {
      readonly ok: true;
      /** In the order of the events. */
      readonly results: readonly AcceptResult[];
    }
  | {
      readonly ok: false;
      /** Those whose data fails a schema. */
      readonly refused: readonly {
        readonly index: number;
        readonly issues: readonly PayloadIssue[];
      }[];
    };
