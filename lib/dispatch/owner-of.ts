/**
 * Whose jobs those of an event are: within a pool, owners take turns.
 *
 * @internal
 */
export function ownerOf(source: string, tenant: string): string {
  return tenant === '' ? source : `${source}\n${tenant}`;
}
