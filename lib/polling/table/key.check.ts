import type { EntityMetadata } from 'typeorm';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { KeysetColumn } from './keyset.column.js';

/**
 * Checks that each row has a key of its own. No metadata tells that of a view: there, the check is made when its
 * rows are read.
 *
 * @param of the poller
 * @throws {ConfigurationError} that names the columns
 * @internal
 */
export function assertKey(
  of: string,
  key: readonly KeysetColumn[],
  metadata: EntityMetadata,
): void {
  if (metadata.tableType === 'view') return;
  assertUnique(of, key, metadata);
  assertNotNull(of, key, metadata);
}

/** NULL is neither before nor behind another value: a row with such a key has no place, and would be missed. */
function assertNotNull(
  of: string,
  key: readonly KeysetColumn[],
  { primaryColumns }: EntityMetadata,
): void {
  const nullable = key.filter(({ metadata }) => metadata.isNullable);
  if (nullable.length === 0) return;
  throw ConfigurationError.because(
    `${of}.key`,
    `The key ${quoted(nullable.map(({ metadata }) => metadata.propertyPath))} of ${of} may be NULL, and rows without a key would never be found.`,
    `Write ${cureOf(primaryColumns.map(({ propertyPath }) => propertyPath))}, or declare the column as one that is not nullable.`,
  );
}

/** One of two rows with the same cursor and key would be missed. */
function assertUnique(
  of: string,
  key: readonly KeysetColumn[],
  { primaryColumns, uniques, indices }: EntityMetadata,
): void {
  const names = new Set(key.map(({ metadata }) => metadata.databaseName));
  const unique = [
    primaryColumns,
    ...uniques.map(({ columns }) => columns),
    ...indices
      .filter(({ isUnique, where }) => isUnique && where === undefined)
      .map(({ columns }) => columns),
  ];
  const isUnique = unique.some((columns) =>
    columns.every(({ databaseName }) => names.has(databaseName)),
  );
  if (isUnique) return;
  const given = key.map(({ metadata }) => metadata.propertyPath);
  const primary = primaryColumns.map(({ propertyPath }) => propertyPath);
  const missing = primary.filter((property) => !given.includes(property));
  throw ConfigurationError.because(
    `${of}.key`,
    `The key ${quoted(given)} of ${of} may be the same in two rows: it lacks ${quoted(missing)} of the primary key, and no unique index is over it.`,
    `Write ${cureOf(primary)}, or name the columns of a unique index that the entity declares.`,
  );
}

function cureOf(primary: readonly string[]): string {
  return `key: ${primary.length === 1 ? quoted(primary) : `[${quoted(primary)}]`}`;
}

function quoted(properties: readonly string[]): string {
  return properties.map((property) => `'${property}'`).join(', ');
}
