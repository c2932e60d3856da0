/** What tells a row or an item of a page from the others of its poller. */
export interface ItemName {
  /** Of a row its key, of an item a digest; up to 255 characters. */
  readonly item: string;
  readonly kind: 'row' | 'event';
  /** Which change of the row it is: a row that has changed since it failed is tried again. */
  readonly version: string;
  /** As JSON, by which the row is read again, or from which an operator sees what the item was. */
  readonly content: string;
}

/** A row or an item that could not be taken. */
export interface FailedItem extends Omit<ItemName, 'version'> {
  readonly error: unknown;
}
