/** Where a row stands in the order of (cursor, key). */
export interface RowPosition {
  /** Text of the cursor. */
  readonly value: string;
  /** Text of the key. */
  readonly key: string;
}

/** A place to read on from: after a row, or before all rows with that cursor value. */
export interface StartPosition {
  readonly value: string;
  /** `null` for the place before all keys. */
  readonly key: string | null;
}
