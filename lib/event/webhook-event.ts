/**
 * Something that happened, as a source told it or a poll found it. Unique by
 * (`source`, `tenant`, `id`).
 *
 * @typeParam Data type of the payload; what the schema of the source or handler says, where one is set
 * @publicApi
 */
export interface WebhookEvent<Data = unknown> {
  /** This library's own key of the stored event, a UUID. */
  readonly key: string;
  /** The sender's id of the event, or a digest of source and bytes where it gives none. */
  readonly id: string;
  /** Name of the source or poller that it came from. */
  readonly source: string;
  /** Whom of the source's customers it belongs to; empty unless the source has a `tenant` option. */
  readonly tenant: string;
  /** Dotted type, such as `points.updated`; empty where the sender gives none. */
  readonly type: string;
  /** The parsed payload. */
  readonly data: Data;
  /** When it happened, by the sender; never later than `receivedAt`. */
  readonly occurredAt: Date;
  /** When it was accepted. */
  readonly receivedAt: Date;
  /** The request headers that the source's `storeHeaders` option names, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the body exactly as they were received. */
  readonly rawBody: Buffer;
}
