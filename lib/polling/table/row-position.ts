/** Where a row stands in the order of (cursor, key). */
export interface RowPosition {
  /** Text of the cursor. */
  readonly value: string;
  /** Text of the key; for a key of several columns the JSON of their texts. */
  readonly key: string;
}

/** A place to read on from: after a row, or before all rows with that cursor value. */
export interface StartPosition {
  readonly value: string;
  /** `null` for the place before all keys. */
  readonly key: string | null;
}

/** The text of a key, from those of its columns. */
export function keyText(texts: readonly string[]): string {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? first : JSON.stringify(texts);
}

/** The texts of a key's columns. */
export function keyTexts(key: string, columns: number): readonly string[] {
  return columns === 1 ? [key] : (JSON.parse(key) as readonly string[]);
}
