/**
 * What the application needs of its database: the facts by which a database gives advice.
 *
 * @internal
 */
export interface DatabaseDemand {
  /** The most bytes that the body of a request may have, by the name of its source. */
  readonly bodyLimits: ReadonlyMap<string, number>;
  /** A handler or rule that keeps a connection for as long as it runs; `undefined` without one. */
  readonly transactionalHandler: string | undefined;
}
