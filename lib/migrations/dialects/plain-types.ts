import type { ColumnTypes } from './migration.dialect.js';

/**
 * The column types of the databases that have `text` for texts of any length.
 *
 * @param uuid the type of a UUID
 * @param string the type of a text with a limited length
 * @internal
 */
export function plainTypes(uuid: string, string: string): ColumnTypes {
  return {
    uuid: (name) => ({ name, type: uuid }),
    string: (name, length) => ({ name, type: string, length: String(length) }),
    text: (name) => ({ name, type: 'text' }),
    integer: (name) => ({ name, type: 'integer' }),
    instant: (name) => ({ name, type: 'bigint' }),
    boolean: (name) => ({ name, type: 'boolean' }),
  };
}
