import { storableId } from '../event-id.js';
import type { ItemName } from '../aside/item-name.js';
import type { RowPosition } from './row-position.js';

/** What is stored of a row that was set aside. */
export interface RowContentOfItem extends RowPosition {
  /** How often the row is reported with this time; `undefined` for the first time. */
  readonly telling?: number | undefined;
  /** The id of its event. Items of earlier versions have none: their name is that id. */
  readonly version?: string;
}

/** The name of a set-aside row: one for each row, however often it changes. */
export function itemOfRow(key: string): string {
  return storableId(`row ${key}`);
}

/**
 * @param version the id of the row's event
 * @internal
 */
export function rowName(
  position: RowPosition,
  version: string,
  telling: number | undefined,
): ItemName {
  const content: RowContentOfItem = { version, telling, ...position };
  return {
    item: itemOfRow(position.key),
    kind: 'row',
    version,
    content: JSON.stringify(content),
  };
}
