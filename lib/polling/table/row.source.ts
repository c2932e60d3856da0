import { AmbiguousRowsError } from './ambiguous-rows.error.js';
import type { KeysetPage, KeysetQuery } from './keyset.query.js';
import type { PageRequest } from './keyset.select.js';
import type { KeysetRow } from './keyset.row.js';

/** A row, or, where TypeORM cannot make an entity of it, its error. */
export interface ReadRow extends KeysetRow {
  readonly unreadable?: { readonly error: unknown };
}

/**
 * The next rows of a table. Where one cannot be read, because its JSON is broken or a transformer throws, the
 * others of its page still are: each is read by itself then.
 *
 * @internal
 */
export async function readPage(
  query: KeysetQuery,
  request: PageRequest,
): Promise<KeysetPage & { readonly rows: readonly ReadRow[] }> {
  try {
    return await query.page(request);
  } catch (error) {
    if (error instanceof AmbiguousRowsError) throw error;
    const { rows: places, isLast } = await placesOf(query, request, error);
    const rows: ReadRow[] = [];
    for (const place of places) {
      const row = await readRow(query, place);
      if (row !== undefined) rows.push(row);
    }
    return { rows, isLast };
  }
}

/** @throws the first error, where the database does not answer at all */
async function placesOf(
  query: KeysetQuery,
  request: PageRequest,
  error: unknown,
): Promise<KeysetPage> {
  try {
    return await query.places(request);
  } catch {
    throw error;
  }
}

/** `undefined` where it has changed or gone meanwhile: it is found where it is now. */
async function readRow(query: KeysetQuery, place: KeysetRow): Promise<ReadRow | undefined> {
  try {
    const row = await query.withKey(place.position.key);
    if (row?.position.value !== place.position.value) return undefined;
    const { isNew, isUpToMark, isFuture } = place;
    return { ...row, isNew, isUpToMark, isFuture };
  } catch (error) {
    if (error instanceof AmbiguousRowsError) throw error;
    const { position } = place;
    const only = { after: null, reached: null, mark: null, limit: 1 };
    await placesOf(query, { ...only, after: position }, error);
    return { ...place, unreadable: { error } };
  }
}
